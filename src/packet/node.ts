/**
 * node: what of a node beside its rules decides about a packet.
 */
import type { Ip } from '../ip.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { IpSet } from '../tools/ipset/types.js';
import type { RuleSet } from '../tools/iptables/types.js';
import type { VirtualServer } from '../tools/ipvs/types.js';

/** All that the evaluator is given. */
export interface NodeRules {
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
  readonly sets: readonly IpSet[];
  /** Sets that are there, but of a kind that vipc cannot look into. */
  readonly otherSets: SavedSets['others'];
  readonly virtualServers: readonly VirtualServer[];
  /** Addresses of the node's interfaces, virtual IPs on the dummy device among them. */
  readonly addresses: ReadonlySet<string>;
}

/** Whether a packet to or from `ip` is the node's own: what the kernel's local routing table says. */
export function isLocal({ addresses }: Pick<NodeRules, 'addresses'>, { family, text, bytes }: Ip): boolean {
  return addresses.has(text) || (family === 'ipv4' ? bytes[0] === 127 : text === '::1');
}
