/**
 * lint, part: the backends of Ingresses, with their text for messages and their position.
 */
import type { Key, Origin } from '../diag.js';
import { sorted } from '../order.js';
import type { Ingress, IngressBackend } from '../read/types.js';

/** A backend and its Ingress. */
export interface Route {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
}

/** All backends, sorted by Ingress, then in the order of its manifest. */
export function routesOf(ingresses: readonly Ingress[]): readonly Route[] {
  return sorted(ingresses).flatMap((ingress) => ingress.backends.map((backend) => ({ ingress, backend })));
}

/** `namespace/name` of the route's Service; undefined for other backends. */
export function serviceKeyOf({ ingress, backend: { service } }: Route): string | undefined {
  return service && `${ingress.metadata.namespace}/${service.name}`;
}

/** `shop.example.com/cart`, with `*` for any host; `the default backend`. */
export function routeText({ host, path }: IngressBackend): string {
  return path === undefined ? 'the default backend' : `${host || '*'}${path}`;
}

/** The position of the Service's name or port in the backend. */
export function placeOf({ ingress: { origin }, backend: { at, service } }: Route, field: 'name' | 'port'): Origin {
  const port: readonly Key[] = ['port', typeof service?.port === 'number' ? 'number' : 'name'];
  return { ...origin, path: [...at, 'service', ...(field === 'name' ? ['name'] : port)] };
}
