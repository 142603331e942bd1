/**
 * resolve, part: the endpoints of a port that traffic may use, by traffic policy, readiness and topology
 * (KEP-1669 terminating endpoints, KEP-2086 internal policy, KEP-2433 and KEP-4444 zone hints, KEP-3015 node hints).
 */
import type { Endpoint, EndpointSets } from './types.js';

export interface TrafficUse {
  /** At least one frontend sends traffic to endpoints on all nodes. */
  readonly cluster: boolean;
  /** At least one frontend sends traffic only to endpoints on this node. */
  readonly local: boolean;
}

export interface UsableEndpoints extends EndpointSets {
  /** Whether the Service has a usable endpoint anywhere in the cluster, even if hints or policies exclude it here. */
  readonly any: boolean;
}

/**
 * Splits `endpoints` into the sets that each policy uses, as CategorizeEndpoints of kube-proxy 1.35+: ready endpoints,
 * or if there are none, those that serve while they terminate; hints narrow only the cluster set.
 */
export function usableEndpoints(
  endpoints: readonly Endpoint[],
  use: TrafficUse,
  node: { readonly name: string; readonly zone: string },
): UsableEndpoints {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const draining = endpoints.filter((endpoint) => !endpoint.ready && endpoint.serving && endpoint.terminating);
  const nearby = preferred(ready, node);
  const cluster = use.cluster ? firstNonEmpty(nearby, draining) : [];
  const local = use.local ? firstNonEmpty(ready.filter(isLocal), draining.filter(isLocal)) : [];
  const any = ready.length + draining.length > 0;
  const onNode = endpoints.filter(isLocal);
  const serving = endpoints.filter((endpoint) => endpoint.ready || endpoint.serving);
  return { cluster, local, reachable: union(endpoints, cluster, local), onNode, serving, total: endpoints.length, any };
}

/** Neither set contains the other: a local endpoint that is draining or excluded by hints is only in the local set. */
function union(all: readonly Endpoint[], a: readonly Endpoint[], b: readonly Endpoint[]): readonly Endpoint[] {
  if (b.length === 0) return a;
  const either = new Set([...a, ...b]);
  return all.filter((endpoint) => either.has(endpoint));
}

/**
 * The ready endpoints that hints prefer: if all have node hints and some name this node, those; else the same by zone;
 * else all. Only hints decide here; spec.trafficDistribution makes the controller set them.
 */
function preferred(
  ready: readonly Endpoint[],
  node: { readonly name: string; readonly zone: string },
): readonly Endpoint[] {
  const rules = [
    { hints: (endpoint: Endpoint) => endpoint.nodeHints, here: node.name },
    { hints: (endpoint: Endpoint) => endpoint.zoneHints, here: node.zone },
  ];
  for (const { hints, here } of rules) {
    if (!ready.every((endpoint) => hints(endpoint).length > 0)) continue;
    const hinted = ready.filter((endpoint) => hints(endpoint).includes(here));
    if (hinted.length > 0) return hinted;
  }
  return ready;
}

function isLocal(endpoint: Endpoint): boolean {
  return endpoint.local;
}

function firstNonEmpty(first: readonly Endpoint[], second: readonly Endpoint[]): readonly Endpoint[] {
  return first.length > 0 ? first : second;
}
