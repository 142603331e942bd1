/**
 * rules: ServicePorts and their listeners → the iptables rules that lead connections to the listeners.
 *
 *     nat     PREROUTING ─┬─ KUBE-PORTALS-CONTAINER ── REDIRECT to the listener
 *                         └─ KUBE-NODEPORT-CONTAINER ─ REDIRECT
 *             OUTPUT ─────┬─ KUBE-PORTALS-HOST ─────── DNAT to the node's address and the listener's port
 *                         └─ KUBE-NODEPORT-HOST ────── DNAT
 *     filter  INPUT ─ KUBE-NODEPORT-NON-LOCAL: accepts what was redirected, refuses what was not
 *             the others refuse traffic without endpoints
 *
 * REDIRECT takes the address of the interface that the packet came in by, so replies leave by it. For packets of the node
 * itself that is 127.0.0.1, as which they would arrive; hence DNAT.
 */
import { type Frontend, formatServicePortName, type NodeContext, type ServicePort } from '../../resolve/types.js';
import {
  ACCEPT,
  comment,
  type Header,
  host,
  is,
  jumpTo,
  type Match,
  not,
  RETURN,
  type Rule,
  rule,
  states,
  type Table,
  type Target,
  table,
} from '../../tools/iptables/types.js';
import { listenerName } from '../../tools/relay/types.js';
import { L4 } from '../shared/l4.js';
import { fromPods } from '../shared/pods.js';
import type { KeptChains, OurTable, SharedRule } from '../shared/shared-chains.js';
import type { Route, Served } from './listeners.js';
import { CHAIN } from './names.js';

const TO_THIS_NODE: Match = { kind: 'addrtype', side: 'destination', type: is('LOCAL') };

const PORTALS = comment('handle ClusterIPs; NOTE: this must be before the NodePort rules');
const NODE_PORTS = comment('handle service NodePorts; NOTE: this must be the last rule in the chain');

/** Jumps from built-in chains to our chains; the comments are kube-proxy's. */
export const JUMPS: Readonly<Record<OurTable, Readonly<Record<string, readonly Rule[]>>>> = {
  filter: {
    INPUT: [
      jump(CHAIN.nonLocal, comment('Ensure that non-local NodePort traffic can flow')),
      jump(CHAIN.externalServices, states('NEW'), comment('kubernetes externally-visible service portals')),
    ],
    FORWARD: [
      jump(CHAIN.services, states('NEW'), comment('kubernetes service portals')),
      jump(CHAIN.externalServices, states('NEW'), comment('kubernetes externally-visible service portals')),
    ],
    OUTPUT: [jump(CHAIN.services, states('NEW'), comment('kubernetes service portals'))],
  },
  nat: {
    PREROUTING: [jump(CHAIN.portalsContainer, PORTALS), jump(CHAIN.nodePortContainer, TO_THIS_NODE, NODE_PORTS)],
    OUTPUT: [jump(CHAIN.portalsHost, PORTALS), jump(CHAIN.nodePortHost, TO_THIS_NODE, NODE_PORTS)],
  },
};

function jump(chain: string, ...matches: readonly Match[]): Rule {
  return rule({}, matches, jumpTo(chain));
}

/** A chain that ServicePorts share, and the rules of one of them there; each chain is there without a rule, too. */
interface Shared {
  readonly table: OurTable;
  readonly chain: string;
  readonly rules: (port: ServicePort, served: readonly Served[], node: NodeContext) => readonly Rule[];
}

const SHARED: readonly Shared[] = [
  { table: 'filter', chain: CHAIN.externalServices, rules: (port) => refusals(port, isExternal) },
  {
    table: 'filter',
    chain: CHAIN.nonLocal,
    rules: (port, served) => [...served.flatMap(inputRules), ...healthCheck(port)],
  },
  { table: 'filter', chain: CHAIN.services, rules: (port) => refusals(port, isInternal) },
  { table: 'nat', chain: CHAIN.nodePortContainer, rules: routed(isNodePort, containerRules) },
  { table: 'nat', chain: CHAIN.nodePortHost, rules: routed(isNodePort, hostRules) },
  { table: 'nat', chain: CHAIN.portalsContainer, rules: routed(isPortal, containerRules) },
  { table: 'nat', chain: CHAIN.portalsHost, rules: routed(isPortal, hostRules) },
];

/** The rules of a ServicePort, which is served by `served`. */
export function rulesOf(port: ServicePort, served: readonly Served[], node: NodeContext): readonly SharedRule[] {
  return SHARED.flatMap(({ table: name, chain, rules }) =>
    rules(port, served, node).map((each) => ({ table: name, chain, rule: each })),
  );
}

/** The rules before those of ServicePorts: node ports are not served on loopback addresses. */
export function firstRules({ family, nodePorts }: NodeContext): readonly SharedRule[] {
  if (nodePorts.on === 'addresses' || nodePorts.loopback) return [];
  const past = rule({ destination: is(LOOPBACK[family]) }, [], RETURN);
  return [CHAIN.nodePortContainer, CHAIN.nodePortHost].map((chain) => ({ table: 'nat', chain, rule: past }));
}

