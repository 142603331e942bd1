/**
 * family-rules: the rules of a node that packets of one family meet.
 */
import type { Family } from '../ip.js';
import { isTableName, type RuleSet } from '../tools/iptables/types.js';
import type { Step } from './branch.js';
import { tablesOf } from './chains.js';
import type { Hook } from './hooks.js';
import { nftTablesOf } from './nft/tables.js';
import type { NodeRules } from './node.js';
import { membershipsOf } from './sets.js';
import { type Stage, stagesAt } from './stages.js';

/** The stages of each hook for packets of a family, found when a packet first comes to it; and what they leave out. */
export function rulesFor(family: Family, node: NodeRules) {
  const known = { node, membership: membershipsOf(node.sets, node.otherSets) };
  const isOf = (each: RuleSet) => each.family === family;
  const own = tablesOf(node.ruleSets.find(isOf) ?? { family, tables: [] }, known);
  const { variant, ruleSets = [] } = node.beside ?? {};
  const other = ruleSets.find(isOf);
  const beside = other && variant ? { variant, tables: tablesOf(other, known, variant) } : undefined;
  const { entrances, missed } = nftTablesOf(node, family);
  const found = new Map<Hook, readonly Stage[]>();
  return {
    stages: (hook: Hook) => {
      const stages = found.get(hook) ?? stagesAt(hook, { own, beside, entrances });
      found.set(hook, stages);
      return stages;
    },
    missed: ({ table, variant: of, flow }: Pick<Step, 'table' | 'variant' | 'flow'>, chain: string) => {
      if (!isTableName(table)) return missed(table, chain, flow);
      return (of === undefined ? own : beside?.tables)?.missed(table, chain, flow) ?? [];
    },
  };
}
