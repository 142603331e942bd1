/**
 * lower, part: the chains that depend on no Service, and the declarations of the sets that they look up.
 *
 *     filter  prerouting, output (before DNAT) ─ firewall-check           drops what source ranges forbid
 *             input                            ─ nodeport-endpoints-check
 *             input, forward, output           ─ service-endpoints-check  drops or rejects without endpoints
 *             forward, output                  ─ cluster-ips-check        no other traffic to cluster IPs
 *     nat     prerouting, output               ─ services                 by address and port to a chain that does DNAT
 *             postrouting                      ─ masquerading
 */
import type { BaseChain, Chain, Element, Expression, NamedSet, Rule, Statement } from '../../../tools/nft/types.js';
import { type Context, nodePortIPs, oncePer } from '../context.js';
import { CHAIN, SET } from '../names.js';
import { intervals } from './intervals.js';
import {
  addressType,
  concat,
  DPORT,
  DROP,
  daddr,
  elements,
  flipMark,
  fromPods,
  inSet,
  jump,
  L4PROTO,
  MARK,
  MASQUERADE,
  match,
  REJECT,
  rule,
  saddr,
  setMark,
  vmap,
} from './statements.js';

const BEFORE_DNAT = -110;
const FILTER = 0;
const DNAT = -100;
const SNAT = 100;

/** Every chain of a node without Services, in kube-proxy's order. */
export const stockChains = oncePer((context: Context): readonly Chain[] => {
  return [...BASE_CHAINS, ...checks(context), services(context), masquerading(context), ...rejections(context)];
});

const NEW = match({ kind: 'ct', key: 'state' }, ['new']);

const toNew = (chain: string): Rule => rule([NEW, jump(chain)]);

const BASE_CHAINS: readonly Chain[] = [
  base('filter-prerouting-pre-dnat', 'filter', 'prerouting', BEFORE_DNAT, [toNew(CHAIN.firewall)]),
  base('filter-output-pre-dnat', 'filter', 'output', BEFORE_DNAT, [toNew(CHAIN.firewall)]),
  base('filter-input', 'filter', 'input', FILTER, [toNew(CHAIN.nodePortEndpoints), toNew(CHAIN.serviceEndpoints)]),
  base('filter-forward', 'filter', 'forward', FILTER, [toNew(CHAIN.serviceEndpoints), toNew(CHAIN.clusterIPs)]),
  base('filter-output', 'filter', 'output', FILTER, [toNew(CHAIN.serviceEndpoints), toNew(CHAIN.clusterIPs)]),
  base('nat-prerouting', 'nat', 'prerouting', DNAT, [rule([jump(CHAIN.services)])]),
  base('nat-output', 'nat', 'output', DNAT, [rule([jump(CHAIN.services)])]),
  base('nat-postrouting', 'nat', 'postrouting', SNAT, [rule([jump(CHAIN.masquerading)])]),
];

function base(
  name: string,
  type: BaseChain['type'],
  hook: BaseChain['hook'],
  priority: number,
  rules: readonly Rule[],
): Chain {
  return { name, base: { type, hook, priority, policy: 'accept' }, rules: () => rules };
}

function chain(name: string, rules: readonly Rule[], comment?: string): Chain {
  return { name, rules: () => rules, ...(comment !== undefined && { comment }) };
}

function frontend(context: Context): Expression {
  return concat(daddr(context), L4PROTO, DPORT);
}

const NODE_PORT = concat(L4PROTO, DPORT);

function checks(context: Context): readonly Chain[] {
  return [
    chain(CHAIN.nodePortEndpoints, [rule([toNodePorts(context), vmap(NODE_PORT, SET.noEndpointNodePorts)])]),
    chain(CHAIN.serviceEndpoints, [rule([vmap(frontend(context), SET.noEndpointServices)])]),
    chain(CHAIN.firewall, [rule([vmap(frontend(context), SET.firewallIPs)])]),
  ];
}

const LOOPBACK = { ipv4: '127.0.0.0/8', ipv6: '::1' } as const;

/** Matches addresses of this node that serve node ports, given that the address is one of the node. */
function toNodePorts(context: Context): Statement {
  return nodePortIPs(context)
    ? inSet(daddr(context), SET.nodePortIPs)
    : match(daddr(context), [LOOPBACK[context.node.family]], '!=');
}

