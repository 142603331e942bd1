/**
 * own: of the rules of a node those that are ours, as if they were wanted.
 */
import type { Ownership } from '../languages/iptables/diff.js';
import { BUILT_IN_CHAINS, type Chain, type RuleSet } from '../languages/iptables/rules.js';

/** `live` without the chains and rules of others. */
export function own({ family, tables }: RuleSet, ownership: Ownership): RuleSet {
  return {
    family,
    tables: tables.map(({ name: table, chains }) => ({
      name: table,
      chains: chains.flatMap((chain): readonly Chain[] => {
        if (ownership.chain(table, chain.name)) return [chain];
        // A chain of others that is gone by the time nobody is to make again.
        if (!BUILT_IN_CHAINS[table].includes(chain.name)) return [];
        return [{ ...chain, rules: () => chain.rules().filter((rule) => ownership.rule(table, chain.name, rule)) }];
      }),
    })),
  };
}
