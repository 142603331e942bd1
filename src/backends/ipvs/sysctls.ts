/**
 * lower, part: the kernel parameters that IPVS needs (k/k pkg/proxy/ipvs NewProxier).
 */
import type { Sysctls } from '../../languages/sysctl.js';
import type { Options } from '../../options.js';

/** conn_reuse_mode is left alone: only kernels before 5.9 need it off (k/k#93297). */
export function sysctlsOf({ ipvs }: Options): Sysctls {
  return {
    // iptables' mark and masquerading must apply to what IPVS forwards.
    'net.ipv4.vs.conntrack': 1,
    // A client whose real server is gone gets another one at once.
    'net.ipv4.vs.expire_nodest_conn': 1,
    'net.ipv4.vs.expire_quiescent_template': 1,
    'net.ipv4.ip_forward': 1,
    // Virtual IPs are on a device of the node, and by default a node answers ARP for all its addresses on any interface.
    ...(ipvs.strictARP ? { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2 } : {}),
  };
}
