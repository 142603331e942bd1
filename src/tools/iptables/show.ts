/**
 * show: the rules that are there for one Service.
 */
import type { Owner } from '../../owner.js';
import type { Shown } from '../tool.js';
import { printRule } from './print.js';
import type { Chain, RuleSet } from './types.js';

/** By chain: the whole of its own, and its rules in those that several Services share. */
export function showChains({ family, tables }: RuleSet, owns: (owner: Owner) => boolean): readonly Shown[] {
  const program = family === 'ipv4' ? 'iptables' : 'ip6tables';
  return tables.flatMap(({ name, chains }) =>
    chains.map((chain) => [`### ${program} ${name} ${chain.name}`, ...linesOf(chain)]),
  );

  function linesOf(chain: Chain): readonly string[] {
    const { owner } = chain;
    const own = owner !== undefined && owns(owner);
    // The chain of another Service; to make its rules only to find that takes a while, there are many.
    if (!own && owner !== undefined) return [];
    const rules = own ? chain.rules() : chain.rules().filter((rule) => rule.owner !== undefined && owns(rule.owner));
    const lines = rules.map((rule) => `-A ${chain.name}${printRule(rule, family)}`);
    return own ? [`:${chain.name} - [0:0]`, ...lines] : lines;
  }
}
