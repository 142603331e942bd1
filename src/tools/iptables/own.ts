/**
 * own: observed rules → those that are ours, as a desired state.
 */
import type { Ownership } from './ownership.js';
import type { SavedChain, SavedRuleSet } from './parse.js';
import { BUILT_IN_CHAINS, type Chain, type RuleSet } from './types.js';

/** `observed` without foreign chains and rules; ours in built-in chains remember their position among foreign rules. */
export function own({ family, tables }: SavedRuleSet, ownership: Ownership): RuleSet {
  return {
    family,
    tables: tables.map(({ name: table, chains }) => ({
      name: table,
      chains: chains.flatMap((chain: SavedChain): readonly Chain[] => {
        if (ownership.chain(table, chain.name)) return [chain];
        // A foreign chain that has disappeared since must not be recreated.
        if (!BUILT_IN_CHAINS[table].includes(chain.name)) return [];
        const rules = () => chain.rules().filter((rule) => ownership.rule(table, chain.name, rule));
        return [{ name: chain.name, rules, among: chain.lines }];
      }),
    })),
  };
}
