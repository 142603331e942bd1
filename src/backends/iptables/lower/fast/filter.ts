/**
 * lower, layout `fast`, part: table filter, whose chains kube-proxy has as well; what they refuse for single addresses and
 * ports stands in trees.
 */
import { type Chain, is, jumpTo, type Match, type Rule, rule } from '../../../../tools/iptables/types.js';
import { CHAIN, FAST_CHAIN } from '../../names.js';
import { staticRules } from '../base.js';
import { byAddress, byPort, type Placed, type Trees } from './dispatch.js';
import type { FastContext, PlacedRule } from './service-port.js';

/** The chains, and the names of the trees behind each. */
const CHAINS: readonly (readonly [string, Omit<Trees, 'family'>])[] = [
  [CHAIN.externalServices, { ips: 'EX', ports: '' }],
  [CHAIN.kubeletFirewall, { ips: '', ports: '' }],
  [CHAIN.forward, { ips: '', ports: '' }],
  [CHAIN.nodePorts, { ips: '', ports: 'HC-' }],
  [CHAIN.proxyFirewall, { ips: 'FW', ports: '' }],
  [CHAIN.services, { ips: 'IP', ports: '' }],
];

/** All chains of the table but the built-in ones. */
export function filterChains(placed: readonly PlacedRule[], context: FastContext): readonly Chain[] {
  const fixed = staticRules(context).filter(({ table }) => table === 'filter');
  return CHAINS.flatMap(([name, names]) => {
    const trees = { ...names, family: context.node.family };
    const own = placed.filter(({ chain }) => chain === name);
    const addresses = byAddress(own.map(asPlaced), trees);
    const ports = byPort(own.map(asPlaced), trees);
    // Only packets to the node's own addresses are for node ports.
    const isBehind = name === CHAIN.externalServices && ports.rules.length > 0;
    const before = fixed.filter(({ chain }) => chain === name).map((each) => each.rule);
    const rules = [...before, ...addresses.rules, ...(isBehind ? [TO_NODE_PORTS] : ports.rules)];
    return [
      { name, rules: () => rules },
      ...(isBehind ? [{ name: FAST_CHAIN.nodePorts, rules: () => ports.rules }] : []),
      ...addresses.chains,
      ...ports.chains,
    ];
  });
}

const TO_THIS_NODE: Match = { kind: 'addrtype', side: 'destination', type: is('LOCAL') };
const TO_NODE_PORTS = rule({}, [TO_THIS_NODE], jumpTo(FAST_CHAIN.nodePorts));

/** The condition that all packets to node ports fulfil is not repeated. */
function asPlaced({ place, rule: { matches, ...rest } }: PlacedRule): Placed {
  const others = matches.filter(({ kind }) => kind !== 'addrtype');
  const made: Rule = { ...rest, matches: others };
  return { ...place, rule: made };
}
