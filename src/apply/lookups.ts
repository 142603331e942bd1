/**
 * Lookups: rules that iptables-nft-save shows as less than they are. To ask nft about a chain takes a few milliseconds, so
 * it is asked only where a decision hangs on it: where a rule of ours would be moved or taken away beside rules of others.
 */
import type { Program } from '../backends/backend.js';
import { besideKubelet, ownershipIn } from '../backends/ours.js';
import { diff } from '../tools/iptables/diff.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import { BUILT_IN_CHAINS, type RuleSet, type TableName } from '../tools/iptables/types.js';
import type { Host } from './host.js';
import { readLookups } from './nft.js';

/** The rule sets, with marks at rules of built-in chains that are not to be judged by what is printed. */
export function markLookups(
  host: Host,
  saved: readonly SavedRuleSet[],
  { families }: Program,
): Promise<readonly SavedRuleSet[]> {
  return Promise.all(
    saved.map(async (ruleSet) => {
      const { family } = ruleSet;
      const wanted = families.find(({ about }) => about.family === family)?.ruleSet ?? { family, tables: [] };
      const doubtful = doubtfulChains(ruleSet, wanted);
      const marks = new Map(
        await Promise.all(
          doubtful.map(async ({ table, chain }) => {
            return [`${table} ${chain}`, await readLookups(host, family, table, chain)] as const;
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
): readonly { readonly table: TableName; readonly chain: string }[] {
  const { tables } = diff(builtIn(live), builtIn(besideKubelet(live, wanted)), ownershipIn(live));
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
