/**
 * A chain as `nft --json list chain` prints it: which of its rules have more conditions than iptables-nft shows.
 *
 * iptables 1.8.9 skips the lookup of a set or map in a rule (nft_parse_lookup is for bridges only), so `ip saddr
 * @blocked drop` reads `-j DROP`. For other expressions that it cannot print it says so (# Table … is incompatible), or
 * fails.
 */
import { type Checked, show } from '../../diag.js';
import { isData } from './json/value.js';
import { readItems } from './parse-json.js';

/** For each rule of the chain, in its order, whether it looks something up in a set or map. */
export function lookups(text: string): Checked<readonly boolean[]> {
  const items = readItems(text);
  if (!items) {
    const message = `not a chain as nft --json prints it: ${show(text)}`;
    return { value: [], diagnostics: [{ code: 'unreadable-json', severity: 'error', message }] };
  }
  return {
    value: items.flatMap((item) => ('rule' in item ? [looksUp(item.rule)] : [])),
    diagnostics: [],
  };
}

/** Whether a value names a set or map, `@blocked`, or is an anonymous one. */
function looksUp(value: unknown): boolean {
  if (typeof value === 'string') return /^@./.test(value);
  if (Array.isArray(value)) return value.some(looksUp);
  if (!isData(value)) return false;
  return Object.entries(value).some(([key, each]) => IN_RULE.has(key) || looksUp(each));
}

const IN_RULE: ReadonlySet<string> = new Set(['set', 'map', 'vmap']);
