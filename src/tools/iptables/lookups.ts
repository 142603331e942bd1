/**
 * Lookups: rules that have more conditions than iptables-nft-save shows. Asking nft about a chain takes milliseconds,
 * so it is asked only where a decision depends on it: where one of our rules would be moved or deleted beside foreign
 * rules.
 */
import type { Ask } from '../ask.js';
import { readLookups } from '../nft/read.js';
import { diff } from './diff.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import { BUILT_IN_CHAINS, type RuleSet, type TableName } from './types.js';

/** The rule sets, with marks at rules of built-in chains whose printed line must not be trusted. */
export function markLookups(
  ask: Ask,
  saved: readonly SavedRuleSet[],
  desired: readonly RuleSet[],
  ours: IptablesOurs,
  nft?: string,
): Promise<readonly SavedRuleSet[]> {
  return Promise.all(
    saved.map(async (ruleSet) => {
      const { family } = ruleSet;
      const desiredRules = desired.find((each) => each.family === family) ?? { family, tables: [] };
      const doubtful = doubtfulChains(ruleSet, desiredRules, ours);
      const marks = new Map(
        await Promise.all(
          doubtful.map(async ({ table, chain }) => {
            return [`${table} ${chain}`, await readLookups(ask, family, table, chain, nft)] as const;
          }),
        ),
      );
      const tables = ruleSet.tables.map(({ name: table, chains }) => ({
        name: table,
        chains: chains.map((chain) => {
          const found = marks.get(`${table} ${chain.name}`) ?? [];
          // The marks of a chain that has changed meanwhile are useless.
          return found.length === chain.lines.length && found.includes(true) ? { ...chain, lookups: found } : chain;
        }),
      }));
      return marks.size === 0 ? ruleSet : { ...ruleSet, tables };
    }),
  );
}

/** Built-in chains with foreign rules, of which one of our rules would be moved or deleted. */
function doubtfulChains(
  observed: SavedRuleSet,
  desiredRules: RuleSet,
  ours: IptablesOurs,
): readonly { readonly table: TableName; readonly chain: string }[] {
  const { tables } = diff(builtIn(observed), builtIn(ours.beside(observed, desiredRules)), ours.ownershipIn(observed));
  return tables.flatMap(({ name: table, edits }) =>
    edits
      .filter(
        ({ moved, removed, lines }) => moved.length + removed.length > 0 && lines.some(({ kind }) => kind === ' '),
      )
      .map(({ chain }) => ({ table, chain })),
  );
}

function builtIn<T extends RuleSet>(ruleSet: T): T {
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.filter(({ name }) => BUILT_IN_CHAINS[table.name].includes(name)),
  }));
  return { ...ruleSet, tables };
}
