/**
 * complete, part of allocate: the missing node ports of Services and of their health checks, which share one range. No
 * two Services get the same number, whatever the protocol: the API server's allocator ignores protocols (k/k
 * pkg/registry/core/service/portallocator).
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { isHeadless, keyOf, type Service, type ServicePortSpec } from '../../read/types.js';
import { assign } from '../assign.js';
import type { PortRange } from '../completion.js';
import { nodePortRange } from './ranges.js';
import { byName, exhausted, firstBut, firstTwo, type Holder } from './words.js';

export interface GivenPort {
  readonly port: number;
  readonly why: string;
}

export interface GivenPorts {
  /** By index in spec.ports. */
  readonly ports: ReadonlyMap<number, GivenPort>;
  readonly healthCheck?: GivenPort;
}

/** The missing node ports of all Services. Error: `node-ports-exhausted`. */
export function missingNodePorts(
  services: readonly Service[],
  range: PortRange,
): Checked<ReadonlyMap<Service, GivenPorts>> {
  const holders = portHolders(services);
  const wants = services.flatMap((service) => wantsOf(service));
  const places = nodePortRange(range);
  const taken = new Set([...holders.keys()].map((port) => port - range.first));
  const asked = wants.flatMap(({ want }) => (typeof want === 'string' ? [want] : []));
  const assigned = assign(asked, taken, places);
  const portOf = (want: string | GivenPort): GivenPort | undefined => {
    const place = typeof want === 'string' ? assigned.places.get(want) : undefined;
    if (place === undefined) return typeof want === 'string' ? undefined : want;
    return { port: range.first + place, why: byName(place, places, `${range.first}-${range.last}`) };
  };

  const given = new Map<Service, { ports: Map<number, GivenPort>; healthCheck?: GivenPort }>();
  const unserved: Want[] = [];
  for (const each of wants) {
    const found = portOf(each.want);
    if (!found) {
      unserved.push(each);
      continue;
    }
    const own = given.get(each.service) ?? { ports: new Map<number, GivenPort>() };
    given.set(each.service, own);
    if (each.index === undefined) own.healthCheck = found;
    else own.ports.set(each.index, found);
  }
  const claimants = unserved.length > 0 ? firstTwo([...[...holders.values()].flat(), ...given.keys()]) : [];
  return { value: given, diagnostics: noneLeft(unserved, range, claimants) };
}

/** Whether a Service has node ports. */
export function hasNodePorts(service: Service): boolean {
  const { type, allocateLoadBalancerNodePorts } = service.spec;
  if (isHeadless(service)) return false;
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts);
}

/** Whether load balancers check nodes for endpoints of the Service on its own port (apiservice.NeedsHealthCheck). */
export function hasHealthCheck({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** A missing node port: the key by which one is assigned, or the port that a sibling port determines. */
interface Want {
  readonly service: Service;
  /** The index in spec.ports; undefined for the health check. */
  readonly index?: number;
  readonly want: string | GivenPort;
}

type PortHolders = ReadonlyMap<number, readonly Holder[]>;

function portHolders(services: readonly Service[]): PortHolders {
  const holders = new Map<number, Holder[]>();
  for (const service of services) {
    const { type, ports, healthCheckNodePort } = service.spec;
    if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
    for (const port of [...ports.map(({ nodePort }) => nodePort), healthCheckNodePort]) {
      if (port !== 0) holders.set(port, [...(holders.get(port) ?? []), service]);
    }
  }
  return holders;
}

function wantsOf(service: Service): readonly Want[] {
  const { ports, healthCheckNodePort } = service.spec;
  const wants: Want[] = [];
  if (hasNodePorts(service)) {
    for (const [index, port] of ports.entries()) {
      if (port.nodePort === 0) wants.push({ service, index, want: shared(service, port) ?? keyFor(service, port) });
    }
  }
  if (hasHealthCheck(service) && healthCheckNodePort === 0) {
    wants.push({ service, want: `${keyOf(service)} health check` });
  }
  return wants;
}

/**
 * The key is the port's name, because the API server keeps node ports by name when a Service is applied again
 * (patchAllocatedValues in k/k pkg/registry/core/service/storage); a single port may have no name. Ports of one number
 * share a node port, so they share a key: the first of their names.
 */
function keyFor(service: Service, { port }: ServicePortSpec): string {
  const alike = service.spec.ports.filter((other) => other.port === port && other.nodePort === 0);
  const [name = ''] = alike.map((other) => other.name).sort();
  return `${keyOf(service)}:${name}`;
}

/**
 * Ports of one number and different protocols have the same node port (initNodePorts in k/k
 * pkg/registry/core/service/storage/alloc.go), unless another port already uses it for this protocol.
 */
function shared(service: Service, { port, protocol }: ServicePortSpec): GivenPort | undefined {
  const sibling = service.spec.ports.find((other) => other.port === port && other.nodePort !== 0);
  if (!sibling) return undefined;
  const own = service.spec.ports.some((other) => other.nodePort === sibling.nodePort && other.protocol === protocol);
  if (own) return undefined;
  return { port: sibling.nodePort, why: `that of port ${port}/${sibling.protocol}` };
}

function noneLeft(
  wants: readonly Want[],
  { first, last }: PortRange,
  claimants: readonly Holder[],
): readonly Diagnostic[] {
  const all = `all ${last - first + 1} of ${first}-${last} are taken`;
  return wants.map(({ service, index }) => {
    const { origin, spec } = service;
    const of = index === undefined ? 'the health check' : `port ${spec.ports[index]?.port}`;
    const path = index === undefined ? ['spec'] : ['spec', 'ports', index];
    const message = `${origin.object} gets no node port for ${of}: ${all}`;
    return exhausted('node-ports-exhausted', message, { ...origin, path }, firstBut(service, claimants));
  });
}
