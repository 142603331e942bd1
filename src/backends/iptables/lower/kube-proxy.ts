/**
 * lower, layout `kube-proxy`: the chains of kube-proxy's iptables mode (k/k pkg/proxy/iptables), except its canary.
 *
 *     nat  PREROUTING, OUTPUT ─ KUBE-SERVICES ─┬─ KUBE-SVC-x or KUBE-SVL-x ─ KUBE-SEP-y ─ DNAT
 *                                              ├─ [KUBE-FW-x ─] KUBE-EXT-x ─ KUBE-SVC-x or KUBE-SVL-x
 *                                              └─ KUBE-NODEPORTS ─ KUBE-EXT-x
 *          POSTROUTING ─ KUBE-POSTROUTING: what KUBE-MARK-MASQ marked is masqueraded
 *     filter  rejects and drops what has no endpoint, and accepts what was marked
 */
import type { ServicePort } from '../../../resolve/types.js';
import { CHAIN } from '../names.js';
import type { Chain, Rule, Table, TableName } from '../rules.js';
import { BUILT_IN_CHAINS, JUMPS, jumpToNodePorts, staticRules } from './base.js';
import type { Context } from './context.js';
import { lowerServicePort } from './service-port.js';

/** Chains that are there whether or not a Service needs them. */
const FIXED_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  filter: [
    CHAIN.externalServices,
    CHAIN.kubeletFirewall,
    CHAIN.forward,
    CHAIN.nodePorts,
    CHAIN.proxyFirewall,
    CHAIN.services,
  ],
  nat: [CHAIN.markMasquerade, CHAIN.nodePorts, CHAIN.postrouting, CHAIN.services],
};

/** Both tables, with the ServicePorts in the order given. */
export function layoutKubeProxy(ports: readonly ServicePort[], context: Context): readonly Table[] {
  const lowered = ports.map((port) => lowerServicePort(port, context));
  const shared = new Map<string, Rule[]>();
  const append = (table: TableName, chain: string, rule: Rule) => {
    const key = `${table} ${chain}`;
    const rules = shared.get(key);
    if (rules) rules.push(rule);
    else shared.set(key, [rule]);
  };
  for (const { table, chain, rule } of staticRules(context)) append(table, chain, rule);
  for (const service of lowered) {
    for (const { table, chain, rule } of service.shared) append(table, chain, rule);
  }
  for (const rule of jumpToNodePorts(context)) append('nat', CHAIN.services, rule);

  const fixed = (table: TableName) =>
    FIXED_CHAINS[table].map((name): Chain => ({ name, rules: () => shared.get(`${table} ${name}`) ?? [] }));
  const own = lowered.flatMap((service) => service.chains);
  return [
    { name: 'filter', chains: [...builtIn('filter'), ...byName(fixed('filter'))] },
    { name: 'nat', chains: [...builtIn('nat'), ...byName([...fixed('nat'), ...own])] },
  ];
}

function builtIn(table: TableName): readonly Chain[] {
  return BUILT_IN_CHAINS[table].map((name) => ({ name, policy: 'ACCEPT', rules: () => JUMPS[table][name] ?? [] }));
}

/** The canonical order; hashed names make any other meaningless. */
function byName(chains: readonly Chain[]): readonly Chain[] {
  return [...chains].sort((a, b) => (a.name < b.name ? -1 : 1));
}
