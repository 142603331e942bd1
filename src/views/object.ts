/**
 * views: a Service or EndpointSlice of the snapshot → the API's object, as `kubectl get -o yaml` prints it. Fields that
 * vipc does not read are missing; an annotation lists the synthetic parts.
 */
import {
  type EndpointSlice,
  type Service,
  type ServicePortSpec,
  type SliceEndpoint,
  SYNTHETIC_ANNOTATION,
} from '../read/types.js';
import { syntheticFields } from './synthetic.js';

/** The object, its fields in order. */
export function apiObject(service: Service): object {
  const { metadata, created } = service;
  return inOrder({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      annotations: annotationsOf(service),
      creationTimestamp: created,
      labels: metadata.labels,
      name: metadata.name,
      namespace: metadata.namespace,
    },
    spec: specOf(service),
    status: { loadBalancer: statusOf(service) },
  }) as object;
}

/** A v1 List of objects. */
export function listOf(items: readonly object[]): object {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function annotationsOf(service: Service): Readonly<Record<string, string>> {
  const { annotations } = service.metadata;
  const made = syntheticFields(service);
  if (made.length === 0) return annotations;
  // Keep the parts that were synthetic when the input was printed.
  const before = (annotations[SYNTHETIC_ANNOTATION] ?? '').split(' ').filter((part) => part !== '');
  return { ...annotations, [SYNTHETIC_ANNOTATION]: [...new Set([...before, ...made])].join(' ') };
}

/** spec with the defaults that the API server stores where they apply (SetDefaults_Service). */
function specOf({ spec }: Service): object {
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs.length > 0;
  const { clusterIPs, sessionAffinity, affinityTimeoutSeconds } = spec;
  const isAlias = spec.type === 'ExternalName';
  return {
    allocateLoadBalancerNodePorts: spec.type === 'LoadBalancer' ? spec.allocateLoadBalancerNodePorts : undefined,
    clusterIP: clusterIPs[0],
    clusterIPs: clusterIPs,
    externalIPs: spec.externalIPs,
    externalName: spec.externalName || undefined,
    externalTrafficPolicy: external ? spec.externalTrafficPolicy : undefined,
    healthCheckNodePort: spec.healthCheckNodePort || undefined,
    internalTrafficPolicy: isAlias ? undefined : spec.internalTrafficPolicy,
    ipFamilies: spec.ipFamilies,
    ipFamilyPolicy: spec.ipFamilyPolicy,
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges,
    ports: spec.ports.map(portOf),
    publishNotReadyAddresses: spec.publishNotReadyAddresses || undefined,
    selector: spec.selector,
    sessionAffinity,
    sessionAffinityConfig:
      sessionAffinity === 'ClientIP' ? { clientIP: { timeoutSeconds: affinityTimeoutSeconds } } : undefined,
    trafficDistribution: spec.trafficDistribution,
    type: spec.type,
  };
}

function portOf({ name, protocol, port, nodePort, targetPort }: ServicePortSpec): object {
  return { name: name || undefined, nodePort: nodePort || undefined, port, protocol, targetPort };
}

function statusOf({ status }: Service): object {
  return {
    ingress: status.loadBalancer.ingress.map(({ ip, hostname, ipMode }) => ({
      hostname,
      ip,
      ipMode: ip === undefined ? undefined : ipMode,
    })),
  };
}

/** An EndpointSlice of discovery.k8s.io/v1; an annotation names what it was derived from. */
export function sliceObject({ metadata, addressType, endpoints, ports, synthetic }: EndpointSlice): object {
  const annotations = { ...metadata.annotations, ...(synthetic && { [SYNTHETIC_ANNOTATION]: synthetic }) };
  const { name, namespace, labels } = metadata;
  return inOrder({
    addressType,
    apiVersion: 'discovery.k8s.io/v1',
    endpoints: endpoints.map((endpoint) => endpointObject(endpoint, namespace)),
    kind: 'EndpointSlice',
    metadata: { annotations, labels, name, namespace },
    ports,
  }) as object;
}

function endpointObject({ pod, simulated: _, ...endpoint }: SliceEndpoint, namespace: string): object {
  return { ...endpoint, targetRef: pod === undefined ? undefined : { kind: 'Pod', name: pod, namespace } };
}

/** Fields sorted by name, without absent and empty ones. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined && !isEmpty(field))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => [name, inOrder(field)]);
  return Object.fromEntries(fields);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
