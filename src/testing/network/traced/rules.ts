/**
 * rules: the rules of a test, of iptables or of nftables: how they are loaded with what traces packets, what the evaluator
 * reads, and the classes of packets that they tell apart.
 */
import type { Host } from '../../../apply/host.js';
import type { Family } from '../../../ip.js';
import type { NodeRules } from '../../../packet/node.js';
import { parse as parseIptables } from '../../../tools/iptables/parse.js';
import { parse as parseNft } from '../../../tools/nft/parse.js';
import { sees, type Table } from '../../../tools/nft/types.js';
import { loadAndSave } from '../../machine/kernel.js';
import { succeeded } from '../../machine/netns.js';
import { parseSaved } from '../../node/saved.js';
import { classesOf, type NamedClass, OWN } from './classes.js';
import { nftClassesOf } from './classes-nft.js';
import type { Loaded } from './compared.js';
import { listingOf } from './listing.js';

export interface TracedRules {
  readonly family: Family;
  readonly node: NodeRules;
  readonly classes: readonly NamedClass[];
  readonly load: (host: Host) => Promise<Loaded>;
}

const NOTHING: NodeRules = { ruleSets: [], sets: [], otherSets: [], virtualServers: [], addresses: OWN };

/** Rules as iptables-save prints them. They are loaded by iptables-nft, which xtables-monitor supports. */
export function iptablesRules(family: Family, dump: string): TracedRules {
  const text = withTrace(dump);
  const { value: ruleSet } = parseIptables(text, family);
  return {
    family,
    node: { ...NOTHING, ruleSets: [ruleSet] },
    classes: classesOf(ruleSet),
    load: async (host) => {
      const { saved, error } = await loadAndSave(host, { family, variant: 'nft', text });
      if (error !== undefined) throw new Error(error);
      const tables = parseSaved(saved);
      const { rules, hooks } = await listing(host);
      return {
        // xtables-monitor 1.8.9 ends at the first IPv6 rule that matches a port.
        monitor: family === 'ipv4' ? 'xtables' : 'nft',
        forget: '',
        table: (_, table) => table,
        rule: (at, handle) => {
          const { place = 0 } = rules.get(`${at} ${handle}`) ?? {};
          const [, table = '', chain = ''] = at.split(' ');
          return { place, text: `-A ${chain} ${tables.get(table)?.get(chain)?.rules[place - 1]}` };
        },
        hook: (at) => hooks.get(at),
      };
    },
  };
}

/** The text of iptables-save with TRACE rules before all others in table raw. */
function withTrace(text: string): string {
  const rules = '-A PREROUTING -j TRACE\n-A OUTPUT -j TRACE\n';
  const raw = /^\*raw\n(?:[:#].*\n)*/m;
  if (raw.test(text)) return text.replace(raw, (head) => head + rules);
  return `${text}*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules}COMMIT\n`;
}

/** Rules in the language of nft. */
export function nftRules(family: Family, rules: string): TracedRules {
  const text = `${rules}\n${TRACE}`;
  const { value: tables } = parseNft(text);
  return {
    family,
    node: { ...NOTHING, nftTables: tables },
    classes: nftClassesOf(
      tables.filter((table) => sees(table, family)),
      family,
    ),
    load: async (host) => {
      succeeded(await host.run(['nft', '-f', '-'], text), 'nft -f');
      const { rules: listed, hooks } = await listing(host);
      return {
        monitor: 'nft',
        forget: tables
          .filter((table) => sees(table, family))
          .flatMap(flushes)
          .join('; '),
        table: (of, table) => `${of} ${table}`,
        rule: (at, handle) => listed.get(`${at} ${handle}`),
        hook: (at) => hooks.get(at),
      };
    },
  };
}

/** Sets nftrace before all other tables; its chain in hook input makes delivered packets known. */
const TRACE = `table inet vipc-trace {
	chain prerouting {
		type filter hook prerouting priority -400; policy accept;
		meta nftrace set 1
	}

	chain output {
		type filter hook output priority -400; policy accept;
		meta nftrace set 1
	}

	chain input {
		type filter hook input priority 400; policy accept;
	}
}
`;

function flushes({ family, name, sets }: Table): readonly string[] {
  return sets
    .filter(({ flags }) => flags.includes('dynamic'))
    .map((set) => `flush ${set.kind} ${family} ${name} ${set.name}`);
}

async function listing(host: Host) {
  return listingOf(succeeded(await host.run(['nft', '-a', 'list', 'ruleset']), 'nft').stdout);
}
