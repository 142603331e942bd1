/**
 * lint, part: Ingress backends that work only with some controllers, or have no ready endpoint. In: routes of
 * Ingresses. Out: notes, one for each code, Ingress and Service.
 */
import type { Diagnostic } from '../diag.js';
import { groupedBy } from '../order.js';
import { type EndpointSlice, hasSelector, isHeadless, keyOf, type Service } from '../read/types.js';
import { placeOf, type Route, serviceKeyOf } from './routes.js';
import { readiness } from './slices.js';

/** Notes: `ingress-to-external-name`, `ingress-to-headless`, `ingress-without-endpoints`. */
export function ingressNotes(
  routes: readonly Route[],
  services: ReadonlyMap<string, Service>,
  slices: ReadonlyMap<string, readonly EndpointSlice[]>,
  manifests: boolean,
): readonly Diagnostic[] {
  return [...groupedBy(routes, serviceKeyOf)].flatMap(([key, leading]) => {
    const service = services.get(key);
    if (!service) return [];
    // For manifests alone, the selected Pods may exist in a cluster.
    const awaited = manifests && hasSelector(service);
    const found = remarks(service, slices.get(key) ?? []).filter(({ code }) => !(awaited && code === EMPTY));
    const ingresses = groupedBy(leading, ({ ingress }) => ingress.metadata.name);
    return [...ingresses.values()].flatMap(([first]) =>
      first ? found.map((remark) => noteOf(first, service, remark)) : [],
    );
  });
}

const EMPTY = 'ingress-without-endpoints';

interface Remark {
  readonly code: string;
  readonly message: string;
}

function noteOf(route: Route, service: Service, { code, message }: Remark): Diagnostic {
  return {
    code,
    severity: 'note',
    message: `it leads to Service ${keyOf(service)}, ${message}`,
    origin: placeOf(route, 'name'),
    related: { message: 'the Service', origin: service.origin },
  };
}

function remarks({ spec }: Service, slices: readonly EndpointSlice[]): readonly Remark[] {
  if (spec.type === 'ExternalName') {
    const how = 'some controllers resolve the name themselves, others refuse such a backend unless they are told';
    return [{ code: 'ingress-to-external-name', message: `an alias of ${spec.externalName}: ${how}` }];
  }
  const how = 'controllers that read EndpointSlices reach its Pods, those that go by the cluster IP do not';
  const headless = { code: 'ingress-to-headless', message: `which is headless: ${how}` };
  const empty = { code: EMPTY, message: 'which has no ready endpoint: clients get an error' };
  return [...(isHeadless({ spec }) ? [headless] : []), ...(readiness(slices).ready === 0 ? [empty] : [])];
}
