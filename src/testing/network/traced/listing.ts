/**
 * listing: the output of `nft -a list ruleset` → the rule of each handle, and the hook of each base chain.
 */
import type { Listed } from './compared.js';

export interface Listing {
  /** By chain, such as `ip nat PREROUTING`, and handle, such as 0x1f. */
  readonly rules: ReadonlyMap<string, Listed>;
  /** By chain: `PREROUTING`. */
  readonly hooks: ReadonlyMap<string, string>;
}

/** What the listing says, read line by line. */
export function listingOf(text: string): Listing {
  const rules = new Map<string, Listed>();
  const hooks = new Map<string, string>();
  let [table, chain, place] = ['', '', 0];
  for (const line of text.split('\n')) {
    table = /^table (\S+ \S+) /.exec(line)?.[1] ?? table;
    const [, begun] = /^\tchain (\S+) /.exec(line) ?? [];
    if (begun !== undefined) [chain, place] = [`${table} ${begun}`, 0];
    const [, hook] = /^\t\ttype \S+ hook (\S+) /.exec(line) ?? [];
    if (hook !== undefined) hooks.set(chain, hook.toUpperCase());
    const [, rule = '', handle] = /^\t\t(.*) # handle (\d+)$/.exec(line) ?? [];
    if (handle === undefined) continue;
    const said = rule.replace(/\bcounter packets \d+ bytes \d+/, 'counter');
    rules.set(`${chain} 0x${Number(handle).toString(16)}`, { place: ++place, text: said });
  }
  return { rules, hooks };
}
