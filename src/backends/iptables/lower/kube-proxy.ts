/**
 * lower, layout `kube-proxy`: the chains of kube-proxy's iptables mode (k/k pkg/proxy/iptables), except its canary.
 *
 *     nat  PREROUTING, OUTPUT ─ KUBE-SERVICES ─┬─ KUBE-SVC-x or KUBE-SVL-x ─ KUBE-SEP-y ─ DNAT
 *                                              ├─ [KUBE-FW-x ─] KUBE-EXT-x ─ KUBE-SVC-x or KUBE-SVL-x
 *                                              └─ KUBE-NODEPORTS ─ KUBE-EXT-x
 *          POSTROUTING ─ KUBE-POSTROUTING: masquerades the packets that KUBE-MARK-MASQ marked
 *     filter  rejects and drops traffic without endpoints, and accepts marked packets
 */

import type { Memo } from '../../../memo.js';
import type { ServicePort } from '../../../resolve/types.js';
import { type Chain, type Rule, type Table, table } from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE } from '../../shared/masquerade.js';
import { CHAIN } from '../names.js';
import { JUMPS, jumpToNodePorts, type OurTable, staticRules } from './base.js';
import type { Context } from './context.js';
import { lowerServicePort } from './service-port.js';

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
export function layoutKubeProxy(ports: readonly ServicePort[], context: Context, memo: Memo): readonly Table[] {
  const parts = Object.values(context);
  const lowered = ports.map((port) => memo.of('lower', port, parts, () => lowerServicePort(port, context)));
  const shared = new Map<string, Rule[]>();
  const append = (where: OurTable, chain: string, rule: Rule) => {
    const key = `${where} ${chain}`;
    const rules = shared.get(key);
    if (rules) rules.push(rule);
    else shared.set(key, [rule]);
  };
  for (const { table, chain, rule } of staticRules(context)) append(table, chain, rule);
  for (const service of lowered) {
    for (const { table, chain, rule } of service.shared) append(table, chain, rule);
  }
  for (const rule of jumpToNodePorts(context)) append('nat', CHAIN.services, rule);

  const fixed = (where: OurTable) =>
    FIXED_CHAINS[where].map((name): Chain => ({ name, rules: () => shared.get(`${where} ${name}`) ?? [] }));
  const own = lowered.flatMap((service) => service.chains);
  return [table('filter', JUMPS.filter, fixed('filter')), table('nat', JUMPS.nat, [...fixed('nat'), ...own])];
}
