/**
 * Partial: a change of the desired state → a plan, on the assumption that the node has the state before.
 */
import type { Target } from '../apply/run.js';
import { assume, recheck } from '../diff/assume.js';
import { type Plan, type PlanOptions, plan } from '../diff/plan.js';
import type { Increment } from '../increment/compiler.js';
import type { ObservedState } from '../tools/tools.js';

export interface Planned {
  /** The state of the node, as far as it matters. */
  readonly assumed: ObservedState;
  readonly next: Plan;
}

/** The plan for a node on which the state before `change` was programmed beside `others`. */
export async function planChange(
  { host }: Target,
  others: ObservedState,
  { before, after }: Pick<Increment, 'before' | 'after'>,
  options: PlanOptions,
): Promise<Planned> {
  const first = assume(others, before);
  const next = plan(first, after, options);
  const assumed = await recheck(host.run, first, next.differences);
  return { assumed, next: assumed === first ? next : plan(assumed, after, options) };
}
