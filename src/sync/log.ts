/**
 * Log: the structured log lines of the daemon: one for each sync, and one for each problem of an object, once.
 */
import type { Logger } from 'pino';
import { type Diagnostic, formatPath, type Origin } from '../diag.js';
import { locate } from '../read/locate.js';
import type { ServiceChange } from '../review/compare.js';
import { toJson } from '../review/json.js';
import type { Changes } from '../watch/changes.js';
import type { SyncReport } from './run.js';

export type { Logger } from 'pino';

/** The subject of diagnostics from the node and its tools: they may name an object, but it has no error. */
export const NODE = 'node';

/** Called with all present problems of a subject; with `more`, its earlier problems may still be present, too. */
export type Reporter = (about: string, diagnostics: readonly Diagnostic[], more?: 'more') => void;

/**
 * Logs a lasting problem, such as an object with errors, once and not at every sync; one that was solved and comes back is
 * logged again. `onErrors` is called with the number of objects that have errors, by kind.
 */
export function newReporter(
  log: Logger,
  onErrors: (objects: Readonly<Record<string, number>>) => void = () => {},
): Reporter {
  const said = new Map<string, ReadonlySet<string>>();
  const withErrors = new Map<string, ReadonlySet<string>>();
  const counts: Record<string, number> = {};
  const count = (about: string, by: 1 | -1): void => {
    for (const object of withErrors.get(about) ?? []) {
      const kind = object.slice(0, object.indexOf(' '));
      counts[kind] = (counts[kind] ?? 0) + by;
    }
  };
  return (about, diagnostics, more) => {
    const before = said.get(about);
    if (!before && diagnostics.length === 0) return;
    const now = new Set(more && before);
    for (const diagnostic of diagnostics) {
      const line = lineOf(diagnostic);
      if (diagnostic.severity !== 'note' && !now.has(line) && !before?.has(line)) say(log, diagnostic);
      now.add(line);
    }
    count(about, -1);
    if (now.size > 0) said.set(about, now);
    else said.delete(about);
    if (about === NODE) return;
    withErrors.set(
      about,
      new Set(diagnostics.flatMap((found) => (isError(found) ? (found.origin?.object ?? []) : []))),
    );
    count(about, 1);
    if (withErrors.get(about)?.size === 0) withErrors.delete(about);
    onErrors(counts);
  };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function lineOf({ severity, message, origin }: Diagnostic): string {
  return `${severity} ${origin?.object ?? ''} ${message}`;
}

/** The log line of a diagnostic, with its place. */
export function say(log: Logger, { code, severity, message, origin, related, hint }: Diagnostic): void {
  const line = {
    code,
    object: origin?.object,
    field: origin && origin.path.length > 0 ? formatPath(origin.path) : undefined,
    at: origin && placeOf(origin),
    related: related && [related.message, placeOf(related.origin)].filter(Boolean).join(': '),
    hint,
  };
  log[severity === 'error' ? 'error' : 'warn'](line, message);
}

/** `cluster.yaml:12:5`; undefined for objects from an API, which have no text. */
function placeOf(origin: Origin): string | undefined {
  if (origin.source.text === '') return undefined;
  const { file, line, col } = locate(origin);
  return `${file}:${line}:${col}`;
}

/** Names of Services in a line, at most. */
const MOST_NAMES = 10;

/** Logs one sync. */
export function logSync(
  log: Logger,
  { kind, ok, times, sent, forgottenFlows, refused }: SyncReport,
  changes: Changes,
): void {
  const { services, slices, nodes, names } = changes;
  const changed = [...names].sort();
  const line = {
    kind,
    changes: { services, slices, nodes },
    ...(changed.length > 0 ? { changed: changed.slice(0, MOST_NAMES) } : {}),
    ...(changed.length > MOST_NAMES ? { more: changed.length - MOST_NAMES } : {}),
    ms: times,
    lines: sent,
    ...(forgottenFlows > 0 ? { forgottenFlows } : {}),
  };
  if (ok) log.info(line, 'synced');
  else log.error({ ...line, refused }, 'sync failed; the old rules stay until a retry succeeds');
}

/** Logs drift, the changes by other programs: the rules that were missing, and the foreign ones. */
export function logDrift(log: Logger, drift: readonly ServiceChange[]): void {
  for (const change of toJson(drift).slice(0, MOST_DRIFT)) {
    const { service, what, removed, added } = change;
    log.warn({ service, what, missing: added.slice(0, MOST_DRIFT), foreign: removed.slice(0, MOST_DRIFT) }, 'drift');
  }
}

/** Lines and changes, at most: a flush of all rules is thousands of lines. */
const MOST_DRIFT = 20;
