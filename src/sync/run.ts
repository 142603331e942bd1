/**
 * Run: the record of one sync, filled in while it goes on, and the report that is made from it.
 */
import type { Diagnostic } from '../diag.js';
import type { Compilation } from '../increment/compiler.js';
import type { ServiceChange } from '../review/compare.js';
import { countsOf } from '../tools/counted.js';
import type { Step } from '../tools/tool.js';
import type { Figures } from './figures.js';
import { type Stopwatch, stopwatch, type Times } from './stopwatch.js';

export type SyncKind = 'full' | 'partial';

/** The part of the report that is known as the sync goes on. */
interface Outcome {
  /** A partial sync becomes a full one when the state of the node is not known. */
  readonly kind: SyncKind;
  readonly ok: boolean;
  /** Whether a tool refused its input. */
  readonly refused: boolean;
  /** Whether the node was not read after the change. */
  readonly isUnread: boolean;
  /** All diagnostics of compiling, at every sync, the very same list until one changes; absent when the sync failed before it. */
  readonly found?: readonly Diagnostic[];
  /** Diagnostics about the node, and from its tools. */
  readonly diagnostics: readonly Diagnostic[];
  /** The steps that the tools were given. */
  readonly steps: readonly Step[];
  /** Changes by other programs, as lines to put back (`+`) and to take away (`-`). */
  readonly drift: readonly ServiceChange[];
  readonly forgottenFlows: number;
  /** What is served now, with figures of it; absent when nothing could be compiled. */
  readonly compiled?: Compilation;
  readonly figures?: Figures;
}

export interface SyncReport extends Outcome {
  /** Milliseconds by step. */
  readonly times: Times;
  /** Lines given to the tools, by tool. */
  readonly sent: Readonly<Record<string, number>>;
}

/** An outcome that is being written. */
export interface Run extends Writable<Omit<Outcome, 'kind' | 'diagnostics'>>, Pick<Outcome, 'kind'> {
  readonly diagnostics: Diagnostic[];
  readonly watch: Stopwatch;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A sync that begins now. */
export function newRun(kind: SyncKind): Run {
  return {
    kind,
    ok: true,
    refused: false,
    isUnread: false,
    diagnostics: [],
    steps: [],
    drift: [],
    forgottenFlows: 0,
    watch: stopwatch(),
  };
}

/** Records that the sync failed, and why, unless the diagnostics say so already. */
export function fail(run: Run, diagnostic?: Diagnostic): void {
  run.ok = false;
  run.refused = false;
  if (diagnostic) run.diagnostics.push(diagnostic);
}

/** Records that a tool refused its input; the diagnostics say why. */
export function refuse(run: Run): void {
  run.ok = false;
  run.refused = true;
}

/** The report of a sync that has ended. */
export function reportOf({ watch, ...outcome }: Run): SyncReport {
  return { ...outcome, times: watch.times(), sent: linesByTool(outcome.steps) };
}

function linesByTool(steps: readonly Step[]): Readonly<Record<string, number>> {
  const lines: Record<string, number> = {};
  for (const step of steps) lines[step.program] = (lines[step.program] ?? 0) + countsOf(step).lines;
  return lines;
}
