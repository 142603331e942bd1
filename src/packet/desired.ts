/**
 * desired: the compiled state of a mode → the input of the evaluator.
 */
import type { DesiredState } from '../tools/tools.js';
import type { NodeRules } from './node.js';

/** The rules of a node that has this state, and these addresses on its interfaces. */
export function rulesOf(desired: DesiredState, own: Iterable<string>): NodeRules {
  const { iptables, ipset, ipvs, addresses, nft } = desired;
  if (nft) throw new Error(UNREAD);
  return {
    ruleSets: iptables?.ruleSets ?? [],
    sets: ipset ?? [],
    otherSets: [],
    virtualServers: ipvs?.virtualServers ?? [],
    addresses: new Set([...own, ...(addresses?.addresses.map(({ ip }) => ip) ?? [])]),
  };
}

const UNREAD =
  'packets cannot be followed through the rules of nftables mode yet: this needs --mode iptables or --mode ipvs';
