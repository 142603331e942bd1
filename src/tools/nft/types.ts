/**
 * nftables rules as data: a proxy mode lowers to it, print writes it and parse reads it back. Names are those of nft(8).
 *
 *     Table ┬ sets ── NamedSet ── elements         a set, a map or a verdict map
 *           └ chains ─ Chain ──── rules ─ Rule ─ statements ─ expressions
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';

/** The families of nftables, which are not only IP's. */
export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** The nftables family of an IP family. */
export const NFT_FAMILY: Readonly<Record<Family, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };

export interface TableName {
  readonly family: NftFamily;
  readonly name: string;
}

/** Whether packets of an IP family see a table. */
export function sees({ family }: TableName, of: Family): boolean {
  return family === 'inet' || family === NFT_FAMILY[of];
}

export interface Table extends TableName {
  readonly comment?: string;
  /** Sets and maps in the order of their creation, which is that of the listing. */
  readonly sets: readonly NamedSet[];
  /** In the order of their creation. */
  readonly chains: readonly Chain[];
  /** Objects that the compiler does not write, such as flow tables and counters, each as nft lists it. */
  readonly others?: readonly string[];
}

/** A named set, or a map: a set with data. */
export interface NamedSet {
  readonly kind: 'set' | 'map';
  readonly name: string;
  /** The type of the key, as nft writes it: `ipv4_addr . inet_proto`, or after `typeof`: `ip daddr . tcp dport`. */
  readonly key: string;
  /** The type of a map's data; `verdict` makes it a verdict map. */
  readonly data?: string;
  /** `typeof` derives the types from expressions, `type` names them. */
  readonly by: 'type' | 'typeof';
  /** `constant`, `interval`, `dynamic`, `timeout`, in the order of nft. */
  readonly flags: readonly string[];
  /** The lifetime of an element, in seconds. */
  readonly timeout?: number;
  /** Most elements; nft gives dynamic sets 65535. */
  readonly size?: number;
  readonly comment?: string;
  /** Properties that the compiler does not write, as nft lists them: `auto-merge`, `gc-interval 1m`. */
  readonly others?: readonly string[];
  /** Computed at each call; in any order. Those of a dynamic set are the packets', no part of a desired state. */
  readonly elements: () => Iterable<Element>;
  /** The ServicePort that it serves, if there is just one. */
  readonly owner?: Owner;
  readonly origin?: Origin;
}

export interface Element {
  /** As nft writes it: `10.96.0.1 . tcp . 80`, `10.0.0.0/8`, `1-5`. */
  readonly key: string;
  /** Of maps: `10.244.1.5 . 8080`, or a verdict as nft writes it: `goto service-X`. */
  readonly data?: string;
  readonly comment?: string;
  /** The element's own lifetime in seconds, where it differs from the set's. */
  readonly timeout?: number;
  readonly owner?: Owner;
  readonly origin?: Origin;
}

export interface Chain {
  readonly name: string;
  /** Present in base chains only. */
  readonly base?: BaseChain;
  readonly comment?: string;
  /** Computed at each call, as the rules of a large cluster are never needed all at once. */
  readonly rules: () => readonly Rule[];
  /** The ServicePort that it serves, if there is just one. */
  readonly owner?: Owner;
  readonly origin?: Origin;
}

/** What attaches a chain to a hook. */
export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';
  /** As a number: versions of nft print names for different ones. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** Of netdev chains, as nft lists it. */
  readonly device?: string;
}

/** A rule acts when all its matches do, one statement after the other. */
export interface Rule {
  readonly statements: readonly Statement[];
  readonly comment?: string;
  /** The kernel's number of the rule, when it was read with `-a` or as JSON. */
  readonly handle?: number;
  readonly owner?: Owner;
  readonly origin?: Origin;
}

/** `!`, of flags: none of them is set. */
export type Operator = '==' | '!=' | '!' | '<' | '>' | '<=' | '>=';

