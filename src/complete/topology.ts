/**
 * complete, part: topology-mode Auto. Endpoints serve their own zone; when a zone has more endpoints than its share of
 * the cluster's CPUs, some serve another zone. There are no hints at all when an endpoint would be overloaded
 * (KEP-2433; k8s.io/endpointslice/topologycache).
 */
import { CONTROL_PLANE_LABELS, type EndpointHints, type Node, type SliceEndpoint, ZONE_LABEL } from '../read/types.js';

/** How far an endpoint may exceed its share. */
const OVERLOAD = 0.2;

/** The hint of each endpoint, or why there are none. */
export type HintsByCPU =
  | { readonly of: (endpoint: SliceEndpoint) => EndpointHints | undefined }
  | { readonly reason: string };

/** Hints for `endpoints`: all ready endpoints of a Service in one address family. */
export function hintsByCPU(endpoints: readonly SliceEndpoint[], nodes: readonly Node[]): HintsByCPU {
  const shares = sharesByZone(nodes);
  if (!shares) return { reason: 'no hints, as not every Node has a zone and CPUs, in two zones or more' };
  if (shares.size > endpoints.length) {
    return { reason: `no hints, as there are fewer ready endpoints (${endpoints.length}) than zones (${shares.size})` };
  }
  const desired = desiredByZone(shares, endpoints.length);
  if (!desired) return { reason: 'no hints, as endpoints of some zone would get over 20% more than their share' };
  if (endpoints.some(({ zone }) => !zone)) return { reason: 'no hints, as an endpoint is in no zone' };
  const zoneOf = redistribute(endpoints, desired);
  return {
    of: (endpoint) => {
      const zone = zoneOf.get(endpoint);
      return zone === undefined ? undefined : { forZones: [{ name: zone }] };
    },
  };
}

/** Each zone's share of all CPUs, by name; undefined when a Node has no zone or CPUs, or with fewer than two zones. */
function sharesByZone(nodes: readonly Node[]): ReadonlyMap<string, number> | undefined {
  const counted = nodes.filter(
    ({ metadata, ready }) => ready && CONTROL_PLANE_LABELS.every((label) => !(label in metadata.labels)),
  );
  const cpus = new Map<string, number>();
  for (const { metadata, milliCPU } of counted) {
    const zone = metadata.labels[ZONE_LABEL];
    if (!zone || milliCPU === 0) return undefined;
    cpus.set(zone, (cpus.get(zone) ?? 0) + milliCPU);
  }
  const total = [...cpus.values()].reduce((sum, each) => sum + each, 0);
  if (cpus.size < 2) return undefined;
  return new Map([...cpus].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, each]) => [zone, each / total]));
}

/** The number of endpoints that each zone should have; undefined when there are too few endpoints. */
function desiredByZone(shares: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> | undefined {
  let minimums = 0;
  const desired = new Map<string, number>();
  for (const [zone, share] of shares) {
    const minimum = Math.ceil(share * count * (1 / (1 + OVERLOAD)));
    minimums += minimum;
    desired.set(zone, Math.max(share * count, minimum));
  }
  return minimums > count ? undefined : desired;
}

/** The zone that each endpoint serves: the first endpoints of a zone with too many go to zones with too few. */
function redistribute(
  endpoints: readonly SliceEndpoint[],
  desired: ReadonlyMap<string, number>,
): ReadonlyMap<SliceEndpoint, string> {
  const own = new Map<string, number>();
  for (const { zone = '' } of endpoints) own.set(zone, (own.get(zone) ?? 0) + 1);
  const difference = [...desired].map(([zone, wanted]) => [zone, (own.get(zone) ?? 0) - wanted] as const);
  const over = new Map(difference.filter(([, more]) => more > 0));
  const under = new Map(difference.filter(([, more]) => more < 0).map(([zone, more]) => [zone, -more]));
  const { giving, receiving } = moves(over, under);
  const zoneOf = new Map<SliceEndpoint, string>();
  for (const endpoint of endpoints) {
    const { zone = '' } = endpoint;
    const to = (giving.get(zone) ?? 0) > 0 ? [...receiving].find(([, wanted]) => wanted > 0)?.[0] : undefined;
    zoneOf.set(endpoint, to ?? zone);
    if (to === undefined) continue;
    giving.set(zone, (giving.get(zone) ?? 0) - 1);
    receiving.set(to, (receiving.get(to) ?? 0) - 1);
  }
  return zoneOf;
}

/** The number of endpoints that each zone gives and receives, one at a time, from the zone with the most to spare. */
function moves(over: Map<string, number>, under: Map<string, number>): Moves {
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, spare] = most(over);
    const [to, lacking] = most(under);
    if ((spare < 1 && lacking < 1) || spare < 0.5 || lacking < 0.5) return { giving, receiving };
    giving.set(from, (giving.get(from) ?? 0) + 1);
    receiving.set(to, (receiving.get(to) ?? 0) + 1);
    over.set(from, spare - 1);
    under.set(to, lacking - 1);
  }
}

interface Moves {
  readonly giving: Map<string, number>;
  readonly receiving: Map<string, number>;
}

/** The zone with the greatest number. */
function most(zones: ReadonlyMap<string, number>): readonly [string, number] {
  let found: readonly [string, number] = ['', 0];
  for (const each of zones) if (each[1] > found[1]) found = each;
  return found;
}
