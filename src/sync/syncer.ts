/**
 * Syncer: brings one node to what the cluster is now. A full sync looks at the node, repairs it and looks again. A partial
 * one takes the node for what was programmed last, so it costs what changed and not what there is.
 */
import { apply } from '../apply/apply.js';
import { forgetFlows } from '../apply/flows.js';
import { readMachine, readState, readVolatile } from '../apply/read.js';
import { runSteps, type Target } from '../apply/run.js';
import type { Resolved } from '../backends/backend.js';
import type { Features } from '../backends/features.js';
import { type Diagnostic, hasErrors } from '../diag.js';
import { assume, othersOf } from '../diff/assume.js';
import { changesOf } from '../diff/changes.js';
import { type Plan, type PlanOptions, plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import { newMemo } from '../memo.js';
import type { Machine, Options } from '../options.js';
import { type Compiled, compileSnapshot } from '../pipeline.js';
import type { Snapshot } from '../read/types.js';
import type { ServiceChange } from '../review/compare.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import { stopwatch, type Times } from './stopwatch.js';

export interface Syncer {
  /** Never rejects: what went wrong is in the report. */
  sync(snapshot: Snapshot, kind: SyncKind): Promise<SyncReport>;
  /** Other options from now on. */
  configure(options: Options): void;
}

export type SyncKind = 'full' | 'partial';

export interface SyncReport {
  /** A partial sync becomes a full one when the state of the node is not known. */
  readonly kind: SyncKind;
  readonly ok: boolean;
  /** What compiling found, all of it at every sync; absent when it did not come to that. */
  readonly found?: readonly Diagnostic[];
  /** What the node and its tools say. */
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds by step. */
  readonly times: Times;
  /** What tools were given to do. */
  readonly steps: readonly Step[];
  /** In lines, by tool. */
  readonly sent: Readonly<Record<string, number>>;
  /** What other programs had changed, as lines to put back (`+`) and to take away (`-`). */
  readonly drift: readonly ServiceChange[];
  readonly forgottenFlows: number;
  /** What is served now; absent when nothing could be compiled. */
  readonly compiled?: Compiled;
  /** The tool that refused its input, if one did. */
  readonly refused: boolean;
}

export interface SyncerOptions {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
}

/** What is known of the node: what others have on it, and what was programmed beside. */
interface Known {
  readonly others: ObservedState;
  readonly desired: DesiredState;
}

/** A syncer that knows nothing of the node yet. */
export function newSyncer(given: SyncerOptions, initial: Options): Syncer {
  const { target, features, layout, chainsPerCommit } = given;
  const memo = newMemo();
  let configured = initial;
  let options: Options | undefined;
  let known: Known | undefined;

  const how = (): PlanOptions => ({
    ...target.detected,
    chainsPerCommit,
    excludeCIDRs: configured.ipvs.excludeCIDRs,
  });

  /** The same object for as long as the machine stays the same, as what was made with it is remembered by that. */
  const optionsFor = (machine: Machine): Options => {
    if (!options || JSON.stringify(options.machine) !== JSON.stringify(machine)) options = { ...configured, machine };
    return options;
  };

  const full = async (snapshot: Snapshot, run: Run): Promise<void> => {
    const machine = await run.time('read', () => readMachine(target.host));
    const compiled = run.compile(snapshot, optionsFor(machine));
    if (!compiled) return;
    const { desired } = compiled;
    const live = await run.time('read', () => readState(target.host, target.detected, desired));
    run.diagnostics.push(...remarks(live, desired));
    if (known) run.drifted(changesOf(plan(live, known.desired, how()).differences, live));
    known = undefined;
    const applied = await run.time('apply', () => apply(target, desired, how(), live));
    run.sent(applied.plan);
    run.diagnostics.push(...applied.diagnostics);
    if (hasErrors(applied.diagnostics)) run.fail(true);
    else if (applied.rest.steps.length > 0) run.differs();
    else known = { others: othersOf(applied.after), desired };
    await run.forget(applied.before, applied.plan);
  };

  const partial = async (snapshot: Snapshot, { others, desired: before }: Known, run: Run): Promise<void> => {
    const compiled = run.compile(snapshot, options ?? configured);
    if (!compiled) return;
    const { desired } = compiled;
    const read = await run.time('read', () => readVolatile(target.host, target.detected, desired));
    const live = assume(others, before, read);
    const next = await run.time('diff', async () => plan(live, desired, how()));
    run.sent(next);
    const { refused, warnings } = await run.time('apply', () => runSteps(next.steps, target));
    run.diagnostics.push(...warnings);
    known = refused ? undefined : { others, desired };
    if (refused) {
      run.diagnostics.push(refused);
      run.fail(true);
    }
    if (!refused && next.steps.length > 0) await run.forget(live, next);
  };

  return {
    configure: (changed) => {
      configured = changed;
      options = undefined;
      known = undefined;
    },
    sync: async (snapshot, wanted) => {
      const run = newRun(known ? wanted : 'full');
      try {
        if (known && run.kind === 'partial') await partial(snapshot, known, run);
        else await full(snapshot, run);
      } catch (error) {
        known = undefined;
        const message = error instanceof Error ? error.message : String(error);
        run.diagnostics.push({ code: 'sync-failed', severity: 'error', message });
        run.fail(false);
      }
      return run.report();
    },
  };

  /** What one sync has done so far. */
  function newRun(kind: SyncKind) {
    const watch = stopwatch();
    const diagnostics: Diagnostic[] = [];
    let steps: readonly Step[] = [];
    let [ok, refused, forgottenFlows] = [true, false, 0];
    let drift: readonly ServiceChange[] = [];
    let found: readonly Diagnostic[] | undefined;
    let compiled: Compiled | undefined;
    const fail = (byTool: boolean): void => {
      [ok, refused] = [false, byTool];
    };
    return {
      kind,
      diagnostics,
      time: watch.time,
      fail,
      compile: (snapshot: Snapshot, options: Options): Compiled | undefined => {
        const made = watch.timeSync('compile', () =>
          compileSnapshot(snapshot, options, { skipInvalid: true, layout, features, memo }),
        );
        found = made.diagnostics;
        if (!made.value) fail(false);
        compiled = made.value;
        return compiled;
      },
      sent: (plan: Plan) => {
        steps = plan.steps;
      },
      drifted: (changes: readonly ServiceChange[]) => {
        drift = changes;
      },
      differs: () => {
        const message = 'what was applied reads back otherwise; another program changes the same rules';
        diagnostics.push({ code: 'differs', severity: 'error', message });
        fail(false);
      },
      forget: async (before: ObservedState, { differences }: Plan): Promise<void> => {
        const resolved: readonly Resolved[] = compiled?.resolved ?? [];
        const forgotten = await watch.time('flows', () => forgetFlows(target.host, resolved, before, differences));
        forgottenFlows = forgotten.count;
        diagnostics.push(...forgotten.diagnostics);
      },
      report: (): SyncReport => ({
        kind,
        ok,
        refused,
        ...(found ? { found } : {}),
        diagnostics,
        times: watch.times(),
        steps,
        sent: linesByTool(steps),
        drift,
        forgottenFlows,
        ...(compiled ? { compiled } : {}),
      }),
    };
  }
  type Run = ReturnType<typeof newRun>;
}

function linesByTool(steps: readonly Step[]): Readonly<Record<string, number>> {
  const lines: Record<string, number> = {};
  for (const { program, input } of steps) lines[program] = (lines[program] ?? 0) + input.length;
  return lines;
}
