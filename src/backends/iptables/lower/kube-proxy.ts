/**
 * lower, layout `kube-proxy`: the chains of kube-proxy's iptables mode (k/k pkg/proxy/iptables), except its canary.
 *
 *     nat  PREROUTING, OUTPUT ─ KUBE-SERVICES ─┬─ KUBE-SVC-x or KUBE-SVL-x ─ KUBE-SEP-y ─ DNAT
 *                                              ├─ [KUBE-FW-x ─] KUBE-EXT-x ─ KUBE-SVC-x or KUBE-SVL-x
 *                                              └─ KUBE-NODEPORTS ─ KUBE-EXT-x
 *          POSTROUTING ─ KUBE-POSTROUTING: masquerades the packets that KUBE-MARK-MASQ marked
 *     filter  rejects and drops traffic without endpoints, and accepts marked packets
 */

import type { ServicePort } from '../../../resolve/types.js';
import { type Chain, type Table, table } from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE } from '../../shared/masquerade.js';
import { keepSharedChains, type OurTable, type SharedRule, sharedChains } from '../../shared/shared-chains.js';
import { CHAIN } from '../names.js';
import { JUMPS, jumpToNodePorts, staticRules } from './base.js';
import type { Context } from './context.js';
import type { KeptLayout } from './layout.js';
import { type LoweredPort, lowerServicePort } from './service-port.js';

/** Chains that exist whether or not a Service needs them. */
const FIXED_CHAINS: Readonly<Record<OurTable, readonly string[]>> = {
  filter: [
    CHAIN.externalServices,
    CHAIN.kubeletFirewall,
    CHAIN.forward,
    CHAIN.nodePorts,
    CHAIN.proxyFirewall,
    CHAIN.services,
  ],
  nat: [MARK_MASQUERADE, CHAIN.nodePorts, CHAIN.postrouting, CHAIN.services],
};

/** Both tables, with the ServicePorts in the order given. */
export function layoutKubeProxy(ports: readonly ServicePort[], context: Context): readonly Table[] {
  const lowered = ports.map((port) => lowerServicePort(port, context));
  const shared = sharedChains([
    ...staticRules(context),
    ...lowered.flatMap((service) => service.shared),
    ...lastRules(context),
  ]);
  return tablesOf(shared, lowered);
}

/** The same, kept: the chains that ServicePorts share, line by line. */
export function keepKubeProxy(all: readonly ServicePort[], context: Context): KeptLayout {
  const { family } = context.node;
  const rulesOf = (port: ServicePort) => lowerServicePort(port, context).shared;
  const kept = keepSharedChains(all, rulesOf, { first: staticRules(context), last: lastRules(context) }, family);
  return {
    replace: (before, after) => {
      kept.replace(before, after);
      return true;
    },
    arrange: (ports) =>
      tablesOf(
        kept.chain,
        ports.map((port) => lowerServicePort(port, context)),
      ),
  };
}

function lastRules(context: Context): readonly SharedRule[] {
  return jumpToNodePorts(context).map((rule) => ({ table: 'nat', chain: CHAIN.services, rule }));
}

function tablesOf(
  fixed: (table: OurTable, name: string) => Chain,
  lowered: readonly Pick<LoweredPort, 'chains'>[],
): readonly Table[] {
  const shared = (table: OurTable) => FIXED_CHAINS[table].map((name) => fixed(table, name));
  const own = lowered.flatMap((service) => service.chains);
  return [table('filter', JUMPS.filter, shared('filter')), table('nat', JUMPS.nat, [...shared('nat'), ...own])];
}
