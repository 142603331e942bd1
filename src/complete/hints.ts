/**
 * complete, part: the zone and node hints that the endpoint-slice controller sets in the slices of one Service and
 * address family.
 */
import type { EndpointHints, EndpointSlice, Node, Service, SliceEndpoint } from '../read/types.js';
import { hintsByCPU } from './topology.js';

export interface Hinted {
  readonly slices: readonly EndpointSlice[];
  /** Why there are no hints although the Service asks for them. */
  readonly reason?: string;
}

/** topology-mode Auto overrides trafficDistribution; of the annotation's two names, the deprecated one wins. */
const TOPOLOGY_ANNOTATIONS = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode'];

/** `slices` with the hints that `service` asks for; `nodes` determine each zone's share of the cluster. */
export function addHints(service: Service, slices: readonly EndpointSlice[], nodes: readonly Node[]): Hinted {
  const { annotations } = service.metadata;
  const mode = TOPOLOGY_ANNOTATIONS.map((name) => annotations[name]).find((value) => value !== undefined);
  if (mode === 'Auto' || mode === 'auto') {
    const hints = hintsByCPU(slices.flatMap(({ endpoints }) => endpoints).filter(isReady), nodes);
    return 'reason' in hints
      ? { slices, reason: hints.reason }
      : { slices: withHints(slices, (each) => hints.of(each)) };
  }
  const hint = BY_DISTRIBUTION[service.spec.trafficDistribution ?? ''];
  return { slices: hint ? withHints(slices, hint) : slices };
}

type Hint = (endpoint: SliceEndpoint) => EndpointHints | undefined;

/** KEP-4444, KEP-3015 (k8s.io/endpointslice/trafficdist). */
const BY_DISTRIBUTION: Readonly<Record<string, Hint>> = {
  PreferClose: sameZone,
  PreferSameZone: sameZone,
  PreferSameNode: ({ zone, nodeName }) =>
    zone || nodeName
      ? { ...(zone && { forZones: [{ name: zone }] }), ...(nodeName && { forNodes: [{ name: nodeName }] }) }
      : undefined,
};

function sameZone({ zone }: SliceEndpoint): EndpointHints | undefined {
  return zone ? { forZones: [{ name: zone }] } : undefined;
}

function withHints(slices: readonly EndpointSlice[], hint: Hint): readonly EndpointSlice[] {
  return slices.map((slice) => ({
    ...slice,
    endpoints: slice.endpoints.map((endpoint) => {
      const hints = isReady(endpoint) ? hint(endpoint) : undefined;
      return hints ? { ...endpoint, hints } : endpoint;
    }),
  }));
}

/** Only ready endpoints get hints. */
function isReady({ conditions }: SliceEndpoint): boolean {
  return conditions.ready === true;
}
