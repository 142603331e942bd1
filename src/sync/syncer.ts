/**
 * Syncer: brings one node to the state of the cluster. Both ways to sync write into a record of the run (run.ts).
 *
 *     full       machine ─ compile ─ read all ─ drift? ─ apply, which reads again ─ forget flows
 *     partial    compile what changed ─ assume the state of the node before ─ plan ─ run ─ forget flows
 *
 * A partial sync assumes that the node has what was programmed last, so it costs what changed and not what there is.
 */
import { apply } from '../apply/apply.js';
import { forgetFlows } from '../apply/flows.js';
import { readMachine, readState } from '../apply/read.js';
import { runSteps, type Target } from '../apply/run.js';
import type { Resolved } from '../backends/backend.js';
import type { Features } from '../backends/features.js';
import { hasErrors } from '../diag.js';
import { leftBy, othersOf } from '../diff/assume.js';
import { type Plan, type PlanOptions, plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import { type Compilation, compileAll, type Increment } from '../increment/compiler.js';
import type { Machine, Options } from '../options.js';
import { ownerService } from '../owner.js';
import type { Cluster } from '../read/cluster.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import type { Changes } from '../watch/changes.js';
import { driftFrom } from './drift.js';
import { type Figures, figuresAfter, figuresOf } from './figures.js';
import { planChange } from './partial.js';
import { fail, newRun, type Run, refuse, reportOf, type SyncKind, type SyncReport } from './run.js';

/** What of the changes a sync needs to know. */
type Touched = Pick<Changes, 'names' | 'isOfAll'>;

export interface Syncer {
  /** Syncs to `cluster`, of which `changes` came since the last call. Never rejects: a failure is in the report. */
  sync(cluster: Cluster, changes: Touched, kind: SyncKind): Promise<SyncReport>;
  /** Other options from now on. */
  configure(options: Options): void;
}

export interface SyncerOptions {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
}

/** What a syncer has from one sync to the next. */
interface State {
  readonly given: SyncerOptions;
  configured: Options;
  /** The options of the last full sync, with its machine. */
  options?: Options | undefined;
  compiled?: Compilation | undefined;
  figures?: Figures | undefined;
  /** The state of other programs on the node, when ours is what was compiled last. */
  others?: ObservedState | undefined;
  /** The Services of which something on the node has yet to end by itself. */
  leaving: ReadonlySet<string>;
  /** Where our state is not known: what it was before a change that failed, and what it was to be. */
  between: () => readonly DesiredState[];
}

/** A syncer that knows nothing of the node yet. */
export function newSyncer(given: SyncerOptions, options: Options): Syncer {
  const state: State = { given, configured: options, leaving: new Set(), between: NOTHING };
  return {
    configure: (changed) => {
      state.configured = changed;
      state.options = undefined;
      state.compiled = undefined;
      lose(state);
    },
    sync: async (cluster, changes, asked) => {
      const { others, compiled } = state;
      const run = newRun(others && compiled ? asked : 'full');
      try {
        if (others && compiled && run.kind === 'partial') await partialSync(state, compiled, cluster, changes, run);
        else await fullSync(state, cluster, changes, run);
      } catch (error) {
        state.others = undefined;
        const message = error instanceof Error ? error.message : String(error);
        fail(run, { code: 'sync-failed', severity: 'error', message });
      }
      return reportOf(run);
    },
  };
}

const NOTHING = (): readonly [] => [];

/** The node has what was compiled, beside `others`, and what `plan` left. */
function know(state: State, others: ObservedState, { differences }: Plan): void {
  const left = leftBy(others, differences);
  state.others = left.others;
  state.leaving = new Set(left.owners.map(ownerService));
  state.between = NOTHING;
}

/** Forgets what the node has. */
function lose(state: State): void {
  state.others = undefined;
  state.between = NOTHING;
}

async function fullSync(state: State, cluster: Cluster, changes: Touched, run: Run): Promise<void> {
  const { target } = state.given;
  const machine = await run.watch.time('read', () => readMachine(target.host, state.configured, target.detected));
  const programmed = state.others && state.compiled ? [state.compiled.desired()] : state.between();
  const compiledWith = optionsFor(state, machine);
  const isSame = state.compiled?.options === compiledWith && !changes.isOfAll;
  const change = isSame ? compileChange(state, state.compiled, cluster, changes, run) : undefined;
  if (!isSame) compile(state, cluster, compiledWith, run);
  const { compiled } = run;
  if (!compiled) return;
  const [first] = programmed;
  const isAsBefore = programmed.length === 1 && change && change.gone.length + change.come.length === 0;
  const desired = isAsBefore && first ? first : run.watch.timeSync('compile', compiled.desired);
  run.figures = state.figures ??= figuresOf(compiled, desired);
  const observed = await run.watch.time('read', () => readState(target.host, target.detected, desired));
  run.diagnostics.push(...remarks(observed, desired));
  const options = planOptions(state);
  const next = run.watch.timeSync('diff', () => plan(observed, desired, options));
  const planned = (before: DesiredState) => (before === desired ? next : plan(observed, before, options));
  run.drift = driftFrom(programmed.map(planned), observed);
  lose(state);
  const applied = await run.watch.time('apply', () =>
    apply(target, desired, options, { before: observed, plan: next }),
  );
  run.steps = applied.plan.steps;
  run.diagnostics.push(...applied.diagnostics);
  if (hasErrors(applied.diagnostics)) refuse(run);
  else if (applied.rest.steps.length > 0) fail(run, DIFFERS);
  else know(state, othersOf(applied.after), applied.rest);
  await forget(target, { served: compiled.resolved(), after: desired }, applied.before, applied.plan, run);
}

const DIFFERS = {
  code: 'differs',
  severity: 'error',
  message: 'the rules read back differ from those applied; another program changes the same rules',
} as const;

async function partialSync(
  state: State,
  known: Compilation,
  cluster: Cluster,
  changes: Touched,
  run: Run,
): Promise<void> {
  const { target } = state.given;
  const { others = {} } = state;
  const change = compileChange(state, known, cluster, changes, run);
  if (!change) return;
  const options = planOptions(state);
  const { assumed, next } = await run.watch.time('diff', () => planChange(target, others, change, options));
  run.steps = next.steps;
  state.between = change.whole;
  state.others = undefined;
  const { refused, partly, warnings } = await run.watch.time('apply', () => runSteps(next.steps, target));
  const errors = [...partly, ...(refused ? [refused] : [])];
  run.diagnostics.push(...errors, ...warnings);
  if (errors.length > 0) return refuse(run);
  know(state, others, next);
  const hasUdp = [...change.gone, ...change.come].some(({ name }) => name.protocol === 'UDP');
  if (next.steps.length > 0 && hasUdp) await forget(target, change, assumed, next, run);
}

/** Compiles what changed; undefined when the cluster cannot be compiled at all. */
function compileChange(
  state: State,
  known: Compilation | undefined,
  cluster: Cluster,
  changes: Touched,
  run: Run,
): Increment | undefined {
  if (!known) return undefined;
  if (!changes.isOfAll) {
    const names = [...changes.names, ...state.leaving];
    const change = run.watch.timeSync('compile', () => known.change(cluster, names));
    serve(state, known, state.figures && figuresAfter(state.figures, change), run);
    return change;
  }
  const [before, were] = [known.desired(), known.resolved()];
  const compiled = compile(state, cluster, known.options, run);
  if (!compiled) return undefined;
  const [after, served] = [compiled.desired(), compiled.resolved()];
  run.figures = state.figures = figuresOf(compiled, after);
  const portsOf = (resolved: readonly Resolved[]) => resolved.flatMap(({ ports }) => ports);
  return { before, after, served, gone: portsOf(were), come: portsOf(served), whole: () => [before, after] };
}

/** Compiles all of the cluster. */
function compile(state: State, cluster: Cluster, options: Options, run: Run): Compilation | undefined {
  const { layout, features } = state.given;
  const how = { skipInvalid: true, layout, features };
  const { value, diagnostics } = run.watch.timeSync('compile', () => compileAll(cluster, options, how));
  run.found = diagnostics;
  if (value) serve(state, value, undefined, run);
  else {
    // What changed must not be forgotten, so all is compiled next time.
    state.compiled = undefined;
    lose(state);
    fail(run);
  }
  return value;
}

function serve(state: State, compiled: Compilation, figures: Figures | undefined, run: Run): void {
  state.compiled = compiled;
  state.figures = figures;
  run.compiled = compiled;
  if (figures) run.figures = figures;
  run.found = compiled.diagnostics();
}

async function forget(
  { host }: Target,
  { served, after }: Pick<Increment, 'served' | 'after'>,
  before: ObservedState,
  { differences }: Plan,
  run: Run,
): Promise<void> {
  const forgotten = await run.watch.time('flows', () => forgetFlows(host, served, before, differences, after));
  run.forgottenFlows = forgotten.count;
  run.diagnostics.push(...forgotten.diagnostics);
}

function planOptions({ given: { target, chainsPerCommit }, configured }: State): PlanOptions {
  return { ...target.detected, chainsPerCommit, excludeCIDRs: configured.ipvs.excludeCIDRs };
}

/** The same object as long as the machine stays the same: what was compiled with it is kept. */
function optionsFor(state: State, machine: Machine): Options {
  if (!state.options || JSON.stringify(state.options.machine) !== JSON.stringify(machine)) {
    state.options = { ...state.configured, machine };
  }
  return state.options;
}
