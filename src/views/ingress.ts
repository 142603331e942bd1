/**
 * views: the Ingresses that lead to a Service.
 */

import { type Route, routesOf, routeText, serviceKeyOf } from '../lint/routes.js';
import { groupedBy } from '../order.js';
import type { Ingress } from '../read/types.js';

export type { Route };

/** `namespace/name` of a Service → its routes, by Ingress, then in the order of the manifest. */
export function routesByService(ingresses: readonly Ingress[]): ReadonlyMap<string, readonly Route[]> {
  return groupedBy(routesOf(ingresses), serviceKeyOf);
}

/** `shop.example.com/cart,*.example.com/`, without duplicates; `*` alone is a default backend. */
export function routesText(routes: readonly Route[]): string {
  const texts = routes.map(({ backend }) => (backend.path === undefined ? '*' : routeText(backend)));
  return [...new Set(texts)].join(',');
}
