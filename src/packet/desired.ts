/**
 * desired: the compiled state of a mode, or the state observed on a node → the input of the evaluator.
 */
import type { DesiredState, ObservedState } from '../tools/tools.js';
import type { NodeRules } from './node.js';

/** The rules of a node that has this state, and these addresses on its interfaces. */
export function rulesOf({ iptables, ipset, ipvs, addresses }: DesiredState, own: Iterable<string>): NodeRules {
  return {
    ruleSets: iptables?.ruleSets ?? [],
    sets: ipset ?? [],
    otherSets: [],
    virtualServers: ipvs?.virtualServers ?? [],
    addresses: new Set([...own, ...(addresses?.addresses.map(({ ip }) => ip) ?? [])]),
  };
}

/** The rules that a node was observed to have. */
export function observedRules({ iptables = [], ipset, ipvs, addresses = [] }: ObservedState): NodeRules {
  return {
    ruleSets: iptables,
    sets: ipset?.sets ?? [],
    otherSets: ipset?.others ?? [],
    virtualServers: ipvs?.saved.virtualServers ?? [],
    addresses: new Set(addresses.flatMap((link) => link.addresses.map(({ ip }) => ip))),
  };
}
