/**
 * Syncer: brings one node to the state of the cluster. Both ways to sync write into a record of the run (run.ts).
 *
 *     full       machine ─ compile ─ read all ─ drift? ─ apply, which reads again ─ forget flows
 *     partial    compile ─ read the volatile rest ─ assume the other state ─ plan ─ run ─ forget flows
 *
 * A partial sync assumes that the node has what was programmed last, so it costs what changed and not what there is.
 */
import { apply } from '../apply/apply.js';
import { forgetFlows } from '../apply/flows.js';
import { readMachine, readState, readVolatile } from '../apply/read.js';
import { runSteps, type Target } from '../apply/run.js';
import type { Features } from '../backends/features.js';
import { hasErrors } from '../diag.js';
import { assume, othersOf } from '../diff/assume.js';
import { type Plan, type PlanOptions, plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import { type Memo, newMemo } from '../memo.js';
import type { Machine, Options } from '../options.js';
import { type Compiled, compileSnapshot } from '../pipeline.js';
import type { Snapshot } from '../read/types.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import { driftFrom } from './drift.js';
import { fail, newRun, type Run, refuse, reportOf, type SyncKind, type SyncReport } from './run.js';

export interface Syncer {
  /** Never rejects: a failure is in the report. */
  sync(snapshot: Snapshot, kind: SyncKind): Promise<SyncReport>;
  /** Other options from now on. */
  configure(options: Options): void;
}

export interface SyncerOptions {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
}

/** What is known of the node: the state of other programs on it, and the state that was programmed beside it. */
interface Known {
  readonly others: ObservedState;
  readonly desired: DesiredState;
}

/** What a syncer has from one sync to the next. */
interface State {
  readonly given: SyncerOptions;
  readonly memo: Memo;
  configured: Options;
  /** The options of the last full sync, with its machine. */
  options?: Options | undefined;
  known?: Known | undefined;
  /** Where the state is not known: what it was before a change that failed, and what it was to be. */
  between: readonly DesiredState[];
}

/** A syncer that knows nothing of the node yet. */
export function newSyncer(given: SyncerOptions, options: Options): Syncer {
  const state: State = { given, memo: newMemo(), configured: options, between: [] };
  return {
    configure: (changed) => {
      state.configured = changed;
      state.options = undefined;
      state.known = undefined;
      state.between = [];
    },
    sync: async (snapshot, asked) => {
      const { known } = state;
      const run = newRun(known ? asked : 'full');
      try {
        if (known && run.kind === 'partial') await partialSync(state, known, snapshot, run);
        else await fullSync(state, snapshot, run);
      } catch (error) {
        state.known = undefined;
        const message = error instanceof Error ? error.message : String(error);
        fail(run, { code: 'sync-failed', severity: 'error', message });
      }
      return reportOf(run);
    },
  };
}

async function fullSync(state: State, snapshot: Snapshot, run: Run): Promise<void> {
  const { target } = state.given;
  const machine = await run.watch.time('read', () => readMachine(target.host, state.configured));
  const compiled = compile(state, snapshot, optionsFor(state, machine), run);
  if (!compiled) return;
  const { desired } = compiled;
  const observed = await run.watch.time('read', () => readState(target.host, target.detected, desired));
  run.diagnostics.push(...remarks(observed, desired));
  const { known, between } = state;
  run.drift = driftFrom(known ? [known.desired] : between, observed, planOptions(state));
  state.known = undefined;
  state.between = [];
  const applied = await run.watch.time('apply', () => apply(target, desired, planOptions(state), observed));
  run.steps = applied.plan.steps;
  run.diagnostics.push(...applied.diagnostics);
  if (hasErrors(applied.diagnostics)) refuse(run);
  else if (applied.rest.steps.length > 0) fail(run, DIFFERS);
  else state.known = { others: othersOf(applied.after), desired };
  await forget(target, compiled, applied.before, applied.plan, run);
}

const DIFFERS = {
  code: 'differs',
  severity: 'error',
  message: 'the rules read back differ from those applied; another program changes the same rules',
} as const;

async function partialSync(state: State, known: Known, snapshot: Snapshot, run: Run): Promise<void> {
  const { target } = state.given;
  const { others } = known;
  const compiled = compile(state, snapshot, state.options ?? state.configured, run);
  if (!compiled) return;
  const { desired } = compiled;
  const read = await run.watch.time('read', () => readVolatile(target.host, target.detected, desired));
  const assumed = assume(others, known.desired, read);
  const next = await run.watch.time('diff', async () => plan(assumed, desired, planOptions(state)));
  run.steps = next.steps;
  state.between = [known.desired, desired];
  const { refused, partly, warnings } = await run.watch.time('apply', () => runSteps(next.steps, target));
  const errors = [...partly, ...(refused ? [refused] : [])];
  run.diagnostics.push(...errors, ...warnings);
  state.known = errors.length > 0 ? undefined : { others, desired };
  if (errors.length > 0) return refuse(run);
  state.between = [];
  if (next.steps.length > 0) await forget(target, compiled, assumed, next, run);
}

/** Undefined when the snapshot cannot be compiled at all. */
function compile({ given, memo }: State, snapshot: Snapshot, options: Options, run: Run): Compiled | undefined {
  const { layout, features } = given;
  const { value, diagnostics } = run.watch.timeSync('compile', () =>
    compileSnapshot(snapshot, options, { skipInvalid: true, layout, features, memo }),
  );
  run.found = diagnostics;
  if (value) run.compiled = value;
  else fail(run);
  return value;
}

async function forget(
  { host }: Target,
  { resolved, desired }: Compiled,
  before: ObservedState,
  { differences }: Plan,
  run: Run,
): Promise<void> {
  const forgotten = await run.watch.time('flows', () => forgetFlows(host, resolved, before, differences, desired));
  run.forgottenFlows = forgotten.count;
  run.diagnostics.push(...forgotten.diagnostics);
}

function planOptions({ given: { target, chainsPerCommit }, configured }: State): PlanOptions {
  return { ...target.detected, chainsPerCommit, excludeCIDRs: configured.ipvs.excludeCIDRs };
}

/** The same object as long as the machine stays the same: the memo knows options by identity. */
function optionsFor(state: State, machine: Machine): Options {
  if (!state.options || JSON.stringify(state.options.machine) !== JSON.stringify(machine)) {
    state.options = { ...state.configured, machine };
  }
  return state.options;
}
