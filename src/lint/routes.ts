/**
 * Routes: what Ingresses send where, one backend each, and how they are written and found.
 */
import type { Key, Origin } from '../diag.js';
import { sorted } from '../order.js';
import type { Ingress, IngressBackend } from '../read/types.js';

/** A backend, and whose it is. */
export interface Route {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
}

/** All backends, by Ingress, then in the order they are written. */
export function routesOf(ingresses: readonly Ingress[]): readonly Route[] {
  return sorted(ingresses).flatMap((ingress) => ingress.backends.map((backend) => ({ ingress, backend })));
}

/** `namespace/name` of the Service that it leads to; undefined when it leads to something else. */
export function serviceKeyOf({ ingress, backend: { service } }: Route): string | undefined {
  return service && `${ingress.metadata.namespace}/${service.name}`;
}

/** `shop.example.com/cart`, with `*` for any host; `the default backend`. */
export function routeText({ host, path }: IngressBackend): string {
  return path === undefined ? 'the default backend' : `${host || '*'}${path}`;
}

/** Where the backend names its Service, or the Service's port. */
export function placeOf({ ingress: { origin }, backend: { at, service } }: Route, field: 'name' | 'port'): Origin {
  const port: readonly Key[] = ['port', typeof service?.port === 'number' ? 'number' : 'name'];
  return { ...origin, path: [...at, 'service', ...(field === 'name' ? ['name'] : port)] };
}
