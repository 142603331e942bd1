/**
 * Names of the iptables chains of kube-proxy's ipvs mode, and the jumps to them.
 */
import { comment, jumpTo, type Rule, rule } from '../../../tools/iptables/types.js';

export const CHAIN = {
  services: 'KUBE-SERVICES',
  nodePort: 'KUBE-NODE-PORT',
  loadBalancer: 'KUBE-LOAD-BALANCER',
  postrouting: 'KUBE-POSTROUTING',
  forward: 'KUBE-FORWARD',
  proxyFirewall: 'KUBE-PROXY-FIREWALL',
  sourceRanges: 'KUBE-SOURCE-RANGES-FIREWALL',
  ipvsFilter: 'KUBE-IPVS-FILTER',
  ipvsOutFilter: 'KUBE-IPVS-OUT-FILTER',
} as const;

/** Jumps from built-in chains, in kube-proxy's order. */
export const JUMPS = {
  filter: {
    INPUT: [
      jump('kubernetes ipvs access filter', CHAIN.ipvsFilter),
      jump('kube-proxy firewall rules', CHAIN.proxyFirewall),
      jump('kubernetes health check rules', CHAIN.nodePort),
    ],
    FORWARD: [
      jump('kube-proxy firewall rules', CHAIN.proxyFirewall),
      jump('kubernetes forwarding rules', CHAIN.forward),
    ],
    OUTPUT: [jump('kubernetes ipvs access filter', CHAIN.ipvsOutFilter)],
  },
  nat: {
    PREROUTING: [jump('kubernetes service portals', CHAIN.services)],
    OUTPUT: [jump('kubernetes service portals', CHAIN.services)],
    POSTROUTING: [jump('kubernetes postrouting rules', CHAIN.postrouting)],
  },
} as const;

function jump(why: string, chain: string): Rule {
  return rule({}, [comment(why)], jumpTo(chain));
}
