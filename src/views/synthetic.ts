/**
 * views: what of a Service is made up, so that nobody takes it for what a cluster said.
 */
import type { EndpointSlice, Service } from '../read/types.js';

/** A part of a Service that is not in the input. */
export type Part = 'clusterIP' | 'nodePort' | 'healthCheckNodePort' | 'slices' | 'endpoints';

/** The annotation that marks them in objects: the fields, with blanks between. */
export const SYNTHETIC_ANNOTATION = 'vipc/synthetic';

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
 * All that is made up about it. `endpoints` are those of simulated Pods; `slices` say that the endpoints are of Pods or
 * Endpoints in the input, and only the EndpointSlices are made.
 */
export function syntheticParts(service: Service, slices: readonly EndpointSlice[]): readonly Part[] {
  const filled = slices.filter(({ endpoints }) => endpoints.length > 0);
  const simulated = filled.some(
    ({ synthetic, endpoints }) => synthetic === 'simulated Pods' || endpoints.some((endpoint) => endpoint.simulated),
  );
  const made = filled.some(({ synthetic }) => synthetic !== undefined);
  return [...syntheticFields(service), ...(simulated ? ['endpoints' as const] : made ? ['slices' as const] : [])];
}
