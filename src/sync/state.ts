/**
 * State: what a syncer has from one sync to the next.
 */
import { forgetFlows } from '../apply/flows.js';
import type { Target } from '../apply/run.js';
import type { Features } from '../backends/features.js';
import { leftBy } from '../diff/assume.js';
import type { Plan, PlanOptions } from '../diff/plan.js';
import type { Compilation, Increment } from '../increment/compiler.js';
import type { Machine, Options } from '../options.js';
import { ownerService } from '../owner.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import type { Changes } from '../watch/changes.js';
import type { Figures } from './figures.js';
import type { Programmed } from './programmed.js';
import type { Run } from './run.js';

/** What of the changes a sync needs to know. */
export type Touched = Pick<Changes, 'names' | 'isOfAll'>;

export interface SyncerOptions {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
}

/** What a syncer has from one sync to the next. */
export interface State {
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
  /** What looks compare with; it follows each change. */
  programmed?: Programmed | undefined;
  /** Where our state is not known: what it was before a change that failed, and what it was to be. */
  between: () => readonly DesiredState[];
}

/** Nothing is programmed. */
export const NOTHING = (): readonly [] => [];

/** The node has what was compiled, beside `others`, and what `plan` left. */
export function know(state: State, others: ObservedState, { differences }: Plan): void {
  const left = leftBy(others, differences);
  state.others = left.others;
  state.leaving = new Set(left.owners.map(ownerService));
  state.between = NOTHING;
}

/** Forgets what the node has. */
export function lose(state: State): void {
  state.others = undefined;
  state.programmed = undefined;
  state.between = NOTHING;
}

/** Deletes the flows that a change has left behind. */
export async function forget(
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

/** How to write a change. */
export function planOptions({ given: { target, chainsPerCommit }, configured }: State): PlanOptions {
  return { ...target.detected, chainsPerCommit, excludeCIDRs: configured.ipvs.excludeCIDRs };
}

/** The same object as long as the machine stays the same: what was compiled with it is kept. */
export function optionsFor(state: State, machine: Machine): Options {
  if (!state.options || JSON.stringify(state.options.machine) !== JSON.stringify(machine)) {
    state.options = { ...state.configured, machine };
  }
  return state.options;
}
