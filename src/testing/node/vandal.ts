/**
 * Vandal: a third party that changes the rules of a node, ours and foreign ones, with the real tools. Rules that it
 * adds for itself have `vandal` in their comment; its own chains are VANDAL and VANDAL-TOO.
 */
import fc from 'fast-check';
import type { Host } from '../../apply/host.js';
import { FAMILIES, type Family } from '../../ip.js';
import { tool, type Variant, WAIT } from '../machine/kernel.js';
import { canonical } from './foreign.js';
import { parseSaved, type SavedTable } from './saved.js';

export interface Act {
  readonly kind: keyof typeof ACTS;
  readonly family: Family;
  readonly table: 'filter' | 'nat';
  /** Selections among many items, each counted from 0, modulo their number. */
  readonly picks: readonly number[];
}

/** Commits one act; returns whether the kernel accepted it. */
export async function vandalise(host: Host, variant: Variant, act: Act): Promise<boolean> {
  const { kind, family, table, picks } = act;
  const { stdout } = await host.run([tool(family, variant, 'save')]);
  const chains = parseSaved(stdout).get(table) ?? new Map();
  const lines = ACTS[kind](new View(chains, family, table, picks));
  if (lines.length === 0) return false;
  const text = [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  const { code } = await host.run([tool(family, variant, 'restore'), '--noflush', WAIT], text);
  return code === 0;
}

/** The rules that acts see, and the selections of this act. */
class View {
  #next = 0;
  readonly chains: SavedTable;
  readonly family: Family;
  readonly table: 'filter' | 'nat';
  readonly #picks: readonly number[];

  constructor(chains: SavedTable, family: Family, table: 'filter' | 'nat', picks: readonly number[]) {
    this.chains = chains;
    this.family = family;
    this.table = table;
    this.#picks = picks;
  }

  pick<T>(list: readonly T[]): T | undefined {
    const number = this.#picks[this.#next++ % this.#picks.length] ?? 0;
    return list[number % Math.max(list.length, 1)];
  }

  /** Names of chains of ours that have rules, or all. */
  ours(all = false): readonly string[] {
    return [...this.chains.values()]
      .filter(({ name, rules }) => OURS.test(name) && (all || rules.length > 0))
      .map(({ name }) => name);
  }

  builtIn(): readonly string[] {
    return this.table === 'filter' ? ['INPUT', 'FORWARD', 'OUTPUT'] : ['PREROUTING', 'OUTPUT', 'POSTROUTING'];
  }

  rules(chain: string): readonly string[] {
    return this.chains.get(chain)?.rules ?? [];
  }

  /** Our jumps from built-in chains, as `CHAIN rule`. */
  jumps(): readonly string[] {
    return this.builtIn().flatMap((chain) =>
      this.rules(chain)
        .filter((rule) => rule.includes('-j KUBE-') && !rule.includes('vandal'))
        .map((rule) => `${chain} ${rule}`),
    );
  }

  /** A position in a chain, from 1. */
  place(chain: string): number {
    return this.pick(this.rules(chain).map((_, i) => i + 1)) ?? 1;
  }

  source(): string {
    return this.family === 'ipv4' ? '192.0.2.9/32' : '2001:db8::9/128';
  }
}

const BY = '-m comment --comment vandal';

/** The acts, as input for iptables-restore --noflush. */
const ACTS = {
  /** Foreign rules are flushed too. */
  flush: (view: View) => [...view.chains.keys()].map((name) => `-F ${name}`),
  wipe: (view: View) => {
    const made = [...view.chains.values()].filter(({ policy }) => policy === '-');
    return [...[...view.chains.keys()].map((name) => `-F ${name}`), ...made.map(({ name }) => `-X ${name}`)];
  },
  'delete rule': (view: View) => {
    const chain = view.pick(view.ours());
    return chain === undefined ? [] : [`-D ${chain} ${view.place(chain)}`];
  },
  'swap rules': (view: View) => {
    const chain = view.pick(view.ours());
    if (chain === undefined) return [];
    const rule = view.pick(view.rules(chain)) ?? '';
    return [`-D ${chain} ${rule}`, `-A ${chain} ${rule}`];
  },
  'insert rule': (view: View) => {
    const chain = view.pick(view.ours());
    if (chain === undefined) return [];
    const target = view.pick(['-j DROP', '-j RETURN', '-j ACCEPT', '', `-j ${view.pick(view.ours(true))}`]) ?? '';
    return [`-I ${chain} ${view.place(chain)} -s ${view.source()} ${BY} ${target}`];
  },
  'flush chain': (view: View) => (view.ours().length > 0 ? [`-F ${view.pick(view.ours())}`] : []),
  'delete chain': (view: View) => {
    const gone = view.pick(view.ours(true));
    if (gone === undefined) return [];
    const callers = [...view.chains.values()].flatMap(({ name, rules }) =>
      rules.filter((rule) => new RegExp(`-[jg] ${gone}$`).test(rule)).map((rule) => `-D ${name} ${rule}`),
    );
    return [...callers, `-F ${gone}`, `-X ${gone}`];
  },
  'delete jump': (view: View) => {
    const jump = view.pick(view.jumps());
    return jump === undefined ? [] : [`-D ${jump}`];
  },
  'duplicate jump': (view: View) => {
    const jump = view.pick(view.jumps());
    return jump === undefined ? [] : [`-A ${jump}`];
  },
  'move jump': (view: View) => {
    const [chain = '', ...rule] = view.pick(view.jumps())?.split(' ') ?? [];
    const spec = rule.join(' ');
    return chain === '' ? [] : [`-D ${chain} ${spec}`, view.pick([`-A ${chain} ${spec}`, `-I ${chain} ${spec}`]) ?? ''];
  },
  'stale chain': (view: View) => {
    const name = `${view.pick(['KUBE-SVC', 'KUBE-SEP', 'VIPC-SVC', 'KUBE-EXT', 'KUBE-XLB'])}-VANDAL${view.pick(['A', 'B'])}AAAAAAAAA`;
    const callee = view.pick([...view.ours(true), 'RETURN']);
    return [`:${name} - [0:0]`, `-A ${name} -s ${view.source()} -j ${callee}`];
  },
  /** From now on these are foreign rules. */
  'foreign rule': (view: View) => {
    const chain = view.pick(view.builtIn()) ?? '';
    const condition = view.pick([`-s ${view.source()} `, '', '-i eth0 ', '-p tcp -m tcp --dport 80 ']) ?? '';
    const target = view.pick(['-j ACCEPT', '-j DROP', '-j RETURN', '-j VANDAL', '-g VANDAL', '']) ?? '';
    return [
      `:VANDAL - [0:0]`,
      `-A VANDAL ${BY} -j RETURN`,
      `-I ${chain} ${view.place(chain)} ${condition}${BY} ${target}`,
    ];
  },
  /** Only where the kernel accepts it: MASQUERADE in POSTROUTING only, DNAT everywhere else. */
  'foreign rule that leads to a chain of ours': (view: View) => {
    const callee = view.pick(view.ours(true).filter((name) => !MASQUERADES.has(name)));
    const chain = view.pick(view.builtIn().filter((name) => name !== 'POSTROUTING'));
    return callee === undefined ? [] : [`-A ${chain} -s ${view.source()} ${BY} -j ${callee}`];
  },
  'foreign chain that leads to a chain of ours': (view: View) => {
    const callee = view.pick(view.ours(true).filter((name) => !MASQUERADES.has(name)));
    if (callee === undefined) return [];
    return [':VANDAL-TOO - [0:0]', `-A VANDAL-TOO ${BY} -j ${callee}`, `-A OUTPUT ${BY} -j VANDAL-TOO`];
  },
  policy: (view: View) =>
    view.table === 'nat' ? [] : [`:${view.pick(view.builtIn())} ${view.pick(['DROP', 'ACCEPT'])} [0:0]`],
} satisfies Readonly<Record<string, (view: View) => readonly string[]>>;

const MASQUERADES: ReadonlySet<string> = new Set(['KUBE-POSTROUTING', 'VIPC-HAIRPIN']);

const KINDS = Object.keys(ACTS) as (keyof typeof ACTS)[];

export const acts: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...KINDS),
  family: fc.constantFrom(...FAMILIES),
  table: fc.constantFrom('filter', 'nat'),
  picks: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
});

/** Names of chains of ours, in either layout. */
const OURS = /^(?:KUBE|VIPC)-/;

/** The foreign part of `save`, if only vandals add rules that lead to our chains. */
export function foreignIn(save: string): string {
  const chainOf = (line: string) => /^(?::|-A )(\S+)/.exec(line)?.[1] ?? '';
  const lines = save.split('\n').filter((line) => {
    if (OURS.test(chainOf(line))) return false;
    return !/-[jg] (?:KUBE|VIPC)-\S+$/.test(line) || line.includes('vandal');
  });
  return canonical(lines.join('\n'));
}
