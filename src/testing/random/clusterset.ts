/**
 * Clusterset: small generated clusters, read like files of a user, so that diagnostics have a place in them.
 */
import { type Cluster, placeOf } from '../../clusters/clusters.js';
import { AS_IT_IS } from '../../complete/complete.js';
import { hasErrors } from '../../diag.js';
import { readCluster } from '../../front.js';

/** A Service, its export and its endpoints in one cluster. */
export interface SmallExport {
  readonly name: string;
  /** `false` when the Service is not exported. */
  readonly exported?: boolean;
  readonly created?: string;
  /** The spec of the ServiceExport. */
  readonly exportSpec?: object;
  /** More fields of the Service's spec. */
  readonly spec?: object;
  /** Name and number; the target port is the number plus 8000. */
  readonly ports?: readonly (readonly [string, number])[];
  /** Addresses, of either family. */
  readonly endpoints?: readonly string[];
  /** More fields of every endpoint. */
  readonly endpoint?: object;
  /** Addresses of the load balancer. */
  readonly ingress?: readonly object[];
}

/** A cluster with these Services in the namespace `shop`; throws when they have errors. */
export function smallClusterOf(
  name: string,
  services: readonly SmallExport[],
  { place, more = [] }: { readonly place?: Pick<Cluster, 'region' | 'zone'>; readonly more?: readonly object[] } = {},
): Cluster {
  const items = [
    ...services.flatMap((each, i) => objectsOf(each, i)),
    ...more,
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } },
  ];
  const source = { name: `${name}.json`, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1) };
  const { value: snapshot, diagnostics } = readCluster([source], { completion: AS_IT_IS });
  if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { name, ...(place ?? placeOf({ name }, snapshot.nodes).value), snapshot };
}

function objectsOf(service: SmallExport, number: number): readonly object[] {
  const { name, exported = true, created, exportSpec = {}, spec = {}, ingress = [] } = service;
  const { ports = [['http', 80]], endpoints = [], endpoint = {} } = service;
  const metadata = { name, namespace: 'shop' };
  const slice = (addressType: 'IPv4' | 'IPv6') => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      name: `${name}-${addressType.toLowerCase()}`,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType,
    ports: ports.map(([port, at]) => ({ name: port, port: 8000 + at })),
    endpoints: endpoints
      .filter((ip) => ip.includes(':') === (addressType === 'IPv6'))
      .map((ip) => ({ addresses: [ip], nodeName: 'node-a', ...endpoint })),
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: `10.96.0.${10 + number}`,
        ports: ports.map(([port, at]) => ({ name: port, port: at })),
        ...spec,
      },
      status: { loadBalancer: { ingress } },
    },
    slice('IPv4'),
    slice('IPv6'),
    ...(exported
      ? [
          {
            apiVersion: 'multicluster.x-k8s.io/v1alpha1',
            kind: 'ServiceExport',
            metadata: { ...metadata, ...(created === undefined ? {} : { creationTimestamp: created }) },
            spec: exportSpec,
          },
        ]
      : []),
  ];
}

/** The ServiceImport shop/web, with these fields in its spec. */
export function serviceImport(spec: object): object {
  return {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { type: 'ClusterSetIP', ports: [{ name: 'http', port: 80 }], ...spec },
  };
}
