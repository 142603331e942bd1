/**
 * desired: the compiled state of a mode → the input of the evaluator.
 */
import type { DesiredState } from '../tools/tools.js';
import type { NodeRules } from './node.js';

/** The rules of a node that has this state, and these addresses on its interfaces. */
export function rulesOf(
  { iptables, ipset, ipvs, nft, relay, addresses }: DesiredState,
  own: Iterable<string>,
): NodeRules {
  return {
    ruleSets: iptables?.ruleSets ?? [],
    sets: ipset ?? [],
    otherSets: [],
    virtualServers: ipvs?.virtualServers ?? [],
    listeners: relay ?? [],
    nftTables: nft?.tables ?? [],
    addresses: new Set([...own, ...(addresses?.addresses.map(({ ip }) => ip) ?? [])]),
  };
}
