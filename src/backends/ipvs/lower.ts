/**
 * lower: ServicePorts → the desired state of ipvs mode on one node, by tool.
 */

import type { Options } from '../../options.js';
import type { Timeouts } from '../../tools/ipvs/types.js';
import type { Sysctls } from '../../tools/sysctl/sysctl.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Lowering, Resolved } from '../backend.js';
import { contextOf, DEVICE } from './context.js';
import { membersOf } from './members.js';
import { ruleSetOf } from './rule-set.js';
import { setsOf } from './sets.js';
import { virtualServers } from './virtual-servers.js';

/** The desired state that serves `resolved`. */
export function lower(resolved: readonly Resolved[], options: Options, { features }: Lowering): DesiredState {
  const timeouts = timeoutsOf(options);
  const families = resolved.map(({ node, ports }) => {
    const context = contextOf(node, options, features);
    const members = membersOf(ports, context);
    return {
      sets: setsOf(members, node.family),
      ruleSet: ruleSetOf(ports, members, context),
      virtualServers: virtualServers(ports, context),
      addresses: [...members['KUBE-IPVS-IPS'].values()].map(({ ip = '', origin, owners = [] }) => ({
        ip,
        owners,
        ...(origin && { origin }),
      })),
    };
  });
  return {
    iptables: { ruleSets: families.map(({ ruleSet }) => ruleSet), isComplete: false },
    ipset: families.flatMap(({ sets }) => sets),
    ipvs: {
      virtualServers: families.flatMap((family) => family.virtualServers),
      ...(timeouts ? { timeouts } : {}),
    },
    addresses: { device: DEVICE, addresses: families.flatMap(({ addresses }) => addresses) },
    sysctl: sysctlsOf(options),
  };
}

/**
 * The kernel parameters that IPVS needs (k/k pkg/proxy/ipvs NewProxier). conn_reuse_mode keeps its value: only kernels
 * before 5.9 need it off (k/k#93297).
 */
function sysctlsOf({ ipvs }: Options): Sysctls {
  return {
    // Lets the packet mark and masquerading apply to packets that IPVS forwards.
    'net.ipv4.vs.conntrack': 1,
    // A client whose real server is gone gets another one at once.
    'net.ipv4.vs.expire_nodest_conn': 1,
    'net.ipv4.vs.expire_quiescent_template': 1,
    'net.ipv4.ip_forward': 1,
    // By default a node answers ARP requests for all its addresses on any interface, including the virtual IPs.
    ...(ipvs.strictARP ? { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2 } : {}),
  };
}

/** The timeouts, if any is set. */
function timeoutsOf({ ipvs }: Options): Timeouts | undefined {
  const { tcp, tcpFin, udp } = ipvs.timeouts;
  return tcp + tcpFin + udp > 0 ? ipvs.timeouts : undefined;
}
