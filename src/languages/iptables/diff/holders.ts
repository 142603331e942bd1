/**
 * diff, part: chains that cannot be deleted because a rule of somebody else leads to them; one of them in a restore, and
 * the kernel refuses all of it.
 */
import type { Family } from '../../../ip.js';
import type { HeldChain, Ownership } from '../diff.js';
import { parseRule, type SavedTable } from '../parse.js';

/** Which of `chains` the rules of others in `table` lead to, each with the first such rule. */
export function holders(
  table: Pick<SavedTable, 'name' | 'chains'>,
  chains: ReadonlySet<string>,
  own: Ownership,
  family: Family,
): readonly HeldChain[] {
  const found = new Map<string, string>();
  for (const { name, lines } of table.chains) {
    if (own.chain(table.name, name)) continue;
    for (const line of lines) {
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
