/**
 * lint, rule: traffic policy Local when nodes have no endpoint: such a node drops the packets (KEP-2086 for
 * internalTrafficPolicy). Health checks keep load balancers away from such nodes, but not clients of node ports.
 */
import type { Diagnostic } from '../../diag.js';
import { groupedBy, sorted } from '../../order.js';
import {
  type EndpointSlice,
  type IPFamily,
  ipFamilyOf,
  keyOf,
  type Node,
  type Service,
  type Snapshot,
  slicesByService,
} from '../../read/types.js';
import type { Context, Rule } from '../rule.js';
import { isExternal, isVirtual, servedFamilies, someOf, usableEndpoints, vipsOf } from '../vips.js';

function check({ services, slices, nodes }: Snapshot, { node }: Context): readonly Diagnostic[] {
  const open = node ? [node.name] : sorted(nodes.filter(isOpen)).map(({ metadata }) => metadata.name);
  // With synthetic Nodes or simulated Pods, the placement of endpoints is a guess.
  if (open.length === 0 || nodes.some(({ synthetic }) => synthetic)) return [];
  // Without Nodes in the input, every name that endpoints have is that of a Node.
  const all = nodes.length > 0 ? new Set(nodes.map(({ metadata }) => metadata.name)) : undefined;
  const own = slicesByService(slices);
  return sorted(services.filter(isVirtual)).flatMap((service) => {
    const its = own.get(keyOf(service)) ?? [];
    if (its.some(({ synthetic }) => synthetic === 'simulated Pods')) return [];
    return POLICIES.flatMap((policy) =>
      findings(service, policy, gaps(its, policy.families(service), open, all), node),
    );
  });
}

/** Whether the scheduler places Pods without tolerations there. */
function isOpen({ unschedulable, taints }: Node): boolean {
  return !unschedulable && !taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
}

interface Policy {
  readonly field: 'internalTrafficPolicy' | 'externalTrafficPolicy';
  readonly what: string;
  /** The families of the traffic that the policy applies to; none when it is not Local. */
  readonly families: (service: Service) => readonly IPFamily[];
  /** Whether health checks keep all such traffic away from nodes without endpoints. */
  readonly checked: (service: Service) => boolean;
}

const POLICIES: readonly Policy[] = [
  {
    field: 'internalTrafficPolicy',
    what: 'what Pods and nodes send',
    families: (service) => (service.spec.internalTrafficPolicy === 'Local' ? servedFamilies(service) : []),
    checked: () => false,
  },
  {
    field: 'externalTrafficPolicy',
    what: 'what comes from outside',
    families: (service) => (service.spec.externalTrafficPolicy === 'Local' ? externalFamilies(service) : []),
    checked: ({ spec }) => spec.type === 'LoadBalancer' && spec.externalIPs.length === 0,
  },
];

/** All families of the Service when it has node ports, else those of its external and load-balancer IPs. */
function externalFamilies(service: Service): readonly IPFamily[] {
  if (!isExternal(service)) return [];
  const vips = new Set(vipsOf(service).flatMap(({ kind, ip }) => (kind === 'ClusterIP' ? [] : ipFamilyOf(ip))));
  const everywhere = service.spec.ports.some(({ nodePort }) => nodePort !== 0);
  return servedFamilies(service).filter((family) => everywhere || vips.has(family));
}

/** The Nodes without a usable endpoint of a family, when the Service has such endpoints. */
interface Gap {
  readonly families: readonly IPFamily[];
  readonly without: readonly string[];
  readonly of: number;
  /** At least one Node has such an endpoint. */
  readonly anywhere: boolean;
}

/** Families with the same Nodes share one gap. */
function gaps(
  slices: readonly EndpointSlice[],
  families: readonly IPFamily[],
  open: readonly string[],
  all: ReadonlySet<string> | undefined,
): readonly Gap[] {
  const found = families.flatMap((family): readonly Gap[] => {
    const usable = usableEndpoints(slices.filter(({ addressType }) => addressType === family));
    const on = new Set(usable.flatMap(({ nodeName }) => nodeName ?? []));
    const without = open.filter((name) => !on.has(name));
    if (usable.length === 0 || without.length === 0) return [];
    return [{ families: [family], without, of: open.length, anywhere: [...on].some((name) => all?.has(name) ?? true) }];
  });
  const alike = groupedBy(found, ({ without, anywhere }) => JSON.stringify([without, anywhere]));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, families: [first, ...others].flatMap((gap) => gap.families) }] : [],
  );
}

function findings(
  service: Service,
  { field, what, checked }: Policy,
  found: readonly Gap[],
  node: Context['node'],
): readonly Diagnostic[] {
  const { origin } = service;
  const single = servedFamilies(service).length === 1;
  return found.flatMap(({ families, without, of, anywhere }): readonly Diagnostic[] => {
    if (anywhere && checked(service)) return [];
    const over = single || families.length > 1 ? '' : ` over ${families[0]}`;
    const where = node
      ? `Node ${node.name}`
      : `${without.length} of ${of} Node${of === 1 ? '' : 's'} (${someOf(without)})`;
    const message = anywhere
      ? `${field} Local drops ${what}${over} on ${where}: no ready endpoint is there`
      : `${field} Local drops ${what}${over} on every Node: no ready endpoint is on any`;
    const hint = anywhere
      ? `run its Pods on every Node, as a DaemonSet does, or use ${field} Cluster`
      : `endpoints need the nodeName of a Node to count as local; or use ${field} Cluster`;
    const place = { ...origin, path: ['spec', field] };
    return [{ code: 'local-without-endpoints', severity: 'warning', message, origin: place, hint }];
  });
}

export const localWithoutEndpoints: Rule = {
  code: 'local-without-endpoints',
  severity: 'warning',
  summary: 'A Service has a Local policy, and no ready endpoint on some Nodes or on any',
  why: 'A node drops what comes to a Local policy when it has no endpoint itself; in ipvs mode it takes endpoints of other nodes, as if there was no policy. A load balancer whose health checks keep traffic from such nodes is told only when no Node has one. Run its Pods on every node, or use policy Cluster.',
  check,
  failing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  internalTrafficPolicy: Local  # <- local-without-endpoints
  ports: [{ port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10], nodeName: node-a }]
ports: [{ port: 8080 }]
`,
  passing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  internalTrafficPolicy: Local
  ports: [{ port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.1.10], nodeName: node-a }
  - { addresses: [10.244.2.10], nodeName: node-b }
ports: [{ port: 8080 }]
`,
};
