/**
 * assume: the presumed rules of a node between two reads: foreign rules as they were at the last read, ours as they
 * were programmed since. Reading a large node takes a second; this takes no time.
 */
import type { Family } from '../../ip.js';
import type { ChainEdits, RuleSetDiff } from './diff.js';
import type { IptablesOurs } from './ownership.js';
import { parseRule, type SavedChain, type SavedRuleSet, type SavedTable } from './parse.js';
import { linesOf } from './print.js';
import type { Chain, RuleSet, Table } from './types.js';

/** A rule set without our chains. Its texts are copies: a part of the whole text would keep all of it in memory. */
export function foreign(ruleSet: SavedRuleSet, { ownershipIn }: Pick<IptablesOurs, 'ownershipIn'>): SavedRuleSet {
  const { family } = ruleSet;
  const { chain } = ownershipIn(ruleSet);
  const tables = ruleSet.tables.map(({ name, chains }) => ({
    name,
    chains: chains.filter((each) => !chain(name, each.name)).map((each) => copied(each, family)),
  }));
  return { family, tables };
}

function copied({ name, policy, lines, lookups }: SavedChain, family: Family): SavedChain {
  const texts = lines.map(copy);
  return {
    name: copy(name),
    ...(policy === undefined ? {} : { policy: copy(policy) }),
    ...(lookups === undefined ? {} : { lookups }),
    lines: texts,
    rules: () => texts.map((line) => parseRule(line, family)),
  };
}

function copy(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

/** The foreign rules after our rules among them were edited. */
export function settled(foreign: SavedRuleSet, differences: readonly RuleSetDiff[]): SavedRuleSet {
  const { family } = foreign;
  const edited = differences.find((each) => each.family === family)?.tables ?? [];
  const tables = foreign.tables.map(({ name, chains }) => {
    const edits = new Map(edited.find((table) => table.name === name)?.edits.map((each) => [each.chain, each.lines]));
    return { name, chains: chains.map((chain) => withEdits(chain, edits.get(chain.name), family)) };
  });
  return { family, tables };
}

function withEdits(chain: SavedChain, edits: ChainEdits['lines'] | undefined, family: Family): SavedChain {
  if (!edits) return chain;
  let at = 0;
  const all = edits.map((line) => ({ ...line, lookup: line.kind !== '+' && chain.lookups?.[at++] === true }));
  const left = all.filter(({ kind }) => kind !== '-');
  const lookups = chain.lookups && { lookups: left.map(({ lookup }) => lookup) };
  return copied({ ...chain, lines: left.map(({ text }) => text), ...lookups }, family);
}

/** The rule set of a node on which `desired` was programmed beside the foreign rules of `others`. */
export function assume({ family, tables }: SavedRuleSet, desired: readonly RuleSet[]): SavedRuleSet {
  const desiredTables = desired.find((each) => each.family === family)?.tables ?? [];
  const names = new Set([...tables, ...desiredTables].map(({ name }) => name));
  return { family, tables: [...names].map((name) => mergeTable(name, tables, desiredTables, family)) };
}

function mergeTable(
  name: Table['name'],
  others: readonly SavedTable[],
  desiredTables: readonly Table[],
  family: Family,
): SavedTable {
  const there = others.find((table) => table.name === name)?.chains ?? [];
  const names = new Set(there.map((chain) => chain.name));
  const programmed = desiredTables.find((table) => table.name === name)?.chains ?? [];
  // Built-in chains and kubelet's are foreign; they already held our rules when they were read.
  return {
    name,
    chains: [...there, ...programmed.filter((chain) => !names.has(chain.name)).map((chain) => saved(chain, family))],
  };
}

const known = new WeakMap<Chain, SavedChain>();

/** A chain as a read would return it. Its lines are made only on demand, which is rare. */
function saved(chain: Chain, family: Family): SavedChain {
  const found = known.get(chain);
  if (found) return found;
  const made = {
    name: chain.name,
    ...(chain.policy === undefined ? {} : { policy: chain.policy }),
    rules: chain.rules,
    from: chain,
    get lines() {
      return linesOf(chain, family).map(({ text }) => text);
    },
  };
  known.set(chain, made);
  return made;
}