const LOOPBACK = { ipv4: '127.0.0.0/8', ipv6: '::1/128' } as const;

/** Both tables, of these chains. */
export function tablesOf(chain: KeptChains['chain']): readonly Table[] {
  const of = (name: OurTable): Table => {
    const own = SHARED.filter((each) => each.table === name);
    return table(
      name,
      JUMPS[name],
      own.map((each) => chain(name, each.chain)),
    );
  };
  return [of('filter'), of('nat')];
}

/** What `toRules` has for the ways to listeners from some frontends. */
function routed(
  isWanted: (frontend: Frontend) => boolean,
  toRules: (each: Served, route: Route, node: NodeContext) => readonly Rule[],
): Shared['rules'] {
  return (_, served, node) =>
    served.flatMap((each) =>
      each.routes.flatMap((route) => (isWanted(route.frontend) ? toRules(each, route, node) : [])),
    );
}

function isNodePort({ ip }: Frontend): boolean {
  return ip === undefined;
}

function isPortal({ ip }: Frontend): boolean {
  return ip !== undefined;
}

/** Connections that come in by an interface. Those of pods come first where they have a rule of their own. */
function containerRules({ port, listener }: Served, { frontend, from }: Route, node: NodeContext): readonly Rule[] {
  const target: Target = { kind: 'redirect', port: listener.port };
  if (from.includes('others')) return captures(port, frontend, node, {}, target);
  return from.includes('pods') && node.podTraffic
    ? captures(port, frontend, node, fromPods(node.podTraffic, is), target)
    : [];
}

/** Connections of the node itself. */
function hostRules({ port, listener }: Served, { frontend, from }: Route, node: NodeContext): readonly Rule[] {
  const target: Target = { kind: 'dnat', ip: node.ip.text, port: listener.port };
  return from.includes('node') ? captures(port, frontend, node, {}, target) : [];
}

/** Rules that take connections to a frontend; a node port has one for each address that serves node ports. */
function captures(
  port: ServicePort,
  frontend: Frontend,
  { nodePorts }: NodeContext,
  source: Header,
  target: Target,
): readonly Rule[] {
  const { header, matches } = toFrontend(port, frontend, formatServicePortName(port.name));
  const addresses = frontend.ip === undefined && nodePorts.on === 'addresses' ? nodePorts.addresses : [undefined];
  return addresses.map((ip) => {
    const destination = ip === undefined ? {} : { destination: is(host(ip)) };
    return rule({ ...source, ...header, ...destination }, matches, target, port);
  });
}

function toFrontend({ name }: ServicePort, { ip, port }: Pick<Frontend, 'ip' | 'port'>, text: string) {
  const protocol = L4[name.protocol];
  const header: Header = { ...(ip === undefined ? {} : { destination: is(host(ip)) }), protocol };
  const matches: readonly Match[] = [comment(text), { kind: 'l4', protocol, destinationPort: port }];
  return { header, matches };
}

/**
 * Whoever connects to a listener itself would get past the policy and the source ranges of its frontends, so only what a
 * rule redirected gets there. The comment has the listener's name: a daemon that starts reads whose port it is
 * (apply/proxy-ports.ts).
 */
function inputRules({ port, listener }: Served): readonly Rule[] {
  const { header, matches } = toFrontend(port, { port: listener.port }, listenerName(listener));
  const others: Match = { kind: 'conntrack', states: not(['RELATED', 'ESTABLISHED']) };
  return [
    rule(header, [...matches, states('DNAT')], ACCEPT, port),
    rule(header, [...matches, others], { kind: 'reject' }, port),
  ];
}

function isInternal({ kind }: Frontend): boolean {
  return kind === 'ClusterIP';
}

function isExternal({ kind }: Frontend): boolean {
  return kind !== 'ClusterIP';
}

/** Rules as in iptables mode for frontends that have no endpoints. */
function refusals(port: ServicePort, isWanted: (frontend: Frontend) => boolean): readonly Rule[] {
  return port.frontends.flatMap((frontend) => {
    const { whenEmpty, ip } = frontend;
    if (!whenEmpty || !isWanted(frontend)) return [];
    const why = `has no ${whenEmpty === 'reject' ? '' : 'local '}endpoints`;
    const { header, matches } = toFrontend(port, frontend, `${formatServicePortName(port.name)} ${why}`);
    const [first, ...rest] = matches;
    const toNode = ip === undefined && first ? [first, TO_THIS_NODE, ...rest] : matches;
    return [rule(header, toNode, { kind: whenEmpty }, port)];
  });
}

/** Load balancers must reach the health check whatever the policy of INPUT. */
function healthCheck(port: ServicePort): readonly Rule[] {
  const { healthCheckNodePort: destinationPort, name } = port;
  if (destinationPort === undefined) return [];
  const matches: readonly Match[] = [
    comment(`${formatServicePortName(name)} health check node port`),
    { kind: 'l4', protocol: 'tcp', destinationPort },
  ];
  return [rule({ protocol: 'tcp' }, matches, ACCEPT, port)];
}
