/**
 * lint: slices whose ports match no port of their Service. kube-proxy matches ports by name and protocol, not by
 * number. In: the snapshot. Out: warnings with the port that was probably meant.
 */
import type { Diagnostic, Key } from '../diag.js';
import { nearest } from '../near.js';
import { groupedBy, sorted } from '../order.js';
import { type EndpointPort, type EndpointSlice, keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';

/** Warning `slice-ports`, at most one for each Service: for slices, and for Endpoints that are mirrored to slices. */
export function checkSlicePorts({ services, slices }: Snapshot): readonly Diagnostic[] {
  const byKey = new Map(services.map((service) => [keyOf(service), service]));
  const unmatched = slices.filter((slice) => {
    const service = byKey.get(serviceOf(slice) ?? '');
    return service && isUnmatched(service, slice);
  });
  return [...groupedBy(sorted(unmatched), serviceOf)].flatMap(([key, [first]]) => {
    const service = byKey.get(key);
    return service && first ? [warning(service, first)] : [];
  });
}

/** Slices that vipc derives from Pods are not checked: they have the ports of the Service. */
function isUnmatched({ spec }: Service, { endpoints, ports, synthetic }: EndpointSlice): boolean {
  if (synthetic !== undefined && synthetic !== 'Endpoints') return false;
  if (endpoints.length === 0 || ports.length === 0 || spec.ports.length === 0) return false;
  return !ports.some((port) => spec.ports.some((own) => own.name === port.name && own.protocol === port.protocol));
}

function warning({ spec, origin }: Service, slice: EndpointSlice): Diagnostic {
  const path: readonly Key[] = slice.synthetic === 'Endpoints' ? ['subsets'] : ['ports'];
  return {
    code: 'slice-ports',
    severity: 'warning',
    message: `${slice.origin.object} serves no port of ${origin.object}: it has ${listed(slice.ports)}, the Service ${listed(spec.ports)}`,
    origin: { ...slice.origin, path },
    related: { message: `the ports of ${origin.object}`, origin: { ...origin, path: ['spec', 'ports'] } },
    hint: hintFor(spec.ports, slice.ports),
  };
}

type Named = Pick<EndpointPort, 'name' | 'protocol'>;

function listed(ports: readonly Named[]): string {
  const shown = ports.slice(0, 3).map(({ name, protocol }) => `${name || '(no name)'}/${protocol}`);
  return `${shown.join(', ')}${ports.length > 3 ? ', …' : ''}`;
}

function hintFor(own: readonly Named[], theirs: readonly Named[]): string {
  const names = own.map(({ name }) => name).filter((name) => name !== '');
  for (const { name, protocol } of theirs) {
    const same = own.find((port) => port.name === name);
    if (same) return `the protocol must be ${same.protocol} as well, is ${protocol}`;
    const near = name === '' ? undefined : nearest(name, names);
    if (near !== undefined) return `did you mean ${near}?`;
  }
  return 'ports are matched by name and protocol, whatever their numbers';
}
