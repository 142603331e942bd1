/**
 * Podify: the inverse of the endpoint-slice controller: Pods, and Services that select them, from which a control plane
 * would make the EndpointSlices of a snapshot. It removes random hints that no Pods lead to.
 */
import {
  type EndpointSlice,
  keyOf,
  type Node,
  type Pod,
  type Service,
  type SliceEndpoint,
  type Snapshot,
  serviceOf,
  ZONE_LABEL,
} from '../../read/types.js';

export interface Podified {
  /** The snapshot with Pods, without slices. */
  readonly snapshot: Snapshot;
  /** The snapshot with slices, but without the hints that no Pods lead to. */
  readonly original: Snapshot;
  /** The removed hints, by Service. */
  readonly impossible: readonly string[];
}

/** The snapshot with Pods instead of slices. Endpoints on `nodeName`, which is compiled for, stay there. */
export function podify(snapshot: Snapshot, nodeName: string): Podified {
  const nodes = new Map(snapshot.nodes.map((node) => [node.metadata.name, node]));
  const pods: Pod[] = [];
  const impossible: string[] = [];
  const kept: EndpointSlice[] = [];
  const services = snapshot.services.map((service) => {
    const own = snapshot.slices.filter((slice) => serviceOf(slice) === keyOf(service) && slice.addressType !== 'FQDN');
    const why = impossibleHints(own, nodes, nodeName);
    for (const reason of why) impossible.push(`${keyOf(service)}: ${reason}`);
    const slices = why.length > 0 ? own.map(withoutHints) : own;
    kept.push(...slices);
    for (const slice of slices) {
      for (const [i, endpoint] of slice.endpoints.entries()) {
        pods.push(podOf(service, slice, i, endpoint, nodeFor(endpoint, nodes, nodeName)));
      }
    }
    return slices.length > 0 ? selecting(service, wishOf(slices)) : service;
  });
  return {
    snapshot: { ...snapshot, nodes: [...nodes.values()], services, pods, slices: [] },
    original: { ...snapshot, slices: kept },
    impossible,
  };
}

function withoutHints(slice: EndpointSlice): EndpointSlice {
  return { ...slice, endpoints: slice.endpoints.map(({ hints: _, ...endpoint }) => endpoint) };
}

function impossibleHints(
  slices: readonly EndpointSlice[],
  nodes: ReadonlyMap<string, Node>,
  compiledFor: string,
): readonly string[] {
  const ready = slices.flatMap(({ endpoints }) => endpoints).filter(isReady);
  const hinted = ready.filter(({ hints }) => hints?.forZones || hints?.forNodes);
  const here = nodes.get(compiledFor)?.metadata.labels[ZONE_LABEL];
  const astray = hinted.some(
    ({ nodeName, hints }) => nodeName === compiledFor && hints?.forZones?.some(({ name }) => name !== here),
  );
  return [
    ...(hinted.length > 0 && hinted.length < ready.length ? ['hints for some ready endpoints only'] : []),
    ...(hinted.some(({ hints }) => (hints?.forZones?.length ?? 0) > 1) ? ['a hint for several zones'] : []),
    ...(astray ? ['an endpoint that is not for the zone it is in'] : []),
  ];
}

/** The fields that a Service needs for its endpoints to be made as they are. */
interface Wish {
  readonly publishNotReadyAddresses: boolean;
  readonly trafficDistribution?: string;
}

function wishOf(slices: readonly EndpointSlice[]): Wish {
  const endpoints = slices.flatMap((slice) => slice.endpoints);
  const publishNotReadyAddresses = endpoints.some(
    ({ conditions }) => conditions.ready === true && (conditions.terminating === true || conditions.serving === false),
  );
  const hints = endpoints.filter(isReady).flatMap(({ hints }) => hints ?? []);
  const toNodes = hints.some(({ forNodes }) => forNodes);
  const distribution = hints.length === 0 ? {} : { trafficDistribution: toNodes ? 'PreferSameNode' : 'PreferSameZone' };
  return { publishNotReadyAddresses, ...distribution };
}

function isReady({ conditions }: SliceEndpoint): boolean {
  return conditions.ready ?? true;
}

/** Target ports are names, because each pod may resolve a name to another number. */
function selecting(service: Service, wish: Wish): Service {
  const { annotations, ...metadata } = service.metadata;
  const { trafficDistribution: _, ...spec } = service.spec;
  return {
    ...service,
    metadata: { ...metadata, annotations: {} },
    spec: {
      ...spec,
      ...wish,
      selector: { service: service.metadata.name },
      ports: spec.ports.map((port, i) => ({ ...port, targetPort: `port-${i}` })),
    },
  };
}

/** The endpoint's node; for an endpoint without a node another one, in the zone of its hint. */
function nodeFor({ nodeName, hints }: SliceEndpoint, nodes: Map<string, Node>, compiledFor: string): string {
  const hinted = hints?.forNodes?.[0]?.name;
  const zone = hints?.forZones?.[0]?.name;
  const known = nodeName === undefined ? undefined : nodes.get(nodeName);
  const isHere = nodeName !== undefined && nodeName === compiledFor;
  if (known && (isHere || zone === undefined || known.metadata.labels[ZONE_LABEL] === zone)) return known.metadata.name;
  const name = hinted ?? (isHere ? nodeName : `elsewhere${zone === undefined ? '' : `-${zone}`}`);
  if (!nodes.has(name)) nodes.set(name, makeNode(name, zone));
  return name;
}

function makeNode(name: string, zone: string | undefined): Node {
  return {
    metadata: { name, namespace: '', labels: zone === undefined ? {} : { [ZONE_LABEL]: zone }, annotations: {} },
    podCIDRs: [],
    addresses: [],
    leaving: false,
    milliCPU: 0,
    ready: true,
    unschedulable: false,
    taints: [],
    origin: ORIGIN,
  };
}

const ORIGIN = { source: { name: 'podify', text: '' }, document: 0, base: [], path: [] };

function podOf(service: Service, slice: EndpointSlice, i: number, endpoint: SliceEndpoint, nodeName: string): Pod {
  const { addresses, conditions } = endpoint;
  const { terminating = false } = conditions;
  const ports = service.spec.ports.flatMap(({ name, protocol }, number) => {
    const found = slice.ports.find((port) => port.name === name && port.protocol === protocol)?.port;
    return found === undefined ? [] : [{ name: `port-${number}`, protocol, port: found }];
  });
  return {
    metadata: {
      name: `${slice.metadata.name}-${i}`,
      namespace: service.metadata.namespace,
      labels: { service: service.metadata.name },
      annotations: {},
    },
    spec: { nodeName, hostNetwork: false, ports, nodeSelector: {}, tolerations: [] },
    status: {
      phase: 'Running',
      ready: (terminating ? conditions.serving : conditions.ready) ?? true,
      podIPs: addresses.slice(0, 1),
    },
    terminating,
    origin: ORIGIN,
  };
}
