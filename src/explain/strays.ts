/**
 * explain: EndpointSlices that were probably meant for a Service, but do not have its label.
 */
import { nearest } from '../near.js';
import { type EndpointSlice, hasSelector, keyOf, SERVICE_NAME_LABEL, serviceOf } from '../read/types.js';
import type { About } from './about.js';

/** Slices whose name begins with the Service name, whose label is similar to it, or that list addresses of its Pods. */
export function strays({ snapshot, service, key, selected }: About): readonly EndpointSlice[] {
  const { name, namespace } = service.metadata;
  const services = new Map(snapshot.services.map((other) => [keyOf(other), other]));
  const ips = new Set(selected.flatMap(({ status }) => status.podIPs));
  return snapshot.slices.filter((slice) => {
    if (slice.metadata.namespace !== namespace || serviceOf(slice) === key || slice.synthetic !== undefined)
      return false;
    // Slices of another Service with a selector are not strays: two Services may select the same Pods.
    const other = services.get(serviceOf(slice) ?? '');
    if (other && hasSelector(other)) return false;
    const label = slice.metadata.labels[SERVICE_NAME_LABEL];
    const owner = slice.metadata.name;
    const isNamed = owner === name || (owner.startsWith(`${name}-`) && !owner.startsWith(`${label}-`));
    return (
      isNamed ||
      (!other && label !== undefined && nearest(label, [name]) === name) ||
      slice.endpoints.some(({ addresses }) => addresses.some((ip) => ips.has(ip)))
    );
  });
}
