/**
 * lint, part: the number of endpoints in the EndpointSlices of a Service.
 */
import type { EndpointSlice, Service } from '../read/types.js';

/** The number of ready endpoints, and of all endpoints. */
export interface Readiness {
  readonly ready: number;
  readonly total: number;
}

/**
 * Counts the distinct addresses in `slices`, which must be sorted by name: if two slices list an address, the first
 * counts, as in kube-proxy. Only the family with the most addresses is counted, so a dual-stack Pod counts once. An
 * unset condition means ready (KEP-752); FQDN slices are ignored.
 */
export function readiness(slices: readonly EndpointSlice[]): Readiness {
  const families = (['IPv4', 'IPv6'] as const).map((family) => {
    const ready = new Map<string, boolean>();
    for (const { endpoints } of slices.filter(({ addressType }) => addressType === family)) {
      for (const { addresses, conditions } of endpoints) {
        const [address] = addresses;
        if (address !== undefined && !ready.has(address)) ready.set(address, conditions.ready ?? true);
      }
    }
    return { ready: [...ready.values()].filter((each) => each).length, total: ready.size };
  });
  return families.reduce((most, family) => (family.total > most.total ? family : most));
}

/**
 * The same for each port of a Service. Only endpoints of slices with the port count as ready, because its traffic
 * reaches no others; a port in no slice (such as a named target port that no Pod has) has no ready endpoint.
 */
export function portReadiness({ spec }: Service, slices: readonly EndpointSlice[]): readonly Readiness[] {
  const { total } = readiness(slices);
  return spec.ports.map(({ name, protocol }) => {
    const serving = slices.filter(({ ports }) =>
      ports.some((port) => port.name === name && port.protocol === protocol && port.port !== undefined),
    );
    return { ready: readiness(serving).ready, total };
  });
}
