/**
 * Foreign: foreign rules on a node, and the node's rules without them. They are known from a save before any of ours
 * existed, not from the names of chains.
 */
import { readFileSync } from 'node:fs';
import type { Host } from '../../apply/host.js';
import { FAMILIES, type Family } from '../../ip.js';
import { ROOT } from '../cases/cases.js';
import { loadAndSave, tool, type Variant } from '../machine/kernel.js';
import { succeeded } from '../machine/netns.js';
import { parseSaved, type SavedChain, savedTables } from './saved.js';

/** Output of iptables-save and ip6tables-save, without counters and comments, with sorted tables. */
export type Saves = Readonly<Record<Family, string>>;

/** All rules that `host` has. */
export async function saves(host: Host, variant: Variant): Promise<Saves> {
  const [ipv4 = '', ipv6 = ''] = await Promise.all(
    FAMILIES.map(async (family) => {
      const save = tool(family, variant, 'save');
      return canonical(succeeded(await host.run([save]), save).stdout);
    }),
  );
  return { ipv4, ipv6 };
}

/** nft and legacy list the tables in different orders; legacy in the order of their first use. */
export function canonical(save: string): string {
  const tables = [...savedTables(save).values()].map((lines) => `${lines.join('\n')}\n`);
  return tables.sort().join('');
}

/** Replaces the tables in `texts`. */
export async function load(host: Host, variant: Variant, texts: Saves): Promise<void> {
  for (const family of FAMILIES) {
    const { error } = await loadAndSave(host, { family, variant, text: texts[family] });
    if (error !== undefined) throw new Error(error);
  }
}

const DIRECTORY = `${ROOT}src/tools/iptables/foreign/`;

/** Rules of Docker, Calico, firewalld, ufw and others, in all tables. */
export const FOREIGN: Saves = {
  ipv4: readFileSync(`${DIRECTORY}iptables-save`, 'utf8'),
  ipv6: `${readFileSync(`${DIRECTORY}ip6tables-save`, 'utf8')}\
*mangle
-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
COMMIT
*raw
-A PREROUTING -m rpfilter --validmark --invert -j DROP
COMMIT
`,
};

export interface Parted {
  /** The tables with rules beside `foreign`, without its rules; built-in chains with policy ACCEPT. */
  readonly rest: string;
  /** Rules of `foreign` that are gone, changed, or reordered. */
  readonly harm: readonly string[];
}

/** `now` without the chains and rules of `foreign`, which must still be there, in order. */
export function without(now: string, foreign: string): Parted {
  const [there, theirs] = [parseSaved(now), parseSaved(foreign)];
  const harm: string[] = [];
  const tables: string[] = [];
  for (const [table, chains] of [...theirs].filter(([name]) => !there.has(name))) {
    if ([...chains.values()].some(({ policy, rules }) => policy !== 'ACCEPT' || rules.length > 0)) {
      harm.push(`${table}: is gone`);
    }
  }
  for (const [table, chains] of there) {
    const before: ReadonlyMap<string, SavedChain> = theirs.get(table) ?? new Map();
    const gone = [...before.keys()].filter((name) => !chains.has(name));
    harm.push(...gone.map((name) => `${table} ${name}: is gone`));
    const rest: SavedChain[] = [];
    for (const chain of chains.values()) {
      const { name, policy, rules } = chain;
      const known = before.get(name);
      if (known && known.policy !== policy) harm.push(`${table} ${name}: policy ${policy}, was ${known.policy}`);
      const others = known?.rules ?? [];
      const left: string[] = [];
      let next = 0;
      for (const rule of rules) {
        if (rule === others[next]) next++;
        else left.push(rule);
      }
      harm.push(...others.slice(next, next + 1).map((rule) => `${table} ${name}: gone, or moved: ${rule}`));
      const builtIn = policy !== '-';
      if (builtIn || !known || left.length > 0) rest.push({ name, policy: builtIn ? 'ACCEPT' : '-', rules: left });
    }
    if (rest.some(({ policy, rules }) => policy === '-' || rules.length > 0)) tables.push(print(table, rest));
  }
  return { rest: tables.join(''), harm };
}

function print(table: string, chains: readonly SavedChain[]): string {
  const headers = chains.map(({ name, policy }) => `:${name} ${policy} [0:0]`);
  const rules = chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`));
  return [`*${table}`, ...headers, ...rules, 'COMMIT', ''].join('\n');
}
