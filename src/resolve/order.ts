/**
 * resolve, part: the order of ServicePorts: by namespace, Service, port and protocol.
 */
import { compare } from '../order.js';
import type { ServicePort } from './types.js';

/** The order of ServicePorts of one family. */
export function comparePorts({ name: a }: ServicePort, { name: b }: ServicePort): number {
  return (
    compare(a.namespace, b.namespace) ||
    compare(a.service, b.service) ||
    compare(a.port, b.port) ||
    compare(a.protocol, b.protocol)
  );
}

/** The order of the ports of one Service. */
export function byNameAndProtocol(
  a: { readonly name: string; readonly protocol: string },
  b: { readonly name: string; readonly protocol: string },
): number {
  return compare(a.name, b.name) || compare(a.protocol, b.protocol);
}
