/**
 * lower, part: the chains that ServicePorts share. A daemon keeps them as text, because a change of one ServicePort writes
 * such a chain whole: making and printing all its rules would take longer than the change.
 */
import type { Family } from '../../ip.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Line } from '../../text.js';
import { printRule } from '../../tools/iptables/print.js';
import type { Chain, Rule } from '../../tools/iptables/types.js';
import { replaced } from './kept-list.js';

/** The tables that kube-proxy uses. */
export type OurTable = 'filter' | 'nat';

/** A rule to append to a chain that several ServicePorts share. */
export interface SharedRule {
  readonly table: OurTable;
  readonly chain: string;
  readonly rule: Rule;
}

/** The chains of `rules`, each in their order; one without a rule is empty. */
export function sharedChains(rules: readonly SharedRule[]): KeptChains['chain'] {
  const found = new Map<string, Rule[]>();
  for (const { table, chain, rule } of rules) {
    const key = `${table} ${chain}`;
    const there = found.get(key);
    if (there) there.push(rule);
    else found.set(key, [rule]);
  }
  return (table, name) => ({ name, rules: () => found.get(`${table} ${name}`) ?? [] });
}

export interface KeptChains {
  /** The chain as it is now; the very same until its rules change. */
  chain(table: OurTable, name: string): Chain;
  /** Puts ServicePorts in the place of others. */
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): void;
}

/** The part of a ServicePort in a chain. */
interface Part {
  readonly port: ServicePort;
  readonly lines: readonly Line[];
}

type RulesOf = (port: ServicePort) => readonly SharedRule[];

/** Rules before and behind those of ServicePorts. */
interface Frame {
  readonly first: readonly SharedRule[];
  readonly last: readonly SharedRule[];
}

/** The chains with the rules that `rulesOf` has for each of `ports`, which are in order. */
export function keepSharedChains(
  ports: readonly ServicePort[],
  rulesOf: RulesOf,
  { first, last }: Frame,
  family: Family,
): KeptChains {
  const parts = new Map<string, readonly Part[]>();
  for (const port of ports) {
    for (const [key, lines] of linesOf(rulesOf(port), family)) {
      const list = parts.get(key) as Part[] | undefined;
      if (list) list.push({ port, lines });
      else parts.set(key, [{ port, lines }]);
    }
  }
  const made = new Map<string, Chain>();
  const make = (key: string, name: string): Chain => {
    const there = parts.get(key) ?? [];
    const isHere = ({ table, chain }: SharedRule) => `${table} ${chain}` === key;
    const frame = (rules: readonly SharedRule[]) => linesOf(rules.filter(isHere), family).get(key) ?? [];
    let lines: readonly Line[] | undefined;
    const chain: Chain = {
      name,
      rules: () =>
        [...first, ...there.flatMap(({ port }) => rulesOf(port)), ...last].filter(isHere).map(({ rule }) => rule),
      printed: () => {
        lines ??= inARow([{ lines: frame(first) }, ...there, { lines: frame(last) }]);
        return lines;
      },
    };
    made.set(key, chain);
    return chain;
  };
  return {
    chain: (table, name) => made.get(`${table} ${name}`) ?? make(`${table} ${name}`, name),
    replace: (before, after) => {
      const now = after.map((port) => ({ port, lines: linesOf(rulesOf(port), family) }));
      for (const key of new Set([...parts.keys(), ...now.flatMap(({ lines }) => [...lines.keys()])])) {
        const news = now.flatMap(({ port, lines: all }) => {
          const lines = all.get(key);
          return lines ? [{ port, lines }] : [];
        });
        const { list, pairs } = replaced(parts.get(key) ?? [], before, news);
        parts.set(key, list);
        if (pairs.some(([was, is]) => textOf(was) !== textOf(is))) made.delete(key);
      }
    },
  };
}

/** The lines of all parts; not flatMap(), which takes ten times as long, at each change. */
function inARow(parts: readonly Pick<Part, 'lines'>[]): readonly Line[] {
  const all: Line[] = [];
  for (const { lines } of parts) for (const line of lines) all.push(line);
  return all;
}

function textOf(part: Part | undefined): string {
  return part?.lines.map(({ text }) => text).join('\n') ?? '';
}

/** The rules as text, by chain. */
function linesOf(rules: readonly SharedRule[], family: Family): ReadonlyMap<string, readonly Line[]> {
  const found = new Map<string, Line[]>();
  for (const { table, chain, rule } of rules) {
    const key = `${table} ${chain}`;
    const line = { text: printRule(rule, family), origin: rule.origin, owner: rule.owner };
    const lines = found.get(key);
    if (lines) lines.push(line);
    else found.set(key, [line]);
  }
  return found;
}
