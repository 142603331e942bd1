/**
 * explain: EndpointSlices that look as if they should be a Service's, and are not.
 */
import { nearest } from '../near.js';
import { type EndpointSlice, keyOf, SERVICE_NAME_LABEL, serviceOf } from '../read/types.js';
import type { About } from './about.js';

/** By a name that begins like the Service's, by a label that is nearly its name, or by addresses of its Pods. */
export function strays({ snapshot, service, key, selected }: About): readonly EndpointSlice[] {
  const { name, namespace } = service.metadata;
  const ips = new Set(selected.flatMap(({ status }) => status.podIPs));
  return snapshot.slices.filter((slice) => {
    if (slice.metadata.namespace !== namespace || serviceOf(slice) === key || slice.synthetic !== undefined)
      return false;
    const label = slice.metadata.labels[SERVICE_NAME_LABEL];
    const owner = slice.metadata.name;
    const isNamed = owner === name || (owner.startsWith(`${name}-`) && !owner.startsWith(`${label}-`));
    const isNear = label !== undefined && nearest(label, [name]) === name;
    const known = snapshot.services.some((other) => keyOf(other) === serviceOf(slice));
    return (
      isNamed || (isNear && !known) || slice.endpoints.some(({ addresses }) => addresses.some((ip) => ips.has(ip)))
    );
  });
}
