/**
 * own: of the rules of a node those that are ours, as if they were wanted.
 */
import type { Ownership } from '../languages/iptables/diff.js';
import type { RuleSet } from '../languages/iptables/rules.js';

/** `live` without the chains and rules of others. */
export function own({ family, tables }: RuleSet, ownership: Ownership): RuleSet {
  return {
    family,
    tables: tables.map(({ name: table, chains }) => ({
      name: table,
      chains: chains.map((chain) => {
        if (ownership.chain(table, chain.name)) return chain;
        return { ...chain, rules: () => chain.rules().filter((rule) => ownership.rule(table, chain.name, rule)) };
      }),
    })),
  };
}
