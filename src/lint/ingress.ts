/**
 * lint: Ingresses that name missing Services or ports. In: the snapshot. Out: warnings, at the exact field. A backend
 * is a Service of the Ingress's own namespace and a port of that Service (networking/v1, IngressServiceBackend).
 */
import type { Diagnostic, Origin } from '../diag.js';
import { nearest, suggester } from '../near.js';
import { groupedBy, namesByNamespace, sorted } from '../order.js';
import {
  type Ingress,
  type IngressBackend,
  keyOf,
  type Service,
  type ServicePortSpec,
  type Snapshot,
  slicesByService,
} from '../read/types.js';
import { ingressNotes } from './ingress-notes.js';
import { placeOf, type Route, routesOf, routeText } from './routes.js';
import type { Context } from './rule.js';

/**
 * Warnings: `ingress-without-service`, `ingress-without-port`, `ingress-duplicate-path`; also the notes of
 * ingress-notes.ts.
 */
export function checkIngresses(
  { ingresses, services, slices }: Snapshot,
  { manifests = false }: Context = { simulate: false },
): readonly Diagnostic[] {
  if (ingresses.length === 0) return [];
  const known: Known = {
    services: new Map(services.map((service) => [keyOf(service), service])),
    names: namesByNamespace(services),
    namespaces: groupedBy(sorted(services), ({ metadata }) => metadata.name),
    nearest: suggester(),
  };
  const routes = routesOf(ingresses);
  const notes = ingressNotes(routes, known.services, slicesByService(slices), manifests);
  return [...routes.flatMap((route) => checkRoute(route, known)), ...duplicates(routes), ...notes];
}

interface Known {
  readonly services: ReadonlyMap<string, Service>;
  /** Names of Services by namespace. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Services of all namespaces by name. */
  readonly namespaces: ReadonlyMap<string, readonly Service[]>;
  readonly nearest: typeof nearest;
}

function checkRoute({ ingress, backend }: Route, known: Known): readonly Diagnostic[] {
  if (!backend.service) return [];
  const { name, port } = backend.service;
  const { namespace } = ingress.metadata;
  const service = known.services.get(`${namespace}/${name}`);
  if (!service) return [withoutService(ingress, backend, name, known)];
  const { ports, type } = service.spec;
  const found = ports.some((each) => each.port === port || each.name === port);
  // An ExternalName Service needs no ports: controllers use the port number of the Ingress.
  if (found || (type === 'ExternalName' && ports.length === 0)) return [];
  const of = `${routeText(backend)} leads to Service ${keyOf(service)}`;
  return [withoutPort(placeOf({ ingress, backend }, 'port'), of, port, service)];
}

function withoutService(ingress: Ingress, backend: IngressBackend, name: string, known: Known): Diagnostic {
  const { namespace } = ingress.metadata;
  const hint = elsewhere(namespace, name, known);
  return {
    code: 'ingress-without-service',
    severity: 'warning',
    message: `${routeText(backend)} leads to Service ${namespace}/${name}, which is not there`,
    origin: placeOf({ ingress, backend }, 'name'),
    ...(hint !== undefined && { hint }),
  };
}

function elsewhere(namespace: string, name: string, known: Known): string | undefined {
  const others = (known.namespaces.get(name) ?? []).map(({ metadata }) => metadata.namespace);
  if (others.length > 0) {
    const more = others.length > 3 ? ', …' : '';
    return `there is one in ${others.slice(0, 3).join(', ')}${more}: an Ingress reaches only Services of its own namespace`;
  }
  const near = known.nearest(name, known.names.get(namespace) ?? []);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

function withoutPort(origin: Origin, of: string, port: number | string, service: Service): Diagnostic {
  const { spec } = service;
  const listed = spec.ports.map(portText).join(', ') || 'none';
  const behind = spec.ports.find(({ targetPort, nodePort }) => targetPort === port || nodePort === port);
  const near = typeof port === 'string' ? nearest(port, spec.ports.map(({ name }) => name).sort()) : undefined;
  const hint = behind
    ? `that is the ${behind.targetPort === port ? 'targetPort' : 'nodePort'} of its port ${behind.port}: an Ingress names the port`
    : near && `did you mean ${near}?`;
  return {
    code: 'ingress-without-port',
    severity: 'warning',
    message: `${of}, which has no port ${port}; it has ${listed}`,
    origin,
    related: { message: 'its ports', origin: { ...service.origin, path: ['spec', 'ports'] } },
    ...(hint && { hint }),
  };
}

function portText({ name, port }: ServicePortSpec): string {
  return name === '' ? `${port}` : `${port} (${name})`;
}

/** Backends with the same class, host, path and pathType; the API does not define which one the controller uses. */
function duplicates(routes: readonly Route[]): readonly Diagnostic[] {
  const byRoute = groupedBy(routes, ({ ingress, backend: { host, path, pathType } }) =>
    path === undefined ? undefined : JSON.stringify([ingress.ingressClassName, host, path, pathType]),
  );
  return [...byRoute.values()].flatMap(([first, ...others]) =>
    others.map((other) => {
      const message = `${routeText(other.backend)} has a backend already: which one serves it, the controller decides`;
      const origin = pathOf(other);
      const diagnostic: Diagnostic = { code: 'ingress-duplicate-path', severity: 'warning', message, origin };
      if (!first) return diagnostic;
      return {
        ...diagnostic,
        related: { message: `${first.ingress.origin.object} has it too`, origin: pathOf(first) },
      };
    }),
  );
}

/** The position of the path entry that contains the backend. */
function pathOf({ ingress: { origin }, backend }: Route): Origin {
  return { ...origin, path: backend.at.slice(0, -1) };
}
