/**
 * What ipvs mode has on a node, and what it served before a change.
 */
import { servedKey } from '../../tools/conntrack/stale.js';
import type { IpvsOurs } from '../../tools/ipvs/tool.js';
import type { Differences, ObservedState } from '../../tools/tools.js';
import type { ModeOurs } from '../backend.js';
import { DEVICE } from './context.js';
import { CHAIN, JUMPS } from './rule-set.js';
import { NODE_PORT_SETS, type SetKey, setName } from './sets.js';

export const ipvsOurs: ModeOurs = {
  chains: Object.values(CHAIN),
  jumps: Object.values(JUMPS).flatMap((chains) => Object.values(chains).flat()),
  isSet: (name) => OUR_SET.test(name),
  device: DEVICE,
  servers: ourServers,
};

/** Names of the ipsets of this and older versions of kube-proxy, in both families. */
const OUR_SET =
  /^KUBE-(?:6-)?(?:LOOP-BACK|CLUSTER-IP|EXTERNAL-IP|LOAD-BALANCER|NODE-PORT|HEALTH-CHECK-NODE-PORT|IPVS-IPS)(?:-|$)/;

/** Sets whose members are addresses of virtual servers. */
const ADDRESS_SETS: readonly SetKey[] = [
  'KUBE-CLUSTER-IP',
  'KUBE-EXTERNAL-IP',
  'KUBE-EXTERNAL-IP-LOCAL',
  'KUBE-LOAD-BALANCER',
  'KUBE-LOAD-BALANCER-LOCAL',
];

/**
 * Which virtual servers of a node are ours. IPVS keeps no names. But the address of ours is on our device, or is a
 * member of our ipsets, which is added before the virtual server and removed after it.
 */
function ourServers({ addresses: links = [], ipset }: ObservedState): IpvsOurs {
  const bound = new Set(links.find(({ name }) => name === DEVICE)?.addresses.map(({ ip }) => ip));
  const members = (key: SetKey) =>
    (['ipv4', 'ipv6'] as const).flatMap(
      (family) => ipset?.sets.find(({ name }) => name === setName(key, family))?.entries ?? [],
    );
  const served = new Set(ADDRESS_SETS.flatMap(members).map(({ ip, protocol, port }) => `${protocol} ${ip} ${port}`));
  const nodePorts = new Set(
    (['tcp', 'udp', 'sctp'] as const).flatMap((protocol) =>
      members(NODE_PORT_SETS[protocol].all).map(({ port }) => `${protocol} ${port}`),
    ),
  );
  const onNode = new Set(
    links.filter(({ name }) => name !== DEVICE).flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
  );
  return ({ address, port, protocol }) =>
    bound.has(address) ||
    served.has(`${protocol} ${address} ${port}`) ||
    (nodePorts.has(`${protocol} ${port}`) && onNode.has(address));
}

/** Addresses and ports of UDP virtual servers until now. */
export function formerly({ ipvs }: Differences): readonly string[] {
  return (ipvs?.servers ?? []).flatMap(({ before }) =>
    before?.protocol === 'udp' ? [servedKey(before.address, before.port)] : [],
  );
}
