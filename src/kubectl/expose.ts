/**
 * kubectl: a workload, Pod or Service × the options of `kubectl expose` → the Service that kubectl would create. The rules
 * are those of kubectl 1.36 (pkg/cmd/expose, pkg/polymorphichelpers).
 */
import { compare } from '../order.js';
import type { ContainerPort, Pod, Protocol, Service, Workload } from '../read/types.js';

type Labels = Readonly<Record<string, string>>;

/** What a Service is made from. */
export type Exposed =
  | { readonly kind: 'Service'; readonly object: Service }
  | { readonly kind: 'Pod'; readonly object: Pod }
  | { readonly kind: 'Deployment' | 'ReplicaSet' | 'ReplicationController'; readonly object: Workload };

/** What the user wants of the Service; what is absent comes from the object. */
export interface Wanted {
  readonly name?: string;
  /** Set when the user named it: kubectl leaves the namespace out otherwise. */
  readonly namespace?: string;
  readonly port?: readonly number[];
  readonly targetPort?: number | string;
  readonly protocol?: Protocol;
  readonly selector?: Labels;
  readonly labels?: Labels;
  readonly type?: string;
  readonly clusterIp?: string;
  readonly externalIp?: string;
  readonly loadBalancerIp?: string;
  readonly sessionAffinity?: string;
}

/** The Service, its fields in the order in which kubectl prints them, or why kubectl makes none. */
export function exposed(from: Exposed, wanted: Wanted): { readonly service: object } | { readonly problem: string } {
  const selector = wanted.selector ?? selectorOf(from);
  if (typeof selector === 'string') return { problem: selector };
  const ports = portsOf(from, wanted);
  if (ports.length === 0 && wanted.clusterIp !== 'None') return { problem: `${nameOf(from)} has no ports: say --port` };
  const labels = wanted.labels ?? from.object.metadata.labels;
  const { sessionAffinity, type } = wanted;
  return {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        ...(hasAny(labels) && { labels: inOrder(labels) }),
        name: wanted.name ?? from.object.metadata.name.slice(0, MAX_NAME),
        ...(wanted.namespace !== undefined && { namespace: wanted.namespace }),
      },
      spec: {
        ...(wanted.clusterIp !== undefined && { clusterIP: wanted.clusterIp }),
        ...(wanted.externalIp !== undefined && { externalIPs: [wanted.externalIp] }),
        ...(type === 'LoadBalancer' &&
          wanted.loadBalancerIp !== undefined && { loadBalancerIP: wanted.loadBalancerIp }),
        ...(ports.length > 0 && { ports }),
        selector: inOrder(selector),
        ...(sessionAffinity !== undefined && { sessionAffinity }),
        ...(type !== undefined && { type }),
      },
      status: { loadBalancer: {} },
    },
  };
}

/** A default name is cut to the length of a DNS label. */
const MAX_NAME = 63;

/** The labels by which the object finds its pods, or why a Service cannot use them. */
function selectorOf(from: Exposed): Labels | string {
  switch (from.kind) {
    case 'Service':
      return labelsOr(from.object.spec.selector ?? {}, `${nameOf(from)} has no selector: say --selector`);
    case 'Pod':
      return labelsOr(from.object.metadata.labels, `${nameOf(from)} has no labels to select it by: say --selector`);
    default: {
      const { matchLabels, matchExpressions } = from.object.selector;
      if (matchExpressions.length === 0) return matchLabels;
      const keys = matchExpressions.map(({ key, operator }) => `${key} ${operator}`).join(', ');
      return `${nameOf(from)} selects by matchExpressions (${keys}), which a Service cannot: say --selector`;
    }
  }
}

function labelsOr(labels: Labels, problem: string): Labels | string {
  return hasAny(labels) ? labels : problem;
}

interface ExposedPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly targetPort: number | string;
}

/** Each number once; one that is there with several protocols has a port for each of them, unless --protocol decides. */
function portsOf(from: Exposed, { port, protocol, targetPort }: Wanted): readonly ExposedPort[] {
  const there = portsThere(from);
  const numbers = port ?? [...new Set(there.map(({ port }) => port))];
  return numbers.flatMap((number, i) => {
    const name = `port-${i + 1}`;
    const common = { port: number, targetPort: targetPort ?? number };
    const found = there.filter(({ port }) => port === number).map(({ protocol }) => protocol);
    if (protocol === undefined && found.length > 1)
      return found.map((each) => portInOrder({ ...common, name: `${name}-${each.toLowerCase()}`, protocol: each }));
    const only = protocol ?? found[0] ?? 'TCP';
    return [portInOrder({ ...common, ...(numbers.length > 1 && { name }), protocol: only })];
  });
}

function portInOrder({ name, port, protocol, targetPort }: ExposedPort): ExposedPort {
  return { ...(name !== undefined && { name }), port, protocol, targetPort };
}

/** The ports of containers; kubectl does not look at init containers, so sidecars are left out. */
function portsThere(from: Exposed): readonly Pick<ContainerPort, 'port' | 'protocol'>[] {
  if (from.kind === 'Service') return from.object.spec.ports;
  const { ports } = from.kind === 'Pod' ? from.object.spec : from.object.template.spec;
  return ports.filter(({ sidecar }) => !sidecar);
}

function nameOf({ kind, object }: Exposed): string {
  return `${kind} ${object.metadata.namespace}/${object.metadata.name}`;
}

function hasAny(labels: Labels): boolean {
  return Object.keys(labels).length > 0;
}

function inOrder(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => compare(a, b)));
}
