/**
 * lint, part: how many endpoints are in the EndpointSlices of a Service.
 */
import type { EndpointSlice, Service } from '../read/types.js';

/** How many endpoints are ready, of how many. */
export interface Readiness {
  readonly ready: number;
  readonly total: number;
}

/**
 * Distinct addresses in `slices`, which are in the order of their names: of two that list one address the first counts, as
 * in kube-proxy. A Pod of two families counts once, as the family with most addresses is counted. An unset condition means
 * ready (KEP-752); names (FQDN) are addresses to nobody.
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
 * The same for each port of a Service: ready are those in slices that have the port, for traffic of it reaches no others;
 * one that no slice has, as a target port by a name that no Pod has, is served by none.
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
