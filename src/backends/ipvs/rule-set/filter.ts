/**
 * lower, part: the filter table of ipvs mode: which sources may use a virtual IP, and which ports of it.
 */

import type { ServicePort } from '../../../resolve/types.js';
import {
  ACCEPT,
  type Chain,
  DROP,
  host,
  is,
  jumpTo,
  RETURN,
  type Rule,
  rule,
  states,
} from '../../../tools/iptables/types.js';
import { L4 } from '../../shared/l4.js';
import { forwardMarked } from '../../shared/masquerade.js';
import type { Context } from '../context.js';
import type { Members, SetKey } from '../sets.js';
import { CHAIN } from './chains.js';
import { inSet, labelled, ofMembers } from './members.js';

/** Our chains in the filter table. */
export function filterChains(
  ports: readonly ServicePort[],
  members: Members,
  context: Context,
  mark: number,
): readonly Chain[] {
  const rulesFor = ofMembers(members, context);
  const rules: Readonly<Record<string, readonly Rule[]>> = {
    [CHAIN.forward]: forwardMarked(mark),
    [CHAIN.nodePort]: [rule({}, labelled('KUBE-HEALTH-CHECK-NODE-PORT', context), ACCEPT)],
    [CHAIN.proxyFirewall]: rulesFor('KUBE-LOAD-BALANCER-FW', jumpTo(CHAIN.sourceRanges)),
    [CHAIN.sourceRanges]: [
      ...rulesFor('KUBE-LOAD-BALANCER-SOURCE-CIDR', RETURN),
      ...rulesFor('KUBE-LOAD-BALANCER-SOURCE-IP', RETURN),
      rule({}, [], DROP),
    ],
    [CHAIN.ipvsFilter]: onlyServicePorts(context),
    [CHAIN.ipvsOutFilter]: ports.flatMap(closedToThisNode),
  };
  return Object.entries(rules).map(([name, list]) => ({ name, rules: () => list }));
}

/**
 * Addresses and ports that Services use. Other ports of a virtual IP would be the node's own, like the address
 * (k/k#72236).
 */
const SERVED: readonly SetKey[] = [
  'KUBE-LOAD-BALANCER',
  'KUBE-CLUSTER-IP',
  'KUBE-EXTERNAL-IP',
  'KUBE-EXTERNAL-IP-LOCAL',
  'KUBE-HEALTH-CHECK-NODE-PORT',
];

function onlyServicePorts(context: Context): readonly Rule[] {
  return [
    ...SERVED.map((key) => rule({}, [inSet(key, context)], RETURN)),
    rule({}, [states('NEW'), inSet('KUBE-IPVS-IPS', context)], { kind: 'reject' }),
  ];
}

/**
 * Source ranges are checked on the way in, which this node's own traffic does not take. That traffic has the virtual IP
 * as its source, and is dropped when no range contains the node (k/k#119656).
 */
export function closedToThisNode(servicePort: ServicePort): readonly Rule[] {
  const { name, frontends } = servicePort;
  return frontends.flatMap(({ kind, ip, port, sourceRanges }) => {
    if (kind !== 'LoadBalancerIP' || ip === undefined || !sourceRanges || sourceRanges.node) return [];
    const virtualServer = { kind: 'ipvs', protocol: L4[name.protocol], address: ip, port } as const;
    return [rule({ source: is(host(ip)) }, [virtualServer], DROP, servicePort)];
  });
}
