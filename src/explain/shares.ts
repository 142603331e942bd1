/**
 * explain: the share of a Service's connections that each endpoint gets over all nodes, when all nodes send equally
 * many, or a load balancer spreads connections evenly over nodes. The rules of a single node do not show it: with
 * policy Local or with topology hints, some endpoints get more than others.
 */
import { joinHostPort } from '../ip.js';
import type { Endpoint, LocalPolicy, ServicePort, TrafficPolicy } from '../resolve/types.js';
import type { About } from './about.js';
import { count, finding } from './about.js';
import { portLabel } from './matrix.js';
import type { Served } from './on-nodes.js';
import type { Finding, Shares } from './types.js';

interface Sender {
  readonly node: string;
  readonly port: ServicePort;
}

/** For each port: shares of connections from Pods, and of connections from outside when the Service takes them. */
export function sharesOf(about: About, nodes: readonly Served[], localPolicy: LocalPolicy): readonly Shares[] {
  const { snapshot, service } = about;
  if (snapshot.nodes.length < 2 || nodes.length < 2) return [];
  const fit = new Map(snapshot.nodes.map((node) => [node.metadata.name, node]));
  const ready = nodes.filter(({ node }) => fit.get(node)?.ready ?? false);
  const balanced = ready.filter(({ node }) => isBalanced(fit.get(node)));
  const labels = [...new Set(nodes.flatMap(({ families }) => families.flatMap(({ ports }) => ports.map(portLabel))))];
  const { type, externalIPs } = service.spec;
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0;
  return labels.flatMap((label) => {
    const sendersOf = (from: readonly Served[]) =>
      from.flatMap(({ node, families }): readonly Sender[] =>
        families.flatMap(({ ports }) =>
          ports.filter((port) => portLabel(port) === label).map((port) => ({ node, port })),
        ),
      );
    const [inside, outside] = [sendersOf(ready), sendersOf(balanced)];
    const picture = (from: string, senders: readonly Sender[], kind: (port: ServicePort) => TrafficPolicy) =>
      sharesFor(about, label, from, senders, kind, localPolicy);
    const within = picture('pods, alike on every node', inside, ({ frontends }) => frontends[0]?.policy ?? 'Cluster');
    if (!isOutside) return within;
    const policy = ({ frontends }: ServicePort) => frontends[1]?.policy ?? 'Cluster';
    // A load balancer sends only to nodes whose health check reports a local endpoint.
    const checked = outside.filter(
      ({ port }) => port.healthCheckNodePort === undefined || port.endpoints.local.length > 0,
    );
    const text = type === 'LoadBalancer' ? 'outside, load balanced over nodes' : 'outside, alike to every node';
    return [...within, ...picture(text, checked, policy)];
  });
}

/** Load balancers leave out nodes with the exclude label (KEP-1143), and nodes that will be removed (KEP-3836). */
function isBalanced(node: About['snapshot']['nodes'][number] | undefined): boolean {
  return (
    node !== undefined &&
    !node.leaving &&
    node.metadata.labels['node.kubernetes.io/exclude-from-external-load-balancers'] === undefined
  );
}

function sharesFor(
  { endpoints: listed }: About,
  label: string,
  from: string,
  senders: readonly Sender[],
  policyOf: (port: ServicePort) => TrafficPolicy,
  localPolicy: LocalPolicy,
): readonly Shares[] {
  const found = new Map<string, { readonly endpoint: Endpoint; share: number }>();
  let lost = 0;
  for (const { port } of senders) {
    const { cluster, local } = port.endpoints;
    const near = policyOf(port) === 'Local' ? local : cluster;
    const used = near.length === 0 && localPolicy === 'fallback' ? cluster : near;
    if (used.length === 0) lost += 1 / senders.length;
    for (const endpoint of used) {
      const key = joinHostPort(endpoint.ip, endpoint.port);
      const known = found.get(key) ?? { endpoint, share: 0 };
      known.share += 1 / senders.length / used.length;
      found.set(key, known);
    }
  }
  const all = listed.filter(({ ready, slice }) => ready && label.endsWith(slice.addressType));
  if (all.length === 0 || senders.length === 0) return [];
  const addresses = new Set([...found.values()].map(({ endpoint }) => endpoint.ip));
  const idle = all.filter(({ address }) => !addresses.has(address)).map(({ address }) => [address, 0] as const);
  const shares = [...[...found].map(([key, { share }]) => [key, share] as const), ...idle];
  const rows = shares.map(([key, share]) => {
    const ip = found.get(key)?.endpoint.ip ?? key;
    const { endpoint } = listed.find(({ address }) => address === ip) ?? {};
    return { address: key, node: endpoint?.nodeName ?? '', zone: endpoint?.zone ?? '', share };
  });
  const sorted = rows.sort((a, b) => b.share - a.share || (a.address < b.address ? -1 : 1));
  return [
    {
      port: label,
      from,
      nodes: senders.length,
      lost,
      fair: 1 / new Set(all.map(({ address }) => address)).size,
      endpoints: sorted,
    },
  ];
}

/** An endpoint with more than this multiple of its fair share is a finding. */
const TOO_MUCH = 2;

/** A finding for each share list in which endpoints get more than TOO_MUCH times their fair share. */
export function shareFindings({ service }: About, shares: readonly Shares[]): readonly Finding[] {
  return shares.flatMap(({ from, fair, endpoints }) => {
    const [first] = endpoints;
    if (!first || endpoints.length < 2 || first.share <= TOO_MUCH * fair + 1e-9) return [];
    const over = endpoints.filter(({ share }) => share > TOO_MUCH * fair + 1e-9);
    const times = (first.share / fair).toFixed(1);
    const more = over.length > 1 ? `, and ${count(over.length - 1, 'other')} more than twice` : '';
    const message = `endpoint ${first.address} gets ${percent(first.share)} of the connections from ${from.replace(/,.*/, '')}, ${times} times its fair share of ${percent(fair)}${more}: ${reason(service, from)}`;
    return [finding('overload', 'load', message, fixOf(service, from), service.origin)];
  });
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)}%`;
}

function isOutside(from: string): boolean {
  return from.startsWith('outside');
}

function reason({ spec }: About['service'], from: string): string {
  const policy = isOutside(from) ? spec.externalTrafficPolicy : spec.internalTrafficPolicy;
  if (policy === 'Local')
    return `${isOutside(from) ? 'external' : 'internal'}TrafficPolicy is Local, and nodes have different numbers of endpoints`;
  if (spec.trafficDistribution !== undefined)
    return `trafficDistribution ${spec.trafficDistribution} keeps connections near`;
  return 'topology hints keep connections near';
}

function fixOf({ spec }: About['service'], from: string): string {
  const policy = isOutside(from) ? spec.externalTrafficPolicy : spec.internalTrafficPolicy;
  if (policy === 'Local')
    return 'spread the pods evenly over the nodes (topologySpreadConstraints), or set the policy to Cluster';
  return 'spread the pods over zones and nodes as the clients are (topologySpreadConstraints), or take trafficDistribution or the topology annotation away';
}
