/**
 * Which rules of a node are ours. The modes say so (backends/ours.ts); this tool only asks.
 */
import type { IsServiceChain } from './sections.js';
import type { Rule, RuleSet, TableName } from './types.js';

export interface Ownership {
  /** Whether all of a chain is ours: it is rewritten, and deleted when it is not wanted. */
  readonly chain: (table: TableName, name: string) => boolean;
  /** Whether a rule is ours that stands in a chain which is not. */
  readonly rule: (table: TableName, chain: string, rule: Rule) => boolean;
}

/** What this tool is told of what is ours. */
export interface IptablesOurs {
  /** In a rule set as it is on a node. */
  readonly ownershipIn: (observed: RuleSet) => Ownership;
  readonly isServiceChain: IsServiceChain;
  /** `desired` without what another program on the node, such as kubelet, puts there itself. */
  readonly beside: (observed: RuleSet, desired: RuleSet) => RuleSet;
  /** Whether `desired` relies on such a program's rules, and those are not there, or not yet. */
  readonly lacks: (observed: RuleSet, desired: RuleSet) => boolean;
}
