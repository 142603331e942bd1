/**
 * The resolved ServicePorts as an aligned table: what each frontend does with traffic, reviewable without knowing how
 * any packet filter says it.
 */
import { joinHostPort } from '../ip.js';
import type { Line, Section } from '../text.js';
import {
  type Endpoint,
  type Frontend,
  formatServicePortName,
  type LocalPolicy,
  type NodeContext,
  type ServicePort,
} from './types.js';

/** The table for `ports` on `node`, under a proxy mode with that idea of policy Local. */
export function* printResolved(
  node: NodeContext,
  ports: readonly ServicePort[],
  localPolicy: LocalPolicy,
): Generator<Line> {
  const zone = node.zone === '' ? '' : `, zone ${node.zone}`;
  yield {
    text: `${FAMILY[node.family]} on node ${node.name || '(none)'}${zone}: ${count(ports.length, 'ServicePort')}`,
  };
  for (const port of ports) {
    yield { text: '' };
    for (const text of printPort(port, node, localPolicy)) yield { text, origin: port.origin };
  }
}

/** Tables as text → a section for each ServicePort. */
export function resolvedSections(text: string): readonly Section[] {
  let family = '';
  return text
    .trimEnd()
    .split('\n\n')
    .map((block) => {
      const lines = block.split('\n');
      const [first = ''] = lines;
      const heading = /^(IPv[46]) on node /.exec(first);
      family = heading?.[1] ?? family;
      return heading ? { title: family, lines } : { title: family, service: first.replace(/ [A-Z]+$/, ''), lines };
    });
}

const FAMILY = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

function* printPort(port: ServicePort, node: NodeContext, localPolicy: LocalPolicy): Generator<string> {
  yield `${formatServicePortName(port.name)} ${port.name.protocol}`;
  yield* aligned([
    ['  FRONTEND', 'ADDRESS', 'POLICY', 'MASQUERADE', 'GOES TO'],
    ...port.frontends.map(frontendRow(port, node, localPolicy)),
  ]);
  const { endpoints, affinity, healthCheckNodePort, syntheticHealthCheck } = port;
  if (endpoints.reachable.length > 0) {
    yield* aligned([['  ENDPOINT', 'SETS', 'STATE'], ...endpoints.reachable.map(endpointRow(port))]);
  }
  if (affinity) yield `  session affinity: a client keeps its endpoint for ${affinity.timeoutSeconds} s`;
  const made = syntheticHealthCheck ? ' (synthetic)' : '';
  if (healthCheckNodePort !== undefined) yield `  health check node port: ${healthCheckNodePort}${made}`;
}

function frontendRow(
  port: ServicePort,
  node: NodeContext,
  localPolicy: LocalPolicy,
): (frontend: Frontend) => readonly string[] {
  const nodesOwn = localPolicy === 'strict' ? shortCircuit : () => '';
  return (frontend) => [
    `  ${frontend.kind}`,
    `${joinHostPort(frontend.ip ?? '*', frontend.port)}${frontend.synthetic ? ' (synthetic)' : ''}`,
    frontend.policy,
    frontend.masquerade,
    [destination(port, frontend, localPolicy), allowedSources(frontend), nodesOwn(port, frontend, node)].join(''),
  ];
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

/** An external address under policy Local treats this node and its pods as if they had used the cluster IP. */
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

function endpointRow({ endpoints }: ServicePort): (endpoint: Endpoint) => readonly string[] {
  const cluster = new Set(endpoints.cluster);
  const local = new Set(endpoints.local);
  return (endpoint) => {
    const sets = [cluster.has(endpoint) ? 'Cluster' : '', local.has(endpoint) ? 'Local' : ''];
    const state = endpoint.ready ? 'ready' : 'terminating, still serving';
    const place = endpoint.local ? 'this node' : endpoint.nodeName && `node ${endpoint.nodeName}`;
    const source = endpoint.synthetic && `synthetic, from ${endpoint.synthetic}`;
    return [
      `  ${joinHostPort(endpoint.ip, endpoint.port)}`,
      sets.filter((set) => set !== '').join(' '),
      [state, place, source].filter((part) => part).join(', '),
    ];
  };
}

/** Rows as lines with their columns padded to one width, and nothing after the last. */
function* aligned(rows: readonly (readonly string[])[]): Generator<string> {
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((width, row) => Math.max(width, (row[i] ?? '').length), 0));
  for (const row of rows) {
    yield row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
