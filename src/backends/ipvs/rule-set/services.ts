/**
 * lower, part: nat KUBE-SERVICES, where all traffic enters and packets are marked for masquerading.
 */

import type { ServicePort } from '../../../resolve/types.js';
import { ACCEPT, is, jumpTo, type Match, not, RETURN, type Rule, rule } from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE } from '../../shared/masquerade.js';
import { fromPods } from '../../shared/pods.js';
import type { Context } from '../context.js';
import type { Members, SetKey } from '../sets.js';
import { CHAIN } from './chains.js';
import { inSet, labelled, ofMembers } from './members.js';

/** The rules of KUBE-SERVICES, in order. */
export function services(ports: readonly ServicePort[], members: Members, context: Context): readonly Rule[] {
  const LOOPBACK = context.node.family === 'ipv4' ? '127.0.0.0/8' : '::1/128';
  const some = (key: SetKey, rules: readonly Rule[]) => (members[key].size === 0 ? [] : rules);
  return [
    rule({ source: is(LOOPBACK) }, [], RETURN),
    ...ofMembers(members, context)('KUBE-LOAD-BALANCER', jumpTo(CHAIN.loadBalancer)),
    ...masqueradeClusterIPs(ports, context),
    ...some('KUBE-EXTERNAL-IP', [
      rule({}, labelled('KUBE-EXTERNAL-IP', context), jumpTo(MARK_MASQUERADE)),
      ...acceptFromOutside('KUBE-EXTERNAL-IP', context),
    ]),
    ...some('KUBE-EXTERNAL-IP-LOCAL', acceptFromOutside('KUBE-EXTERNAL-IP-LOCAL', context)),
    rule({}, [TO_THIS_NODE], jumpTo(CHAIN.nodePort)),
    // Last, so that no later rule of another program keeps a packet from IPVS.
    ...some('KUBE-CLUSTER-IP', [rule({}, [inSet('KUBE-CLUSTER-IP', context)], ACCEPT)]),
    ...some('KUBE-LOAD-BALANCER', [rule({}, [inSet('KUBE-LOAD-BALANCER', context)], ACCEPT)]),
  ];
}

const TO_THIS_NODE: Match = { kind: 'addrtype', side: 'destination', type: is('LOCAL') };
const NOT_FROM_THIS_NODE: Match = { kind: 'addrtype', side: 'source', type: not('LOCAL') };
const NOT_FROM_A_BRIDGE: Match = { kind: 'physdev-in', in: not(true) };

/**
 * Off-cluster traffic to a cluster IP is masqueraded so that the reply comes back through this node. When pods cannot
 * be told from other sources, at least packets with a virtual IP as their source are: the node itself picks such a
 * source, from the dummy device, to connect to a Service.
 */
function masqueradeClusterIPs(ports: readonly ServicePort[], context: Context): readonly Rule[] {
  const { podTraffic } = context.node;
  // The masquerade decision is the same for all cluster IPs of a node.
  const masquerade = ports[0]?.frontends[0]?.masquerade;
  const mark = jumpTo(MARK_MASQUERADE);
  if (masquerade === undefined) return [];
  if (masquerade === 'always') return [rule({}, labelled('KUBE-CLUSTER-IP', context), mark)];
  if (!podTraffic) return [rule({}, labelled('KUBE-CLUSTER-IP', context, ['src', 'dst']), mark)];
  if (masquerade === 'never') return [];
  return [rule(fromPods(podTraffic, not), labelled('KUBE-CLUSTER-IP', context), mark)];
}

/** Accepts traffic to an external IP from other machines, and from this one when the address is its own. */
function acceptFromOutside(key: SetKey, context: Context): readonly Rule[] {
  const toExternalIP = labelled(key, context);
  return [
    rule({}, [...toExternalIP, NOT_FROM_A_BRIDGE, NOT_FROM_THIS_NODE], ACCEPT),
    rule({}, [...toExternalIP, TO_THIS_NODE], ACCEPT),
  ];
}
