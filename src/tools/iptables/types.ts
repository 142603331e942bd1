/**
 * The iptables rule set as data: a proxy mode lowers to it and print writes it. Names are those of iptables(8) and
 * iptables-extensions(8).
 *
 *     RuleSet ─ tables ─ chains ─ rules ─ { header, matches, target }
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';
import type { Line } from '../../text.js';
import type { L4Protocol } from '../l4.js';

export interface RuleSet {
  readonly family: Family;
  readonly tables: readonly Table[];
}

export type TableName = 'filter' | 'nat' | 'mangle' | 'raw' | 'security';

/** In the kernel's order. */
export const BUILT_IN_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** Whether a table of iptables has this name. */
export function isTableName(name: string): name is TableName {
  return Object.hasOwn(BUILT_IN_CHAINS, name);
}

export interface Table {
  readonly name: TableName;
  /** Built-in chains in the kernel's order, then the others in any order; print sorts them by name. */
  readonly chains: readonly Chain[];
}

export interface Chain {
  readonly name: string;
  /** `ACCEPT` or `DROP`, of built-in chains only. */
  readonly policy?: string;
  /** Computed at each call: a large cluster has 300,000 rules, and they are never needed all at once. */
  readonly rules: () => readonly Rule[];
  /** The same as text without `-A CHAIN`, with a leading space, where that is kept; see linesOf(). */
  readonly printed?: () => readonly Line[];
  /** The object that the chain serves, if there is just one; a rule's own origin takes precedence. */
  readonly origin?: Origin;
  /** The ServicePort that it serves, if there is just one; a rule's own owner takes precedence. */
  readonly owner?: Owner;
  /** The earlier lines of a foreign chain, which say where among them our rules belong. */
  readonly among?: readonly string[];
}

/** A rule matches when its header and all its matches do. Without a target it only counts packets. */
export interface Rule {
  readonly header: Header;
  /** In the order of the text, in which the kernel tries them. */
  readonly matches: readonly Match[];
  readonly target: Target | undefined;
  /** In chains that serve several objects. */
  readonly origin: Origin | undefined;
  readonly owner: Owner | undefined;
}

/**
 * A rule, with the ServicePort `from` in a chain that serves several. Every rule is made here, so that V8 sees a single
 * object shape however many there are.
 */
export function rule(
  header: Header,
  matches: readonly Match[],
  target?: Target,
  from: { readonly origin?: Origin; readonly name?: Owner } = {},
): Rule {
  return { header, matches, target, origin: from.origin, owner: from.name };
}

/** What the kernel compares first, from the packet's IP header and interface. */
export interface Header {
  /** CIDR in canonical form. */
  readonly source?: Negatable<string>;
  readonly destination?: Negatable<string>;
  /** An interface name; a trailing `+` makes it a prefix. */
  readonly inInterface?: Negatable<string>;
  readonly outInterface?: Negatable<string>;
  /** A protocol of ours by its bare name; others and negations as the tool writes them: `is('icmp')`, `not('tcp')`. */
  readonly protocol?: L4Protocol | Negatable<string>;
  /** Conditions without a field of their own, as the tool writes them, with a leading space: ` -f`. */
  readonly other?: string;
}

export type { L4Protocol } from '../l4.js';

export interface Negatable<T> {
  readonly not: boolean;
  readonly value: T;
}

export type Match =
  | { readonly kind: 'comment'; readonly text: string }
  /** `-m tcp`, with or without a port: DNAT to a port requires the module. */
  | { readonly kind: 'l4'; readonly protocol: L4Protocol; readonly destinationPort?: number }
  /** Ports from the first to the last, in which there are several. */
  | { readonly kind: 'ports'; readonly protocol: L4Protocol; readonly ports: readonly [first: number, last: number] }
  | { readonly kind: 'conntrack'; readonly states: Negatable<readonly ConntrackState[]> }
  | { readonly kind: 'mark'; readonly mark: Negatable<{ readonly value: number; readonly mask: number }> }
  | { readonly kind: 'addrtype'; readonly side: 'source' | 'destination'; readonly type: Negatable<'LOCAL'> }
  /** Membership in an ipset: one side of the packet for each of the set's dimensions. */
  | { readonly kind: 'set'; readonly set: string; readonly sides: readonly ('src' | 'dst')[] }
  /** The packet came in over a bridge port. */
  | { readonly kind: 'physdev-in'; readonly in: Negatable<true> }
  /** The packet belongs to a connection of this IPVS virtual server. */
  | { readonly kind: 'ipvs'; readonly protocol: L4Protocol; readonly address: string; readonly port: number }
  /** Probability in units of 2^-31, as the kernel keeps it. */
  | { readonly kind: 'statistic'; readonly probability: number }
  | { readonly kind: 'recent'; readonly list: string; readonly check: RecentCheck }
  /** The packet's source is its destination: a program of xt_bpf. */
  | { readonly kind: 'same-address' }
  /** A match that the compiler does not write, as the tool writes it: ` -m multiport --dports 80,443`. */
  | { readonly kind: 'unknown'; readonly text: string };

export type ConntrackState = 'INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'DNAT';

/** `set` adds the source address to the list; `rcheck` matches when it was added in the last `seconds`. */
export type RecentCheck = { readonly kind: 'set' } | { readonly kind: 'rcheck'; readonly seconds: number };

export type Target =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  /** A jump from which RETURN goes to the caller of this chain. */
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'reject' }
  /** Bits of `mask` in the packet mark are cleared, then `value` is XORed in. */
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'dnat'; readonly ip: string; readonly port: number }
  /** To a port of this node, at the address of the interface that the packet came in by. */
  | { readonly kind: 'redirect'; readonly port: number }
  | { readonly kind: 'masquerade'; readonly randomFully: boolean }
  /** A target that the compiler does not write, as the tool writes it: ` -j LOG --log-prefix x`. */
  | { readonly kind: 'unknown'; readonly text: string };

export const ACCEPT: Target = { kind: 'accept' };
export const DROP: Target = { kind: 'drop' };
export const RETURN: Target = { kind: 'return' };

export function jumpTo(chain: string): Target {
  return { kind: 'jump', chain };
}

export function comment(text: string): Match {
  return { kind: 'comment', text };
}

/** `value`, not negated. */
export function is<T>(value: T): Negatable<T> {
  return { not: false, value };
}

/** Anything but `value`. */
export function not<T>(value: T): Negatable<T> {
  return { not: true, value };
}

/** A match for any of the connection states. */
export function states(...values: readonly ConntrackState[]): Match {
  return { kind: 'conntrack', states: is(values) };
}

/** A single address in CIDR form, as iptables-save prints it. */
export function host(ip: string): string {
  return `${ip}/${ip.includes(':') ? 128 : 32}`;
}

/** A table with its built-in chains, filled with `jumps`, and then `chains`. */
export function table(
  name: TableName,
  jumps: Readonly<Record<string, readonly Rule[]>>,
  chains: readonly Chain[],
): Table {
  const builtIn = BUILT_IN_CHAINS[name].map((chain): Chain => {
    return { name: chain, policy: 'ACCEPT', rules: () => jumps[chain] ?? [] };
  });
  return { name, chains: [...builtIn, ...chains] };
}
