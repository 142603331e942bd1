/**
 * diff, part: chains and ipsets that cannot be deleted because a rule of somebody else names them; one of them in a
 * restore, and the kernel refuses all of it.
 */
import type { Family } from '../../../ip.js';
import { parseRule, type SavedRuleSet, type SavedTable } from '../parse.js';
import type { Ownership } from './ownership.js';

export interface HeldChain {
  readonly name: string;
  /** The rule, as iptables-save prints it. */
  readonly by: string;
}

/** The ipsets that rules of others look into, or put addresses into. */
export function setsOfOthers({ tables }: SavedRuleSet, own: Ownership): readonly string[] {
  return tables.flatMap(({ name: table, chains }) =>
    chains
      .filter(({ name }) => !own.chain(table, name))
      .flatMap(({ lines }) => lines.flatMap((line) => [...line.matchAll(NAMES_SET)].map(([, set = '']) => set))),
  );
}

const NAMES_SET = / --(?:match|add|del|map)-set (\S+)/g;

/** Which of `chains` the rules of others in `table` lead to, each with the first such rule. */
export function holders(
  table: Pick<SavedTable, 'name' | 'chains'>,
  chains: ReadonlySet<string>,
  own: Ownership,
  family: Family,
): readonly HeldChain[] {
  const found = new Map<string, string>();
  // The lines of our own chains may have to be made first, and there are many.
  for (const chain of table.chains.filter(({ name }) => !own.chain(table.name, name))) {
    const { name } = chain;
    for (const line of chain.lines) {
      const target = / -[jg] (\S+)/.exec(line)?.[1] ?? '';
      // Most rules lead elsewhere, so only few are parsed.
      if (!chains.has(target) || found.has(target)) continue;
      const rule = parseRule(line, family);
      const leads = rule.target?.kind === 'jump' || rule.target?.kind === 'goto';
      if (leads && !own.rule(table.name, name, rule)) found.set(target, `-A ${name}${line}`);
    }
  }
  return [...found].map(([name, by]) => ({ name, by }));
}
