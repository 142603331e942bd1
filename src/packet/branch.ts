/**
 * branch: one of the ways that connections of a class may go, and for which share of them.
 */
import type { Owner } from '../owner.js';
import type { Fraction } from './fraction.js';
import type { Asked, Hook } from './hooks.js';
import type { Flow } from './packet.js';

/** A rule that was for the packet, or a policy, or IPVS. */
export interface Step {
  readonly hook: Hook;
  readonly table: Asked;
  readonly chain: string;
  /** From 1, as iptables numbers rules; 0 for the policy of a chain, and for a virtual server. */
  readonly rule: number;
  /** As iptables -S prints it, or what was done. */
  readonly text: string;
  readonly owner: Owner | undefined;
  /** How many rules of the chain before it were not for the packet. */
  readonly passed: number;
  /** The packet as the rule found it. */
  readonly flow: Flow;
  readonly before: Steps | undefined;
}

/** Steps, the last one first: branches share what they have in common. */
export type Steps = Step;

export interface Branch {
  readonly flow: Flow;
  readonly weight: Fraction;
  readonly steps: Steps | undefined;
  /** What it depends on that is not known. */
  readonly depends: readonly string[];
}

/** The steps in their order. */
export function stepsOf({ steps }: Pick<Branch, 'steps'>): readonly Step[] {
  let count = 0;
  for (let step = steps; step; step = step.before) count++;
  const found = new Array<Step>(count);
  for (let step = steps; step; step = step.before) found[--count] = step;
  return found;
}
