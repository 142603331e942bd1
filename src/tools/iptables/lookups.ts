/**
 * Lookups: rules that iptables-nft-save shows as less than they are. To ask nft about a chain takes a few milliseconds, so
 * it is asked only where a decision hangs on it: where a rule of ours would be moved or taken away beside rules of others.
 */
import type { Ask } from '../ask.js';
import { readLookups } from '../nft/read.js';
import { diff } from './diff.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import { BUILT_IN_CHAINS, type RuleSet, type TableName } from './types.js';

/** The rule sets, with marks at rules of built-in chains that are not to be judged by what is printed. */
export function markLookups(
  ask: Ask,
  saved: readonly SavedRuleSet[],
  desired: readonly RuleSet[],
  ours: IptablesOurs,
): Promise<readonly SavedRuleSet[]> {
  return Promise.all(
    saved.map(async (ruleSet) => {
      const { family } = ruleSet;
      const wanted = desired.find((each) => each.family === family) ?? { family, tables: [] };
      const doubtful = doubtfulChains(ruleSet, wanted, ours);
      const marks = new Map(
        await Promise.all(
          doubtful.map(async ({ table, chain }) => {
            return [`${table} ${chain}`, await readLookups(ask, family, table, chain)] as const;
          }),
        ),
      );
      const tables = ruleSet.tables.map(({ name: table, chains }) => ({
        name: table,
        chains: chains.map((chain) => {
          const found = marks.get(`${table} ${chain.name}`) ?? [];
          // Of a chain that has changed meanwhile nothing is known.
          return found.length === chain.lines.length && found.includes(true) ? { ...chain, lookups: found } : chain;
        }),
      }));
      return marks.size === 0 ? ruleSet : { ...ruleSet, tables };
    }),
  );
}

/** Built-in chains with rules of others, of which one of ours is to be moved or taken away. */
function doubtfulChains(
  live: SavedRuleSet,
  wanted: RuleSet,
  ours: IptablesOurs,
): readonly { readonly table: TableName; readonly chain: string }[] {
  const { tables } = diff(builtIn(live), builtIn(ours.beside(live, wanted)), ours.ownershipIn(live));
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
