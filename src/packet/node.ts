/**
 * node: the rules and other state of a node that decide about a packet.
 */
import type { Ip } from '../ip.js';
import type { Variant } from '../tools/detected.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { IpSet } from '../tools/ipset/types.js';
import type { RuleSet } from '../tools/iptables/types.js';
import type { OtherServer, VirtualServer } from '../tools/ipvs/types.js';
import type { Table } from '../tools/nft/types.js';
import type { Listener } from '../tools/relay/types.js';

/** The input of the evaluator. */
export interface NodeRules {
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
  /** The rules of the other variant of iptables, which the kernel asks as well. */
  readonly beside?: Beside;
  readonly sets: readonly IpSet[];
  /**
   * Sets of types that vipc does not write. Absent: what is in them is not asked, nor whether a packet is in no set, so
   * that depends.
   */
  readonly otherSets?: SavedSets['others'];
  readonly virtualServers: readonly VirtualServer[];
  /** Absent: none. */
  readonly otherServers?: readonly OtherServer[];
  /** Absent: none. */
  readonly listeners?: readonly Listener[];
  /** Absent: none. */
  readonly nftTables?: readonly Table[];
  /** Addresses of the node's interfaces, virtual IPs on the dummy device among them. */
  readonly addresses: ReadonlySet<string>;
}

export interface Beside {
  readonly variant: Variant;
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
}

/** Whether `ip` is an address of the node, as in the kernel's routing table local. */
export function isLocal({ addresses }: Pick<NodeRules, 'addresses'>, { family, text, bytes }: Ip): boolean {
  return addresses.has(text) || (family === 'ipv4' ? bytes[0] === 127 : text === '::1');
}
