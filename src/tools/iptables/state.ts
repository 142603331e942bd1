/**
 * What iptables must have for Services: the part of a desired state that the tool iptables carries out.
 */
import type { Chain, RuleSet } from './types.js';

/** The rules of a mode. */
export interface IptablesState {
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
  /** Whether the rules alone lead packets to endpoints, as in iptables mode; in ipvs mode virtual servers do. */
  readonly isComplete: boolean;
}

/** All chains of a state. */
export function chainsIn({ ruleSets }: Pick<IptablesState, 'ruleSets'>): ReadonlySet<Chain> {
  return new Set(ruleSets.flatMap(({ tables }) => tables.flatMap(({ chains }) => chains)));
}
