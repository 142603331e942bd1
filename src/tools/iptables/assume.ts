/**
 * assume: what the rules of a node are taken for between two reads: those of others when they were read last, and of ours
 * what was programmed since. Reading a large node takes a second; this takes none.
 */
import type { Family } from '../../ip.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedChain, SavedRuleSet, SavedTable } from './parse.js';
import { printRule } from './print.js';
import type { Chain, RuleSet, Table } from './types.js';

/** A rule set without the chains that are ours. */
export function foreign(ruleSet: SavedRuleSet, { ownershipIn }: Pick<IptablesOurs, 'ownershipIn'>): SavedRuleSet {
  const { chain } = ownershipIn(ruleSet);
  const tables = ruleSet.tables.map(({ name, chains }) => ({
    name,
    chains: chains.filter((each) => !chain(name, each.name)),
  }));
  return { family: ruleSet.family, tables };
}

/** The rule set of a node on which `desired` was programmed beside `others`. */
export function assume({ family, tables }: SavedRuleSet, desired: readonly RuleSet[]): SavedRuleSet {
  const wanted = desired.find((each) => each.family === family)?.tables ?? [];
  const names = new Set([...tables, ...wanted].map(({ name }) => name));
  return { family, tables: [...names].map((name) => mergeTable(name, tables, wanted, family)) };
}

function mergeTable(
  name: Table['name'],
  others: readonly SavedTable[],
  wanted: readonly Table[],
  family: Family,
): SavedTable {
  const there = others.find((table) => table.name === name)?.chains ?? [];
  const names = new Set(there.map((chain) => chain.name));
  const programmed = wanted.find((table) => table.name === name)?.chains ?? [];
  // Built-in chains, and kubelet's, are others'; our rules were in them when they were read.
  return {
    name,
    chains: [...there, ...programmed.filter((chain) => !names.has(chain.name)).map((chain) => saved(chain, family))],
  };
}

const known = new WeakMap<Chain, SavedChain>();

/** A chain as it reads back; its lines are made when they are needed, which is seldom. */
function saved(chain: Chain, family: Family): SavedChain {
  const found = known.get(chain);
  if (found) return found;
  const made = {
    name: chain.name,
    ...(chain.policy === undefined ? {} : { policy: chain.policy }),
    rules: chain.rules,
    from: chain,
    get lines() {
      return chain.rules().map((rule) => printRule(rule, family));
    },
  };
  known.set(chain, made);
  return made;
}
