/**
 * lower, layout `fast`, part: table filter, whose chains kube-proxy has as well; what they refuse for single addresses and
 * ports stands in trees.
 */
import { is, jumpTo, type Match, rule } from '../../../../tools/iptables/types.js';
import { CHAIN, FAST_CHAIN } from '../../names.js';
import { staticRules } from '../base.js';
import { byAddress, byPort, type Trees } from './dispatch.js';
import type { SharedChains } from './part.js';
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
export function filterChains(context: FastContext): SharedChains<PlacedRule> {
  const { family } = context.node;
  const fixed = staticRules(context).filter(({ table }) => table === 'filter');
  const bases = CHAINS.map(([name, names]) => ({
    name,
    before: fixed.filter(({ chain }) => chain === name).map((each) => each.rule),
    toAddresses: byAddress({ ...names, family }),
    toPorts: byPort({ ...names, family }),
  }));
  return {
    replace: (before, after) => {
      for (const { name, toAddresses, toPorts } of bases) {
        const [out, come] = [before.filter(({ chain }) => chain === name), after.filter(({ chain }) => chain === name)];
        toAddresses.replace(out, come);
        toPorts.replace(out, come);
      }
    },
    now: () =>
      bases.flatMap(({ name, before, toAddresses, toPorts }) => {
        const [addresses, ports] = [toAddresses.now(), toPorts.now()];
        // Only packets to the node's own addresses are for node ports.
        const isBehind = name === CHAIN.externalServices && ports.rules.length > 0;
        const rules = [...before, ...addresses.rules, ...(isBehind ? [TO_NODE_PORTS] : ports.rules)];
        return [
          { name, rules: () => rules },
          ...(isBehind ? [{ name: FAST_CHAIN.nodePorts, rules: () => ports.rules }] : []),
          ...addresses.chains,
          ...ports.chains,
        ];
      }),
  };
}

const TO_THIS_NODE: Match = { kind: 'addrtype', side: 'destination', type: is('LOCAL') };
const TO_NODE_PORTS = rule({}, [TO_THIS_NODE], jumpTo(FAST_CHAIN.nodePorts));
