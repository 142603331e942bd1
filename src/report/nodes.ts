/**
 * nodes: what nodes do with the connections of one Service, side by side; and the Services that nodes treat in different
 * ways.
 */
import { servedOn } from '../explain/on-nodes.js';
import { joinHostPort } from '../ip.js';
import type { Options } from '../options.js';
import { resolveFamilies } from '../pipeline.js';
import type { Service, Snapshot } from '../read/types.js';
import { formatServicePortName, type LocalPolicy, type NodeContext, type ServicePort } from '../resolve/types.js';
import { viewOf } from '../resolve/view.js';

/** One address of a Service. */
export interface Compared {
  /** `http ClusterIP 10.96.0.41:80` */
  readonly address: string;
  /** What each node does there: `2 endpoints of Cluster`; `''` where it serves nothing there. */
  readonly goesTo: readonly string[];
}

/** An endpoint of a Service. */
export interface Reached {
  readonly address: string;
  /** Whether each node sends to it: `here` from its own endpoint, `yes`, `no`. */
  readonly from: readonly ('here' | 'yes' | 'no')[];
}

export interface SideBySide {
  readonly nodes: readonly string[];
  readonly addresses: readonly Compared[];
  readonly endpoints: readonly Reached[];
}

/** What `nodes` do with a Service; `part` has at least this Service. */
export function sideBySide(
  part: Snapshot,
  service: Service,
  nodes: readonly string[],
  options: Options,
  localPolicy: LocalPolicy,
): SideBySide {
  const served = nodes.map((node) =>
    servedOn(part, service, node, options).families.flatMap(({ context, ports }) =>
      ports.map((port) => ({ port, lines: frontendsOf(port, context, localPolicy) })),
    ),
  );
  const names = [...new Set(served.flatMap((ports) => ports.flatMap(({ lines }) => lines.map(([name]) => name))))];
  const endpointsOf = (ports: (typeof served)[number]) => ports.flatMap(({ port }) => port.endpoints.reachable);
  const key = ({ ip, port }: { readonly ip: string; readonly port: number }) => joinHostPort(ip, port);
  const all = [...new Set(served.flatMap((ports) => endpointsOf(ports).map(key)))].sort();
  return {
    nodes,
    addresses: names.map((address) => ({
      address,
      goesTo: served.map((ports) => ports.flatMap(({ lines }) => lines).find(([name]) => name === address)?.[1] ?? ''),
    })),
    endpoints: all.map((address) => ({
      address,
      from: served.map((ports) => {
        const found = endpointsOf(ports).find((each) => key(each) === address);
        return found ? (found.local ? 'here' : 'yes') : 'no';
      }),
    })),
  };
}

function frontendsOf(
  port: ServicePort,
  context: NodeContext,
  localPolicy: LocalPolicy,
): readonly (readonly [address: string, goesTo: string])[] {
  const called = port.name.port === '' ? '' : `${port.name.port} `;
  return viewOf(port, context, localPolicy).frontends.map(
    ({ kind, address, goesTo }) => [`${called}${kind} ${address}`, goesTo] as const,
  );
}

/** A node of the cluster. */
export interface NodeRow {
  readonly name: string;
  readonly zone: string;
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
  readonly isReady: boolean;
  /** Endpoints on it. */
  readonly endpoints: number;
}

/** The Nodes of a snapshot, and those that only endpoints name. */
export function nodeRows({ nodes, slices }: Snapshot): readonly NodeRow[] {
  const endpoints = new Map<string, number>();
  for (const { nodeName } of slices.flatMap((slice) => slice.endpoints)) {
    if (nodeName !== undefined) endpoints.set(nodeName, (endpoints.get(nodeName) ?? 0) + 1);
  }
  const known = nodes.map(({ metadata, addresses, podCIDRs, ready }) => ({
    name: metadata.name,
    zone: metadata.labels['topology.kubernetes.io/zone'] ?? '',
    addresses: addresses.map(({ address }) => address),
    podCIDRs,
    isReady: ready,
    endpoints: endpoints.get(metadata.name) ?? 0,
  }));
  const named = new Set(known.map(({ name }) => name));
  const others = [...endpoints].filter(([name]) => !named.has(name));
  return [...known, ...others.map(([name, count]) => ({ ...UNKNOWN, name, endpoints: count }))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

const UNKNOWN = { zone: '', addresses: [], podCIDRs: [], isReady: true };

/** A port of a Service that nodes treat in different ways. */
export interface Differing {
  /** Of its Service: `default/web` */
  readonly key: string;
  /** `default/web:http IPv6` */
  readonly name: string;
  /** What each node does. */
  readonly does: readonly string[];
}

/** The ports that not all `nodes` treat alike. */
export function differing(
  snapshot: Snapshot,
  nodes: readonly string[],
  options: Options,
  localPolicy: LocalPolicy,
): readonly Differing[] {
  const sides = nodes.map((nodeName) => {
    const { value } = resolveFamilies(snapshot, { ...options, nodeName });
    return new Map(
      value.flatMap(({ node, ports }) =>
        ports.map((port) => {
          const ips = port.endpoints.reachable.map(({ ip }) => ip).join();
          const does = frontendsOf(port, node, localPolicy).map(([, goesTo]) => goesTo);
          const family = node.family === 'ipv4' ? 'IPv4' : 'IPv6';
          return [`${formatServicePortName(port.name)} ${family}`, { port, ips, does }] as const;
        }),
      ),
    );
  });
  const names = new Set(sides.flatMap((side) => [...side.keys()]));
  return [...names].sort().flatMap((name) => {
    const each = sides.map((side) => side.get(name));
    const told = new Set(each.map((found) => JSON.stringify([found?.does, found?.ips])));
    const [first] = each.flatMap((found) => found ?? []);
    if (told.size < 2 || !first) return [];
    const { namespace, service } = first.port.name;
    const does = each.map((found) => [...new Set(found?.does)].join('; ') || 'nothing');
    return [{ key: `${namespace}/${service}`, name, does }];
  });
}
