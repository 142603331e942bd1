/**
 * branch: one way through the rules that connections of a class may take, and the share of them that takes it.
 */
import type { Owner } from '../owner.js';
import type { Variant } from '../tools/detected.js';
import type { Fraction } from './fraction.js';
import type { Asked, Hook } from './hooks.js';
import type { Flow } from './packet.js';

/** A rule that matched the packet, the policy of a chain, or a virtual server of IPVS. */
export interface Step {
  readonly hook: Hook;
  readonly table: Asked;
  /** Only for the rules of NodeRules.beside. */
  readonly variant?: Variant | undefined;
  readonly chain: string;
  /** From 1, as iptables numbers rules; 0 for the policy of a chain, and for a virtual server. */
  readonly rule: number;
  /** As iptables -S prints it; for IPVS, server and real server as ipvsadm --save prints them. */
  readonly text: string;
  readonly owner: Owner | undefined;
  /** The number of rules before it in the chain. */
  readonly passed: number;
  /** The packet before the rule changed it. */
  readonly flow: Flow;
  readonly before: Steps | undefined;
}

/** A linked list of steps, the last one first, so that branches share their common steps. */
export type Steps = Step;

export interface Branch {
  readonly flow: Flow;
  readonly weight: Fraction;
  readonly steps: Steps | undefined;
  /** The unknown conditions that it assumes to hold, or with `not` before them, to fail. */
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
