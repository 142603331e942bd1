/**
 * diff, part: chains and ipsets that cannot be deleted because a foreign rule names them; the kernel refuses a whole
 * restore that deletes one of them.
 */
import type { Family } from '../../../ip.js';
import type { Ownership } from '../ownership.js';
import { parseRule, type SavedRuleSet, type SavedTable } from '../parse.js';

/** A chain that a foreign rule leads to. */
export interface ReferencedChain {
  readonly name: string;
  /** The rule, as iptables-save prints it. */
  readonly by: string;
}

/** The ipsets that foreign rules look up, or add addresses to. */
export function referencedSets({ tables }: SavedRuleSet, own: Ownership): readonly string[] {
  return tables.flatMap(({ name: table, chains }) =>
    chains
      .filter(({ name }) => !own.chain(table, name))
      .flatMap(({ lines }) => lines.flatMap((line) => [...line.matchAll(NAMES_SET)].map(([, set = '']) => set))),
  );
}

const NAMES_SET = / --(?:match|add|del|map)-set (\S+)/g;

/** Those of `chains` that foreign rules in `table` lead to, each with the first such rule. */
export function referencedChains(
  table: Pick<SavedTable, 'name' | 'chains'>,
  chains: ReadonlySet<string>,
  own: Ownership,
  family: Family,
): readonly ReferencedChain[] {
  const found = new Map<string, string>();
  // Our own chains are left out: their lines may have to be made first, and there are many.
  for (const chain of table.chains.filter(({ name }) => !own.chain(table.name, name))) {
    const { name } = chain;
    for (const line of chain.lines) {
      const target = / -[jg] (\S+)/.exec(line)?.[1] ?? '';
      // Few rules have such a target, so only those are parsed.
      if (!chains.has(target) || found.has(target)) continue;
      const rule = parseRule(line, family);
      const leads = rule.target?.kind === 'jump' || rule.target?.kind === 'goto';
      if (leads && !own.rule(table.name, name, rule)) found.set(target, `-A ${name}${line}`);
    }
  }
  return [...found].map(([name, by]) => ({ name, by }));
}
