/**
 * clusters, part: the EndpointSlices of a Service of the clusterset. In: an export, with its cluster's own slices. Out:
 * slices for the cluster that imports it, in the form of KEP-1645 (Using EndpointSlice objects to track endpoints).
 */
import type { Diagnostic, Origin } from '../diag.js';
import { compare } from '../order.js';
import { CLUSTERSET_SERVICE_LABEL, type EndpointPort, type EndpointSlice, type SliceEndpoint } from '../read/types.js';
import type { Cluster } from './clusters.js';
import type { Export } from './exports.js';
import { type ClustersetPort, exposing } from './ports.js';

/** On a slice: the cluster that its endpoints are in. */
export const SOURCE_CLUSTER_LABEL = 'multicluster.kubernetes.io/source-cluster';

/** What of the merged Service its slices depend on. */
interface Merged {
  readonly ports: readonly ClustersetPort[];
  readonly type: 'ClusterSetIP' | 'Headless';
  readonly trafficDistribution: string | undefined;
}

/** The slices that one export gives to `importer`, sorted by name. */
export function slicesFrom(from: Export, merged: Merged, importer: Cluster): readonly EndpointSlice[] {
  const { cluster, service, slices } = from;
  const here = cluster.name === importer.name;
  // Hints were made for what this Service says, not for what another export may say instead.
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

/** A copy of an own slice is as real as that; of another cluster's, simulated pods are the more important to know of. */
function madeOf({ synthetic }: EndpointSlice, here: boolean): Pick<EndpointSlice, 'synthetic'> {
  if (synthetic === 'simulated Pods') return { synthetic };
  return here ? (synthetic && { synthetic }) || {} : { synthetic: 'other clusters' };
}

/** The slice's ports, under the names that clients of the clusterset know them by. */
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
 * An endpoint of another cluster. Its node is none of ours, even if one of ours is called the same, so that policy Local
 * never counts it: with the cluster's name before it, it is nobody's name. Its zone and hints say who should use it in
 * its own cluster. Without hints on all endpoints kube-proxy heeds none, so traffic goes to those of all clusters.
 */
function foreign({ name }: Cluster): (endpoint: SliceEndpoint) => SliceEndpoint {
  return ({ zone: _zone, hints: _hints, pod: _pod, nodeName, ...endpoint }) =>
    nodeName === undefined ? endpoint : { ...endpoint, nodeName: `${name}/${nodeName}` };
}

/** A warning when an address is an endpoint in two clusters: the API needs a flat network, so one of them is unreachable. */
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
