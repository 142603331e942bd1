/**
 * resolve: Snapshot × node × options → ServicePorts, sorted by namespace, Service, port and protocol. All Kubernetes
 * semantics of rules end here; no word of any packet filter begins.
 */
import type { Family } from '../ip.js';
import type { Options } from '../options.js';
import type { EndpointSlice, ObjectMeta, Service, Snapshot } from '../read/types.js';
import { compareCodePoints, endpointsOf, slicesByService } from './endpoints.js';
import { addressesOf, frontendsOf, policiesOf, trafficUse } from './frontends.js';
import { withMirroredEndpoints } from './mirror.js';
import { usableEndpoints } from './traffic.js';
import type { NodeContext, ServicePort } from './types.js';

/** Labels that take an object away from kube-proxy: another proxy serves it, or nobody should (well_known_labels.go). */
const NOT_OURS = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

/** The ServicePorts of `snapshot` in the node's family. */
export function resolve(snapshot: Snapshot, node: NodeContext, options: Options): readonly ServicePort[] {
  const slices = proxiedSlices(snapshot);
  return sortedServices(snapshot.services.filter(isOurs)).flatMap((service) => {
    const { namespace, name } = service.metadata;
    return resolveService(service, slices.get(`${namespace}/${name}`) ?? [], node, options);
  });
}

/** The slices that kube-proxy would watch, by Service. */
export function proxiedSlices(snapshot: Snapshot): ReadonlyMap<string, readonly EndpointSlice[]> {
  const { services, endpoints, slices } = snapshot;
  return slicesByService(withMirroredEndpoints(services, endpoints, slices).filter(isOurs));
}

/** The ServicePorts of one Service: what they are depends on it, its slices, the node and the options alone. */
export function resolveService(
  service: Service,
  slices: readonly EndpointSlice[],
  node: NodeContext,
  options: Options,
): readonly ServicePort[] {
  const addresses = addressesOf(service, node.family);
  if (!addresses) return [];
  const { namespace, name } = service.metadata;
  const { spec } = service;
  return [...spec.ports].sort(byNameAndProtocol).map((port) => {
    const listed = endpointsOf(slices, port, node.family, node.name);
    const usable = usableEndpoints(listed, trafficUse(service, port, addresses), node);
    const { any: _, ...endpoints } = usable;
    return {
      name: { namespace, service: name, port: port.name, protocol: port.protocol },
      family: node.family,
      frontends: frontendsOf(service, port, addresses, usable, node, options),
      ...(spec.sessionAffinity === 'ClientIP' ? { affinity: { timeoutSeconds: spec.affinityTimeoutSeconds } } : {}),
      endpoints,
      ...(needsHealthCheck(service) ? { healthCheckNodePort: spec.healthCheckNodePort } : {}),
      origin: service.origin,
    };
  });
}

/** Families in which some Service of the snapshot is proxied. */
export function familiesInUse(snapshot: Snapshot): ReadonlySet<Family> {
  const families = snapshot.services
    .filter(isOurs)
    .flatMap((service) => (['ipv4', 'ipv6'] as const).filter((family) => addressesOf(service, family)));
  return new Set(families);
}

function isOurs({ metadata }: { readonly metadata: ObjectMeta }): boolean {
  return NOT_OURS.every((label) => metadata.labels[label] === undefined);
}

function needsHealthCheck(service: Service): boolean {
  const { type, healthCheckNodePort } = service.spec;
  return type === 'LoadBalancer' && policiesOf(service).external === 'Local' && healthCheckNodePort !== 0;
}

function sortedServices(services: readonly Service[]): readonly Service[] {
  return [...services].sort(
    (a, b) =>
      compareCodePoints(a.metadata.namespace, b.metadata.namespace) ||
      compareCodePoints(a.metadata.name, b.metadata.name),
  );
}

function byNameAndProtocol(
  a: { readonly name: string; readonly protocol: string },
  b: { readonly name: string; readonly protocol: string },
): number {
  return compareCodePoints(a.name, b.name) || compareCodePoints(a.protocol, b.protocol);
}
