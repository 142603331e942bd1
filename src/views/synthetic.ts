/**
 * views: the synthetic parts of a Service, which are marked so that users do not mistake them for a cluster's data.
 */
import type { EndpointSlice, Service } from '../read/types.js';

/** A part of a Service that is not in the input. */
export type Part = 'clusterIP' | 'nodePort' | 'healthCheckNodePort' | 'slices' | 'endpoints';

/** The fields of `service` that vipc filled in. */
export function syntheticFields({ allocated }: Service): readonly Part[] {
  if (!allocated) return [];
  const parts: readonly (readonly [Part, boolean])[] = [
    ['clusterIP', allocated.clusterIPs.length > 0],
    ['nodePort', allocated.nodePorts.length > 0],
    ['healthCheckNodePort', allocated.healthCheckNodePort],
  ];
  return parts.flatMap(([part, made]) => (made ? [part] : []));
}

/**
 * All synthetic parts. `endpoints`: they are simulated Pods. `slices`: the endpoints are Pods or Endpoints of the
 * input, and only the EndpointSlices are synthetic.
 */
export function syntheticParts(service: Service, slices: readonly EndpointSlice[]): readonly Part[] {
  const filled = slices.filter(({ endpoints }) => endpoints.length > 0);
  const simulated = filled.some(
    ({ synthetic, endpoints }) => synthetic === 'simulated Pods' || endpoints.some((endpoint) => endpoint.simulated),
  );
  const made = filled.some(({ synthetic }) => synthetic !== undefined);
  return [...syntheticFields(service), ...(simulated ? ['endpoints' as const] : made ? ['slices' as const] : [])];
}
