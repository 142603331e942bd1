/**
 * resolve, part: which of a port's endpoints traffic may use, by traffic policy, readiness and topology
 * (KEP-1669 terminating endpoints, KEP-2086 internal policy, KEP-2433 and KEP-4444 zone hints, KEP-3015 node hints).
 */
import type { Endpoint, EndpointSets } from './types.js';

export interface TrafficUse {
  /** Some frontend's traffic goes to endpoints anywhere. */
  readonly cluster: boolean;
  /** Some frontend's traffic goes to endpoints on this node only. */
  readonly local: boolean;
}

export interface UsableEndpoints extends EndpointSets {
  /** Whether the Service has a usable endpoint anywhere in the cluster, reachable from here or not. */
  readonly any: boolean;
}

/**
 * Splits `endpoints` into the sets that traffic of each policy uses, as kube-proxy 1.35+'s CategorizeEndpoints does:
 * ready endpoints, or where there are none those that serve while they terminate; hints narrow the cluster set only.
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

/** Draining or hinted-away endpoints of this node can be in the local set only, so neither set contains the other. */
function union(all: readonly Endpoint[], a: readonly Endpoint[], b: readonly Endpoint[]): readonly Endpoint[] {
  if (b.length === 0) return a;
  const either = new Set([...a, ...b]);
  return all.filter((endpoint) => either.has(endpoint));
}

/**
 * The ready endpoints that the hints prefer: those hinted for this node when every one has node hints and one is for
 * this node, else the same by zone, else all. Hints alone decide; spec.trafficDistribution is only what produced them.
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
