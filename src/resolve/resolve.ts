/**
 * resolve: Snapshot × node × options → ServicePorts, sorted by namespace, Service, port and protocol. All Kubernetes
 * semantics of rules are decided here; it knows nothing about packet filters.
 */
import type { Options } from '../options.js';
import { sorted } from '../order.js';
import { type EndpointSlice, type ObjectMeta, type Service, type Snapshot, slicesByService } from '../read/types.js';
import { endpointsOf } from './endpoints.js';
import { addressesOf, frontendsOf, policiesOf, trafficUse } from './frontends.js';
import { byNameAndProtocol } from './order.js';
import { usableEndpoints } from './traffic.js';
import type { NodeContext, ServicePort } from './types.js';

/** kube-proxy ignores objects with these labels: another proxy serves them, or none (well_known_labels.go). */
const NOT_OURS = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

/** The ServicePorts of `snapshot` in the node's family. */
export function resolve(snapshot: Snapshot, node: NodeContext, options: Options): readonly ServicePort[] {
  const slices = proxiedSlices(snapshot);
  return sorted(snapshot.services.filter(isOurs)).flatMap((service) => {
    const { namespace, name } = service.metadata;
    const its = slices.get(`${namespace}/${name}`) ?? [];
    return resolveProxied(service, its, node, options);
  });
}

/** The slices that kube-proxy watches, by Service. */
function proxiedSlices(snapshot: Snapshot): ReadonlyMap<string, readonly EndpointSlice[]> {
  return slicesByService(snapshot.slices.filter(isOurs));
}

/** The ServicePorts of one Service, whose slices are sorted by name. */
export function resolveService(
  service: Service,
  slices: readonly EndpointSlice[],
  node: NodeContext,
  options: Options,
): readonly ServicePort[] {
  return isOurs(service) ? resolveProxied(service, slices.filter(isOurs), node, options) : [];
}

/** The same for objects that kube-proxy serves. */
function resolveProxied(
  service: Service,
  slices: readonly EndpointSlice[],
  node: NodeContext,
  options: Options,
): readonly ServicePort[] {
  const addresses = addressesOf(service, node.family, options);
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
      ...healthCheckOf(service),
      origin: service.origin,
    };
  });
}

/** Whether kube-proxy serves the object. */
export function isOurs({ metadata }: { readonly metadata: ObjectMeta }): boolean {
  return NOT_OURS.every((label) => metadata.labels[label] === undefined);
}

function healthCheckOf(service: Service): Pick<ServicePort, 'healthCheckNodePort' | 'syntheticHealthCheck'> {
  const { type, healthCheckNodePort } = service.spec;
  if (type !== 'LoadBalancer' || policiesOf(service).external !== 'Local' || healthCheckNodePort === 0) return {};
  return { healthCheckNodePort, ...(service.allocated?.healthCheckNodePort ? { syntheticHealthCheck: true } : {}) };
}
