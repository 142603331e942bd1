/**
 * clusters, part: which Services a federation has, and their shards: the Service of one name in each cluster.
 */
import type { Origin } from '../diag.js';
import { compare } from '../order.js';
import { keyOf, type Service, serviceOf } from '../read/types.js';
import type { Cluster } from './clusters.js';

/** The Service in one cluster. */
export interface Shard {
  readonly cluster: string;
  /** Of its load balancer; canonical. */
  readonly ips: readonly string[];
  readonly hostnames: readonly string[];
  /** It has an endpoint that is ready. */
  readonly ready: boolean;
  /** All that are ready are simulated. */
  readonly simulated: boolean;
  readonly origin: Origin;
}

export interface FederatedService {
  readonly namespace: string;
  readonly name: string;
  /** By the cluster's name; at least one. */
  readonly shards: readonly Shard[];
  readonly origin: Origin;
}

/** Services that are a load balancer's in some cluster (dns.go, wantsDNSRecords), sorted by namespace and name. */
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
    // Where a load balancer has an address its name is not needed.
    hostnames: ingress.flatMap(({ ip, hostname }) => (ip === undefined && hostname ? hostname.toLowerCase() : [])),
    ready: ready !== undefined,
    simulated: ready === 'simulated',
    origin: service.origin,
  };
}

type Readiness = 'ready' | 'simulated';

/** Of the Services that have a ready endpoint; what nobody says counts as ready. */
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
