/**
 * clusters, part: the EndpointSlices of a Service of the clusterset. In: an export with its cluster's own slices. Out:
 * slices for the importing cluster, in the form of KEP-1645 (Using EndpointSlice objects to track endpoints).
 */
import type { Diagnostic, Origin } from '../diag.js';
import { compare } from '../order.js';
import { CLUSTERSET_SERVICE_LABEL, type EndpointPort, type EndpointSlice, type SliceEndpoint } from '../read/types.js';
import type { Cluster } from './clusters.js';
import type { Export } from './exports.js';
import { type ClustersetPort, exposing } from './ports.js';

/** The label of a slice that names the cluster of its endpoints. */
export const SOURCE_CLUSTER_LABEL = 'multicluster.kubernetes.io/source-cluster';

/** The fields of the merged Service that its slices depend on. */
interface Merged {
  readonly ports: readonly ClustersetPort[];
  readonly type: 'ClusterSetIP' | 'Headless';
  readonly trafficDistribution: string | undefined;
}

/** The slices that one export gives to `importer`, sorted by name. */
export function slicesFrom(from: Export, merged: Merged, importer: Cluster): readonly EndpointSlice[] {
  const { cluster, service, slices } = from;
  const here = cluster.name === importer.name;
  // Hints follow this Service's trafficDistribution; another export's may have won.
  const hinted = here && service.spec.trafficDistribution === merged.trafficDistribution;
  return slices
    .filter(({ addressType }) => addressType !== 'FQDN')
    .map(
      (slice): EndpointSlice => ({
        ...slice,
        metadata: {
          name: `${cluster.name}-${slice.metadata.name}`,
          namespace: slice.metadata.namespace,
          labels: { [CLUSTERSET_SERVICE_LABEL]: service.metadata.name, [SOURCE_CLUSTER_LABEL]: cluster.name },
          annotations: {},
        },
        endpoints: here ? slice.endpoints.map((each) => own(each, hinted)) : slice.endpoints.map(foreign(cluster)),
        ports: portsOf(slice, from, merged),
        ...madeOf(slice, here),
      }),
    )
    .filter(({ ports }) => ports.length > 0 || merged.type === 'Headless')
    .sort((a, b) => compare(a.metadata.name, b.metadata.name));
}

/** A copy of an own slice keeps its mark; one of another cluster is marked so, unless its pods are simulated. */
function madeOf({ synthetic }: EndpointSlice, here: boolean): Pick<EndpointSlice, 'synthetic'> {
  if (synthetic === 'simulated Pods') return { synthetic };
  return here ? (synthetic && { synthetic }) || {} : { synthetic: 'other clusters' };
}

/** The slice's ports, renamed as in the merged Service. */
function portsOf({ ports }: EndpointSlice, { service }: Export, merged: Merged): readonly EndpointPort[] {
  return merged.ports.flatMap((port) => {
    const exposed = exposing(service, port);
    return ports
      .filter(({ name, protocol }) => name === exposed?.name && protocol === exposed.protocol)
      .map((listed) => ({ ...listed, name: port.name }));
  });
}

function own({ hints, ...endpoint }: SliceEndpoint, hinted: boolean): SliceEndpoint {
  return hinted && hints ? { ...endpoint, hints } : endpoint;
}

/**
 * An endpoint of another cluster. The prefix makes its nodeName differ from all nodes of this cluster, so that policy
 * Local never selects it. Zone and hints are removed: they are about clients in its own cluster. kube-proxy ignores
 * hints unless all endpoints have them, so traffic goes to the endpoints of all clusters.
 */
function foreign({ name }: Cluster): (endpoint: SliceEndpoint) => SliceEndpoint {
  return ({ zone: _zone, hints: _hints, pod: _pod, nodeName, ...endpoint }) =>
    nodeName === undefined ? endpoint : { ...endpoint, nodeName: `${name}/${nodeName}` };
}

/** A warning when two clusters have an endpoint of one address: the API needs a flat network, so one is unreachable. */
export function overlapsOf(slices: readonly EndpointSlice[], origin: Origin): readonly Diagnostic[] {
  const seen = new Map<string, EndpointSlice>();
  for (const slice of slices) {
    const cluster = slice.metadata.labels[SOURCE_CLUSTER_LABEL];
    for (const { addresses } of slice.endpoints) {
      const [ip = ''] = addresses;
      const before = seen.get(ip);
      if (!before) seen.set(ip, slice);
      else if (before.metadata.labels[SOURCE_CLUSTER_LABEL] !== cluster) {
        const other = before.metadata.labels[SOURCE_CLUSTER_LABEL];
        const message = `${ip} is an endpoint in ${other} and in ${cluster}: their pod networks overlap, so only one can be reached`;
        const related = { message: `the one in ${cluster} is here`, origin: slice.origin };
        return [{ code: 'mcs-overlap', severity: 'warning', message, origin, related }];
      }
    }
  }
  return [];
}
