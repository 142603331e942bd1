/**
 * Ports: ServicePorts in order, by family and by Service.
 */
import type { Resolved } from '../backends/backend.js';
import { comparePorts } from '../resolve/order.js';
import type { ServicePort } from '../resolve/types.js';

/** What is known of a node in a family, beside the ServicePorts. */
export type Family = Omit<Resolved, 'ports'>;

/** `ports` sorted; those of different families in any order. */
export function inOrder(ports: Iterable<ServicePort>): readonly ServicePort[] {
  return [...ports].sort(comparePorts);
}

/** `ports` by family, each sorted. */
export function byFamily(families: readonly Family[], ports: Iterable<ServicePort>): readonly Resolved[] {
  const sorted = inOrder(ports);
  return families.map((family) => ({ ...family, ports: sorted.filter((port) => port.family === family.node.family) }));
}

/** The ServicePorts of each Service, by its name. */
export function byService(resolved: readonly Pick<Resolved, 'ports'>[]): Map<string, readonly ServicePort[]> {
  const found = new Map<string, ServicePort[]>();
  for (const port of portsIn(resolved)) {
    const service = serviceOf(port);
    const ports = found.get(service);
    if (ports) ports.push(port);
    else found.set(service, [port]);
  }
  return found;
}

/** All ServicePorts of all families. */
export function portsIn(resolved: readonly Pick<Resolved, 'ports'>[]): readonly ServicePort[] {
  return resolved.flatMap(({ ports }) => ports);
}

/** `default/web` */
function serviceOf({ name: { namespace, service } }: ServicePort): string {
  return `${namespace}/${service}`;
}
