/**
 * lower, part: the entrance of each frontend of a ServicePort, or the rule that rejects its traffic.
 */

import type { Frontend, FrontendKind } from '../../../resolve/types.js';
import { ACCEPT, comment, DROP, is, jumpTo, type Match, rule, type Target } from '../../../tools/iptables/types.js';
import type { ServiceChains } from '../../shared/service-chains.js';
import type { SharedRule } from '../../shared/shared-chains.js';
import { CHAIN } from '../names.js';
import { type NamedPort, policyChain, toFrontend } from './port.js';

/** For each kind of frontend: its name in comments, and the chains that hold its rules. */
export const KIND: Readonly<
  Record<FrontendKind, { readonly label: string; readonly nat: string; readonly filter: string }>
> = {
  ClusterIP: { label: ' cluster IP', nat: CHAIN.services, filter: CHAIN.services },
  ExternalIP: { label: ' external IP', nat: CHAIN.services, filter: CHAIN.externalServices },
  LoadBalancerIP: { label: ' loadbalancer IP', nat: CHAIN.services, filter: CHAIN.externalServices },
  NodePort: { label: '', nat: CHAIN.nodePorts, filter: CHAIN.externalServices },
};

/** The rules of one frontend in the chains that all Services share. */
export function frontendRules(named: NamedPort, frontend: Frontend): readonly SharedRule[] {
  const { text, chains, port } = named;
  const { kind, whenEmpty, sourceRanges } = frontend;
  const { header, l4 } = toFrontend(named, frontend);
  const rules: SharedRule[] = [];
  const add = (table: SharedRule['table'], chain: string, target: Target, ...matches: readonly Match[]) =>
    rules.push({ table, chain, rule: rule(header, [...matches, l4], target, port) });

  if (hasEntrance(frontend)) {
    add('nat', KIND[kind].nat, jumpTo(entranceOf(frontend, chains)), comment(`${text}${KIND[kind].label}`));
    if (sourceRanges) {
      const refused = comment(`${text} traffic not accepted by ${chains.firewall}`);
      add('filter', CHAIN.proxyFirewall, DROP, refused);
    }
  }
  if (whenEmpty) {
    const none = comment(`${text} has no ${whenEmpty === 'reject' ? '' : 'local '}endpoints`);
    const toThisNode: Match = { kind: 'addrtype', side: 'destination', type: is('LOCAL') };
    const matches = kind === 'NodePort' ? [none, toThisNode] : [none];
    add('filter', KIND[kind].filter, { kind: whenEmpty }, ...matches);
  }
  return rules;
}

/**
 * Whether packets to a frontend may reach an endpoint. Under an empty Local policy those of this node and its pods may.
 * Not to a ClusterIP: its Local policy applies to exactly that traffic.
 */
export function hasEntrance({ kind, whenEmpty }: Frontend): boolean {
  return whenEmpty === undefined || (whenEmpty === 'drop' && kind !== 'ClusterIP');
}

/** The chain that packets to a frontend are sent to. */
export function entranceOf(frontend: Frontend, chains: ServiceChains): string {
  if (frontend.kind === 'ClusterIP') return policyChain(frontend, chains);
  return frontend.sourceRanges ? chains.firewall : chains.external;
}

/** Load balancers must reach the health check whatever the INPUT policy, with or without endpoints. */
export function healthCheck({ port, text }: NamedPort): readonly SharedRule[] {
  const { healthCheckNodePort: destinationPort } = port;
  if (destinationPort === undefined) return [];
  const matches: readonly Match[] = [
    comment(`${text} health check node port`),
    { kind: 'l4', protocol: 'tcp', destinationPort },
  ];
  return [{ table: 'filter', chain: CHAIN.nodePorts, rule: rule({ protocol: 'tcp' }, matches, ACCEPT, port) }];
}
