/**
 * resolve, part: EndpointSlices → the endpoints of each port of a Service, merged across slices.
 */
import { type Family, joinHostPort } from '../ip.js';
import { compare } from '../order.js';
import type { EndpointSlice, Protocol, SliceEndpoint, SliceSource } from '../read/types.js';
import type { Endpoint } from './types.js';

/**
 * All endpoints that `slices` list for a port, usable or not, sorted by `ip:port` as a string.
 *
 * Ports match by name and protocol. When two slices list the same `ip:port`, the first wins unless a later one is
 * local: an endpoint that moves between slices is in both for a while (k/k pkg/proxy EndpointSliceCache).
 */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  port: { readonly name: string; readonly protocol: Protocol },
  family: Family,
  nodeName: string,
): readonly Endpoint[] {
  const found: { readonly key: string; readonly endpoint: Endpoint }[] = [];
  for (const slice of slices) {
    if (slice.addressType.toLowerCase() !== family) continue;
    for (const { name, protocol, port: number } of slice.ports) {
      if (name !== port.name || protocol !== port.protocol || number === undefined) continue;
      for (const listed of slice.endpoints) {
        const endpoint = toEndpoint(listed, number, nodeName, slice.synthetic);
        found.push({ key: joinHostPort(endpoint.ip, endpoint.port), endpoint });
      }
    }
  }
  // Those of one address and port stay in their order.
  found.sort((a, b) => compare(a.key, b.key));
  const endpoints: Endpoint[] = [];
  for (const [i, { key, endpoint }] of found.entries()) {
    if (found[i - 1]?.key !== key) endpoints.push(endpoint);
    else if (endpoint.local) endpoints[endpoints.length - 1] = endpoint;
  }
  return endpoints;
}

const NO_HINTS: readonly string[] = [];

/** Unset conditions mean ready, serving and not terminating; only the first address counts (KEP-752). */
function toEndpoint(listed: SliceEndpoint, port: number, node: string, source: SliceSource | undefined): Endpoint {
  const { addresses, conditions, nodeName, hints } = listed;
  const synthetic = source === 'simulated Pods' && !listed.simulated ? 'Pods' : source;
  return {
    ip: addresses[0] ?? '',
    port,
    local: nodeName !== undefined && nodeName !== '' && nodeName === node,
    ready: conditions.ready ?? true,
    serving: conditions.serving ?? true,
    terminating: conditions.terminating ?? false,
    nodeName: nodeName ?? '',
    zoneHints: hints?.forZones?.map(({ name }) => name) ?? NO_HINTS,
    nodeHints: hints?.forNodes?.map(({ name }) => name) ?? NO_HINTS,
    ...(synthetic && { synthetic }),
  };
}