export type Statement =
  /** `ip saddr != { 10.0.0.0/8, 10.9.0.1 }`: one of the values (with `==`), or none (with `!=`). */
  | {
      readonly kind: 'match';
      readonly left: Expression;
      readonly operator: Operator;
      /** In nft's order, which sorts them by number. Of `ct state` a list of flags. */
      readonly values: readonly string[];
    }
  /** `ip daddr @cluster-ips`: membership in a named set. */
  | { readonly kind: 'lookup'; readonly left: Expression; readonly not: boolean; readonly set: string }
  /** `ip daddr . meta l4proto . th dport vmap @service-ips`; a key without an element goes on with the next statement. */
  | { readonly kind: 'vmap'; readonly key: Expression; readonly map: MapReference }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /**
   * `meta mark set meta mark | 0x00004000`: bits outside `mask` are kept, then `xor` is applied: (mark & mask) ^ xor.
   * The mark before is the target's own, or that of `from`: `meta mark set ct mark`.
   */
  | {
      readonly kind: 'mark';
      readonly target: 'meta' | 'ct';
      readonly from?: 'meta' | 'ct';
      readonly mask: number;
      readonly xor: number;
    }
  | { readonly kind: 'masquerade'; readonly ports?: string; readonly flags: readonly string[] }
  /** To where: an address and port, or what a map has for the packet. */
  | { readonly kind: 'dnat' | 'snat'; readonly to: NatTarget; readonly flags: readonly string[] }
  | { readonly kind: 'redirect'; readonly port?: number; readonly flags: readonly string[] }
  /** `with` as nft lists it, without the family's default: `tcp reset`, `icmp admin-prohibited`. */
  | { readonly kind: 'reject'; readonly with?: string }
  /** `update @affinity-X { ip saddr timeout 1h : 10.0.0.1 . 80 }`: the packet adds or refreshes an element. */
  | {
      readonly kind: 'set';
      readonly operation: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: Expression;
      readonly data?: string;
      readonly timeout?: number;
    }
  /** Statements without an effect on where a packet goes, as nft lists them: `counter`, `log prefix "x"`, `nftrace`. */
  | { readonly kind: 'neutral'; readonly text: string }
  | { readonly kind: 'notrack' }
  /** A statement that the compiler does not write, as nft lists it. */
  | { readonly kind: 'unknown'; readonly text: string };

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** A named map, or the entries of an anonymous one; data as in Element. */
export type MapReference =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'inline'; readonly entries: readonly { readonly key: string; readonly data: string }[] };

export type NatTarget =
  | { readonly kind: 'address'; readonly ip?: string; readonly port?: number }
  /**
   * `dnat ip to KEY map …`; the data is `ADDRESS . PORT`, or ADDRESS alone. With `port`, which has a map of its own:
   * `dnat to KEY map @addresses:KEY map @ports`.
   */
  | {
      readonly kind: 'map';
      readonly key: Expression;
      readonly map: MapReference;
      readonly port?: { readonly key: Expression; readonly map: MapReference };
    }
  | { readonly kind: 'unknown'; readonly text: string };

/** What a packet is asked for. */
export type Expression =
  /** `ip saddr`, `tcp dport`, `th dport`. */
  | { readonly kind: 'payload'; readonly header: string; readonly field: string }
  /** `meta l4proto`, `meta mark`, `iifname`. */
  | { readonly kind: 'meta'; readonly key: string }
  /** `ct state`, `ct status`; with a direction `ct original ip daddr`. */
  | { readonly kind: 'ct'; readonly key: string; readonly direction?: 'original' | 'reply' }
  /** `fib daddr type`, `fib saddr . iif oif`. */
  | { readonly kind: 'fib'; readonly flags: readonly string[]; readonly result: string }
  /** `numgen random mod 3 offset 100000`. */
  | { readonly kind: 'numgen'; readonly mode: 'random' | 'inc'; readonly mod: number; readonly offset: number }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
  /** `meta mark & 0x00004000`. */
  | { readonly kind: 'masked'; readonly of: Expression; readonly mask: number }
  | { readonly kind: 'unknown'; readonly text: string };
