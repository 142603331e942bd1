/**
 * Which rules of a node are ours. The modes define it (backends/ours.ts); this tool only asks.
 */
import type { IsServiceChain } from './sections.js';
import type { Rule, RuleSet, TableName } from './types.js';

export interface Ownership {
  /** Whether all of a chain is ours: it is rewritten, and deleted when it is not desired. */
  readonly chain: (table: TableName, name: string) => boolean;
  /** Whether a rule in a foreign chain is ours. */
  readonly rule: (table: TableName, chain: string, rule: Rule) => boolean;
}

/** What the callers tell this tool about ownership. */
export interface IptablesOurs {
  /** In a rule set as it is on a node. */
  readonly ownershipIn: (observed: RuleSet) => Ownership;
  readonly isServiceChain: IsServiceChain;
  /** Whether another program, such as kubelet, writes a chain of this name as well. */
  readonly isShared: (table: TableName, name: string) => boolean;
  /** `desired` without the rules that another program on the node, such as kubelet, adds itself. */
  readonly beside: (observed: RuleSet, desired: RuleSet) => RuleSet;
  /** Whether `desired` relies on rules of such a program that are missing. */
  readonly lacks: (observed: RuleSet, desired: RuleSet) => boolean;
}
