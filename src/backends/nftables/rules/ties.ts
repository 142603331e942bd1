/**
 * lower, part: how ServicePorts depend on each other in layout `kube-proxy`.
 */
import type { ServicePort } from '../../../resolve/types.js';
import type { Ties } from '../../backend.js';
import { claimsOf } from '../../shared/conflicts.js';

export const KUBE_PROXY_TIES: Ties = {
  claims: claimsOf,
  // The ports of a Service share its address.
  needs: (ports) => ports.map((port) => [port, { own: addressesOf(port), always: [] }]),
};

/** A name for each address that a ServicePort has. */
export function addressesOf({ frontends }: ServicePort): readonly string[] {
  return frontends.flatMap(({ ip }) => (ip === undefined ? [] : [`at ${ip}`]));
}
