/**
 * lower, layout `fast`, part: rules for single addresses or ports → the rules of a base chain, and the chains of the tree
 * behind it. A tree is kept, and with it the chains that have the same rules as before.
 */
import { type Family, ipOf, network } from '../../../../ip.js';
import { compare } from '../../../../order.js';
import { comparePorts } from '../../../../resolve/order.js';
import type { ServicePort } from '../../../../resolve/types.js';
import { type Chain, is, jumpTo, type L4Protocol, type Rule, rule } from '../../../../tools/iptables/types.js';
import { lowerBound } from '../../../shared/kept-list.js';
import { partChain } from '../../names.js';
import { type Keyed, type Part, treeOf } from './tree.js';

/** Whose a rule is, and which of those that this has. */
export interface Owned {
  readonly owner: ServicePort;
  readonly nth: number;
}

/** A rule, and the address or port that it is for. */
export interface Placed extends Keyed, Owned {
  /** The address, or the protocol of a port. */
  readonly at: 'ip' | L4Protocol;
  readonly rule: Rule;
}

/** The name of each tree of a table, which the names of its chains have. */
export interface Trees {
  readonly family: Family;
  readonly ips: string;
  /** With the protocol behind it. */
  readonly ports: string;
}

/** The rules of a base chain, and the chains behind it. */
export interface Dispatch {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** Keeps what leads to rules. */
export interface Dispatcher {
  now(): Dispatch;
  /** Puts rules in the place of others, which it has; those of other kinds are not looked at. */
  replace(before: readonly Placed[], after: readonly Placed[]): void;
}

/** Leads packets to the rules for their destination address. */
export function byAddress({ ips, family }: Trees): Dispatcher {
  const of = (prefix: string) => networkOf(prefix, family);
  return dispatcher('ip', {
    // nft has no colons in names.
    name: (prefix) => partChain(ips, of(prefix).replace('/', '-').replaceAll(':', '.')),
    lead: (prefix, target) => rule({ destination: is(of(prefix)) }, [], target),
  });
}

/** Leads packets to the rules for their destination port. */
export function byPort({ ports }: Trees): Dispatcher {
  const all = (['tcp', 'udp', 'sctp'] as const).map((protocol) =>
    dispatcher(protocol, {
      name: (prefix) => partChain(`${ports}${protocol}`, rangeOf(prefix).join('-')),
      lead: (prefix, target) => rule({ protocol }, [{ kind: 'ports', protocol, ports: rangeOf(prefix) }], target),
    }),
  );
  return {
    now: () => {
      const found = all.map((each) => each.now());
      return { rules: found.flatMap(({ rules }) => rules), chains: found.flatMap(({ chains }) => chains) };
    },
    replace: (before, after) => {
      for (const each of all) each.replace(before, after);
    },
  };
}

/** The key of an address in a tree. */
export function digitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key of a port in a tree. */
export function portDigits(port: number): string {
  return port.toString(16).padStart(PORT_DIGITS, '0');
}

const PORT_DIGITS = 4;

/** How a kind of tree names its chains, and leads to them. */
interface Kind {
  readonly name: (prefix: string) => string;
  readonly lead: (prefix: string, target: NonNullable<Rule['target']>) => Rule;
}

/** What a part of a tree comes to: the rule that leads there, and its chain behind all deeper ones. */
interface Made {
  readonly lead: Rule;
  readonly chain: string;
  readonly chains: readonly Chain[];
}

/** Not by flatMap, which takes a hundred times longer for a list of lists. */
function chainsOf(below: readonly Made[]): readonly Chain[] {
  return ([] as Chain[]).concat(...below.map(({ chains }) => chains));
}

function dispatcher(at: Placed['at'], { name, lead }: Kind): Dispatcher {
  const known = new WeakMap<Part<Placed>, Made>();
  const make = (part: Part<Placed>): Made => {
    const chain = name(part.prefix);
    const below = part.parts.map(of);
    const rules = [...below.map((each) => each.lead), ...part.values.map(({ rule }) => rule)];
    const chains = [...chainsOf(below), { name: chain, rules: () => rules }];
    // Within the tree a packet cannot match anything else.
    return { lead: lead(part.prefix, { kind: 'goto', chain }), chain, chains };
  };
  const of = (part: Part<Placed>): Made => {
    const there = known.get(part);
    if (there) return there;
    const made = make(part);
    known.set(part, made);
    return made;
  };
  const dispatch = (tree: Part<Placed>): Dispatch => {
    const below = tree.parts.map(of);
    // From the base chain it comes back.
    const jumps = below.map((each): Rule => ({ ...each.lead, target: jumpTo(each.chain) }));
    return {
      rules: [...jumps, ...tree.values.map(({ rule }) => rule)],
      chains: chainsOf(below),
    };
  };

  let list: readonly Placed[] = [];
  let tree = treeOf(list);
  let current = dispatch(tree);
  return {
    now: () => current,
    replace: (before, after) => {
      const [out, come] = [before, after].map((all) => all.filter((each) => each.at === at)) as [Placed[], Placed[]];
      const touched = [...out, ...come].map(({ digits }) => digits);
      if (touched.length === 0) return;
      list = spliced(list, out, come);
      tree = treeOf(list, { tree, touched });
      current = dispatch(tree);
    },
  };
}

/** A sorted list without some of its values, and with others. */
function spliced(list: readonly Placed[], out: readonly Placed[], come: readonly Placed[]): readonly Placed[] {
  if (list.length === 0) return [...come].sort(inOrder);
  const next = [...list];
  const placeOf = (value: Placed) => lowerBound(next, (each) => inOrder(each, value) < 0);
  for (const value of out) next.splice(placeOf(value), 1);
  for (const value of come) next.splice(placeOf(value), 0, value);
  return next;
}

function inOrder(a: Placed, b: Placed): number {
  return compare(a.digits, b.digits) || byOwner(a, b);
}

/** The order of rules with one key. */
export function byOwner(a: Owned, b: Owned): number {
  return comparePorts(a.owner, b.owner) || a.nth - b.nth;
}

/** The network of the addresses whose digits begin with `prefix`: `10.96.16.0/20` for `0a601`. */
function networkOf(prefix: string, family: Family): string {
  const digits = prefix.padEnd(family === 'ipv4' ? 8 : 32, '0');
  const bytes = Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  return network(ipOf(bytes), prefix.length * 4).text;
}

/** The first and the last port whose digits begin with `prefix`. */
function rangeOf(prefix: string): readonly [number, number] {
  return [Number.parseInt(prefix.padEnd(PORT_DIGITS, '0'), 16), Number.parseInt(prefix.padEnd(PORT_DIGITS, 'f'), 16)];
}
