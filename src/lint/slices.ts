/**
 * lint, part: how many endpoints are in the EndpointSlices of a Service.
 */
import type { EndpointSlice } from '../read/types.js';

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
