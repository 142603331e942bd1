/**
 * layout fast, part: which ServicePorts share the chains of the layout, and in which order their endpoints are numbered.
 *
 * The endpoints of an address are numbered, and each number has a map: `slot-0` has the first endpoint of every VIP.
 * So all ServicePorts of a VIP must have the same endpoints, and each of them one target port.
 */
import type { Endpoint, Frontend, ServicePort } from '../../../../resolve/types.js';
import { L4 } from '../../../shared/l4.js';
import { type Spaces, spaceOf } from './spaces.js';

/** The endpoints by number of each ServicePort that shares the chains. */
export type Shares = ReadonlyMap<ServicePort, readonly Endpoint[]>;

/**
 * Those of `ports` that share the chains. All others need chains of their own: those with session affinity, with many
 * endpoints, with
 * several target ports (a named port can differ from pod to pod), with local endpoints that policy Cluster does not
 * use, and those at a VIP where an earlier ServicePort has other endpoints.
 */
export function sharesOf(ports: readonly ServicePort[], spaces: Spaces): Shares {
  const shares = new Map<ServicePort, readonly Endpoint[]>();
  const taken = new Map<string, string>();
  for (const port of ports) {
    const endpoints = numbered(port);
    if (!endpoints) continue;
    const keys = port.frontends.filter(isServed).map((frontend) => {
      return spaceOf(frontend, spaces).keyOf(frontend, L4[port.name.protocol]);
    });
    const addresses = endpoints.map(({ ip }) => ip).join();
    if (keys.some((key) => (taken.get(key) ?? addresses) !== addresses)) continue;
    for (const key of keys) taken.set(key, addresses);
    shares.set(port, endpoints);
  }
  return shares;
}

/**
 * Each number needs a map, and nft reads the list of maps at every change: 1,000 of them cost more than the chains of
 * the few Services with so many endpoints.
 */
export const MOST_ENDPOINTS = 64;

/** Whether some traffic to it goes to an endpoint: under an empty Local policy that of the node and its pods does. */
export function isServed({ kind, whenEmpty }: Frontend): boolean {
  return whenEmpty === undefined || (whenEmpty === 'drop' && kind !== 'ClusterIP');
}

/**
 * The endpoints of `port` by number; undefined when it needs chains of its own. Those of policy Local come first, so
 * that the lowest numbers are picked from under policy Local, and all under policy Cluster.
 */
function numbered({ affinity, endpoints: { cluster, local } }: ServicePort): readonly Endpoint[] | undefined {
  if (affinity) return undefined;
  const first = new Set(local);
  const all = [...local, ...cluster.filter((endpoint) => !first.has(endpoint))];
  if (all.length > MOST_ENDPOINTS) return undefined;
  if (cluster.length > 0 && cluster.length < all.length) return undefined;
  if (all.some(({ port }) => port !== all[0]?.port)) return undefined;
  return new Set(all.map(({ ip }) => ip)).size === all.length ? all : undefined;
}
