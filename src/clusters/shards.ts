/**
 * clusters, part: the Services of a federation and their shards. A shard is the Service of that name in one cluster.
 */
import type { Origin } from '../diag.js';
import { compare } from '../order.js';
import { keyOf, type Service, serviceOf } from '../read/types.js';
import type { Cluster } from './clusters.js';

/** The Service in one cluster. */
export interface Shard {
  readonly cluster: string;
  /** The load balancer's addresses, canonical. */
  readonly ips: readonly string[];
  readonly hostnames: readonly string[];
  /** The Service has a ready endpoint. */
  readonly ready: boolean;
  /** All ready endpoints are simulated. */
  readonly simulated: boolean;
  readonly origin: Origin;
}

export interface FederatedService {
  readonly namespace: string;
  readonly name: string;
  /** Sorted by the cluster's name; at least one. */
  readonly shards: readonly Shard[];
  readonly origin: Origin;
}

/**
 * Services that have a load balancer in at least one cluster (dns.go, wantsDNSRecords), sorted by namespace and name.
 */
export function federatedServices(clusters: readonly Cluster[]): readonly FederatedService[] {
  const found = new Map<string, { readonly service: Service; readonly shard: Shard }[]>();
  for (const cluster of [...clusters].sort((a, b) => compare(a.name, b.name))) {
    const readiness = readinessOf(cluster);
    for (const service of cluster.snapshot.services) {
      const list = found.get(keyOf(service)) ?? [];
      list.push({ service, shard: shardOf(cluster.name, service, readiness.get(keyOf(service))) });
      found.set(keyOf(service), list);
    }
  }
  return [...found]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([, all]) => {
      const [federated] = all.filter(({ service }) => isFederated(service));
      if (!federated) return [];
      const { namespace, name } = federated.service.metadata;
      return { namespace, name, shards: all.map(({ shard }) => shard), origin: federated.service.origin };
    });
}

function isFederated({ spec, status }: Service): boolean {
  return spec.type === 'LoadBalancer' || status.loadBalancer.ingress.length > 0;
}

function shardOf(cluster: string, service: Service, ready: Readiness | undefined): Shard {
  const { ingress } = service.status.loadBalancer;
  return {
    cluster,
    ips: ingress.flatMap(({ ip }) => ip ?? []),
    // The hostname of a load balancer with an address is not needed.
    hostnames: ingress.flatMap(({ ip, hostname }) => (ip === undefined && hostname ? hostname.toLowerCase() : [])),
    ready: ready !== undefined,
    simulated: ready === 'simulated',
    origin: service.origin,
  };
}

type Readiness = 'ready' | 'simulated';

/** The Services with a ready endpoint; an unset condition counts as ready. */
function readinessOf({ snapshot }: Cluster): ReadonlyMap<string, Readiness> {
  const found = new Map<string, Readiness>();
  for (const slice of snapshot.slices) {
    const key = serviceOf(slice);
    if (key === undefined) continue;
    for (const { conditions, simulated } of slice.endpoints) {
      if (conditions.ready === false) continue;
      if (!simulated) found.set(key, 'ready');
      else if (!found.has(key)) found.set(key, 'simulated');
    }
  }
  return found;
}
