/**
 * resolve, part: views: ServicePorts as printed texts in plain data. resolved.txt and its JSON are printed from views
 * and parsed to them, reviews compare them, and `vipc describe` shows them.
 */
import { joinHostPort } from '../ip.js';
import {
  type Endpoint,
  type Frontend,
  formatServicePortName,
  type LocalPolicy,
  type NodeContext,
  type Protocol,
  type ServicePort,
} from './types.js';

/** What a node does with traffic in one family. */
export interface NodeView {
  readonly family: 'IPv4' | 'IPv6';
  /** `(none)` when no node is named. */
  readonly node: string;
  /** `''` when the node has no zone. */
  readonly zone: string;
  readonly ports: readonly PortView[];
}

/** One ServicePort; all values as they are printed. */
export interface PortView {
  /** `default/web:http` */
  readonly name: string;
  readonly protocol: Protocol | string;
  readonly frontends: readonly FrontendView[];
  readonly endpoints: readonly EndpointView[];
  /** Lines below the tables: session affinity, health check node port. */
  readonly others: readonly string[];
}

export interface FrontendView {
  readonly kind: string;
  /** `10.96.0.41:80`, `*:30080`; with ` (synthetic)` when it is not in the input. */
  readonly address: string;
  readonly policy: string;
  readonly masquerade: string;
  /** `2 endpoints of Cluster`, `DROP: no endpoints on this node` */
  readonly goesTo: string;
}

export interface EndpointView {
  readonly address: string;
  /** `Cluster Local` */
  readonly sets: string;
  /** `ready, node node-b` */
  readonly state: string;
}

const FAMILY = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/** All `ports` on `node`, for a proxy mode with that `localPolicy`. */
export function nodeView(node: NodeContext, ports: readonly ServicePort[], localPolicy: LocalPolicy): NodeView {
  return {
    family: FAMILY[node.family],
    node: node.name || '(none)',
    zone: node.zone,
    ports: ports.map((port) => viewOf(port, node, localPolicy)),
  };
}

/** `port` on `node`, for a proxy mode with that `localPolicy`. */
export function viewOf(port: ServicePort, node: NodeContext, localPolicy: LocalPolicy): PortView {
  const { endpoints, affinity, healthCheckNodePort, syntheticHealthCheck } = port;
  const made = syntheticHealthCheck ? SYNTHETIC : '';
  return {
    name: formatServicePortName(port.name),
    protocol: port.name.protocol,
    frontends: port.frontends.map(frontendView(port, node, localPolicy)),
    endpoints: endpoints.reachable.map(endpointView(port)),
    others: [
      ...(affinity ? [`session affinity: a client keeps its endpoint for ${affinity.timeoutSeconds} s`] : []),
      ...(healthCheckNodePort === undefined ? [] : [`health check node port: ${healthCheckNodePort}${made}`]),
    ],
  };
}

export const SYNTHETIC = ' (synthetic)';

/** `goesTo` as a client sees it: refused or dropped, instead of the rule's target. */
export function inWords(goesTo: string): string {
  return goesTo
    .replace(/^REJECT: no endpoints/, 'refused: no endpoint')
    .replace(/^DROP: no endpoints/, 'dropped: no endpoint');
}

function frontendView(
  port: ServicePort,
  node: NodeContext,
  localPolicy: LocalPolicy,
): (frontend: Frontend) => FrontendView {
  const nodesOwn = localPolicy === 'strict' ? shortCircuit : () => '';
  return (frontend) => ({
    kind: frontend.kind,
    address: `${joinHostPort(frontend.ip ?? '*', frontend.port)}${frontend.synthetic ? SYNTHETIC : ''}`,
    policy: frontend.policy,
    masquerade: frontend.masquerade,
    goesTo: [destination(port, frontend, localPolicy), allowedSources(frontend), nodesOwn(port, frontend, node)].join(
      '',
    ),
  });
}

function destination({ endpoints }: ServicePort, frontend: Frontend, localPolicy: LocalPolicy): string {
  if (frontend.whenEmpty === 'reject') return 'REJECT: no endpoints';
  if (frontend.whenEmpty === 'drop' && localPolicy === 'fallback') {
    if (endpoints.cluster.length === 0) return 'REJECT: no endpoints on this node';
    return `${count(endpoints.cluster.length, 'endpoint')} of Cluster, as this node has none`;
  }
  if (frontend.whenEmpty === 'drop') return 'DROP: no endpoints on this node';
  const set = frontend.policy === 'Cluster' ? endpoints.cluster : endpoints.local;
  return `${count(set.length, 'endpoint')} of ${frontend.policy}`;
}

/** Under policy Local, traffic from this node and its pods to an external address is treated as for the cluster IP. */
function shortCircuit({ endpoints }: ServicePort, { kind, policy, whenEmpty }: Frontend, node: NodeContext): string {
  if (kind === 'ClusterIP' || policy === 'Cluster' || whenEmpty === 'reject') return '';
  const from = node.podTraffic ? 'this node and its pods' : 'this node';
  return `; from ${from}: ${count(endpoints.cluster.length, 'endpoint')} of Cluster`;
}

function allowedSources({ sourceRanges }: Frontend): string {
  if (!sourceRanges) return '';
  const { ranges, node } = sourceRanges;
  return `, for clients in ${ranges.map((range) => range.text).join(' ')}${node ? ' and this node' : ''}`;
}

function endpointView({ endpoints }: ServicePort): (endpoint: Endpoint) => EndpointView {
  const cluster = new Set(endpoints.cluster);
  const local = new Set(endpoints.local);
  return (endpoint) => {
    const sets = [cluster.has(endpoint) ? 'Cluster' : '', local.has(endpoint) ? 'Local' : ''];
    const state = endpoint.ready ? 'ready' : 'terminating, still serving';
    const place = endpoint.local ? 'this node' : endpoint.nodeName && `node ${endpoint.nodeName}`;
    const source = endpoint.synthetic && `synthetic, from ${endpoint.synthetic}`;
    return {
      address: joinHostPort(endpoint.ip, endpoint.port),
      sets: sets.filter((set) => set !== '').join(' '),
      state: [state, place, source].filter((part) => part).join(', '),
    };
  };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
