/**
 * history: what the daemon did lately, for its page: the last syncs, what other programs changed, and the problems that
 * there are now. Bounded, so that a daemon that runs for months does not grow.
 */
import type { Diagnostic } from '../diag.js';
import type { ServiceChange } from '../review/compare.js';

/** One sync. */
export interface SyncEvent {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'full' | 'partial';
  readonly ok: boolean;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Lines given to the tools. */
  readonly lines: number;
  /** Some of the Services that changed. */
  readonly changed: readonly string[];
  /** How many they were. */
  readonly changes: number;
}

/** What another program changed of one Service, found by a sync. */
export interface DriftEvent {
  readonly at: number;
  /** Absent where it belongs to no Service. */
  readonly service?: string;
  /** Lines that were missing, or not wanted. */
  readonly lines: readonly string[];
  readonly count: number;
}

/** A problem that there is now. */
export interface Problem {
  readonly about: string;
  readonly severity: 'error' | 'warning';
  readonly object?: string;
  readonly message: string;
}

export interface HistoryData {
  /** The latest last. */
  readonly syncs: readonly SyncEvent[];
  readonly drift: readonly DriftEvent[];
  readonly problems: readonly Problem[];
}

export interface History {
  /** A sync ended; `names` are the Services that changed. */
  synced(event: Omit<SyncEvent, 'changed' | 'changes'>, names: Iterable<string>, drift: readonly ServiceChange[]): void;
  /** All present problems of a subject; with `more`, its earlier ones may still be present. */
  said(about: string, diagnostics: readonly Diagnostic[], more?: 'more'): void;
  data(): HistoryData;
}

const MOST = { syncs: 120, drift: 50, lines: 8, names: 5, problems: 200 };

/** Of a daemon that begins now. */
export function newHistory(): History {
  const syncs: SyncEvent[] = [];
  const drift: DriftEvent[] = [];
  const problems = new Map<string, readonly Problem[]>();
  return {
    synced: (event, names, found) => {
      const changed = [...names];
      push(syncs, MOST.syncs, { ...event, changed: changed.slice(0, MOST.names), changes: changed.length });
      for (const change of found) push(drift, MOST.drift, driftEvent(event.at, change));
    },
    said: (about, diagnostics, more) => {
      const now = diagnostics.flatMap((each) => problemOf(about, each)).slice(0, MOST.problems);
      const before = more ? (problems.get(about) ?? []) : [];
      const all = new Map([...before, ...now].map((each) => [`${each.object} ${each.message}`, each]));
      if (all.size === 0) problems.delete(about);
      else problems.set(about, [...all.values()].slice(-MOST.problems));
    },
    data: () => ({ syncs, drift, problems: [...problems.values()].flat().slice(0, MOST.problems) }),
  };
}

function push<T>(list: T[], most: number, value: T): void {
  list.push(value);
  if (list.length > most) list.shift();
}

function driftEvent(at: number, { service, sections }: ServiceChange): DriftEvent {
  const lines = sections.flatMap((section) => section.lines.filter(({ kind }) => kind !== ' '));
  return {
    at,
    ...(service !== undefined && { service }),
    lines: lines.slice(0, MOST.lines).map(({ kind, text }) => `${kind} ${text.trim()}`),
    count: lines.length,
  };
}

function problemOf(about: string, { severity, message, origin }: Diagnostic): readonly Problem[] {
  if (severity === 'note') return [];
  const object = origin?.object;
  return [{ about, severity, message, ...(object !== undefined && { object }) }];
}