function services(context: Context): Chain {
  const local = match({ kind: 'fib', flags: ['daddr'], result: 'type' }, ['local']);
  return chain(CHAIN.services, [
    ...masqueradeClusterIPs(context),
    rule([vmap(frontend(context), SET.serviceIPs)]),
    rule([...(nodePortIPs(context) ? [] : [local]), toNodePorts(context), vmap(NODE_PORT, SET.serviceNodePorts)]),
  ]);
}

/** Traffic from outside the cluster to a cluster IP came by a route to this node, and its replies must too. */
function masqueradeClusterIPs(context: Context): readonly Rule[] {
  const { mark, masqueradeAll, node } = context;
  const clusterIPs = inSet(daddr(context), SET.clusterIPs);
  if (masqueradeAll) return [rule([clusterIPs, setMark(mark)], 'masquerade all clusterIP traffic')];
  if (!node.podTraffic) return [];
  const statements = [clusterIPs, fromPods(node.podTraffic, '!=', context), setMark(mark)];
  return [rule(statements, 'masquerade clusterIP traffic from outside cluster')];
}

/** The mark is cleared first, for packets that pass here twice, as through a tunnel. */
function masquerading(context: Context): Chain {
  const { mark } = context;
  const marked = match({ kind: 'masked', of: MARK, mask: mark }, ['0x00000000'], '!=');
  const hairpin = concat(saddr(context), daddr(context), L4PROTO, DPORT);
  return chain(CHAIN.masquerading, [
    rule([marked, flipMark(mark), MASQUERADE]),
    rule([match({ kind: 'ct', key: 'status' }, ['dnat']), inSet(hairpin, SET.hairpin), MASQUERADE]),
  ]);
}

/** A packet to a cluster IP that is here has a port that no Service has; one to an unused address is dropped. */
function rejections(context: Context): readonly Chain[] {
  const unused = intervals(context.serviceCIDRs);
  return [
    chain(CHAIN.clusterIPs, [
      rule([inSet(daddr(context), SET.clusterIPs), REJECT], 'Reject traffic to invalid ports of ClusterIPs'),
      ...(unused.length > 0
        ? [rule([match(daddr(context), unused), DROP], 'Drop traffic to unallocated ClusterIPs')]
        : []),
    ]),
    chain(CHAIN.reject, [rule([REJECT])], 'helper for @no-endpoint-services / @no-endpoint-nodeports'),
  ];
}

/** The sets and maps of a node, in kube-proxy's order, with the elements that `elementsOf` has for each. */
export function stockSets(context: Context, elementsOf: (set: string) => Iterable<Element>): readonly NamedSet[] {
  const address = addressType(context);
  const port = 'inet_proto . inet_service';
  const nodeIPs = nodePortIPs(context)?.map((key) => ({ key }));
  const set = (name: string, key: string, comment: string, ofWhich = () => elementsOf(name)): NamedSet => {
    return { kind: 'set', name, key, by: 'type', flags: [], comment, elements: ofWhich };
  };
  const map = (name: string, key: string, comment: string): NamedSet => {
    return { ...set(name, key, comment), kind: 'map', data: 'verdict' };
  };
  const noEndpoints = (of: string) => `vmap to drop or reject packets to ${of} with no endpoints`;
  return [
    set(SET.hairpin, `${address} . ${address} . ${port}`, 'service hairpin connections'),
    set(SET.clusterIPs, address, 'Active ClusterIPs'),
    ...(nodeIPs ? [set(SET.nodePortIPs, address, 'IPs that accept NodePort traffic', elements(nodeIPs))] : []),
    map(SET.noEndpointServices, `${address} . ${port}`, noEndpoints('services')),
    map(SET.noEndpointNodePorts, port, noEndpoints('service nodeports')),
    map(SET.firewallIPs, `${address} . ${port}`, 'destinations that are subject to LoadBalancerSourceRanges'),
    map(SET.serviceIPs, `${address} . ${port}`, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
    map(SET.serviceNodePorts, port, 'NodePort traffic'),
  ];
}
