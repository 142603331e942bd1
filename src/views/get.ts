/**
 * views: Services → the table of `vipc get`: kubectl's columns, then the number of ready endpoints, the Ingresses and
 * the synthetic parts. In: the snapshot, the Services to show, the time.
 */
import { portReadiness, readiness } from '../lint/slices.js';
import { type EndpointSlice, keyOf, type Service, type Snapshot, slicesByService } from '../read/types.js';
import { type Column, NONE, type Table, tableOf } from '../table.js';
import { ageOf } from './age.js';
import { clusterIpText, externalIpText, labelsText, portsText } from './columns.js';
import { type Route, routesByService, routesText } from './ingress.js';
import { syntheticParts } from './synthetic.js';

/** The choice of columns. */
export interface GetStyle {
  readonly wide: boolean;
  /** Show the namespace, because the Services are of all namespaces. */
  readonly namespaces: boolean;
  readonly labels: boolean;
}

/** A Service with its slices and routes. */
interface Row {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly routes: readonly Route[];
}

/** The table of `services` at the time `now`, in milliseconds since 1970. */
export function servicesTable(
  { slices, ingresses }: Snapshot,
  services: readonly Service[],
  style: GetStyle,
  now: number,
): Table {
  const [slicesOf, routesOf] = [slicesByService(slices), routesByService(ingresses)];
  const rows = services.map((service): Row => {
    const key = keyOf(service);
    return { service, slices: slicesOf.get(key) ?? [], routes: routesOf.get(key) ?? [] };
  });
  return tableOf(columns(style, now), rows);
}

function columns({ wide, namespaces, labels }: GetStyle, now: number): readonly Column<Row>[] {
  const all: readonly (Column<Row> & { readonly shown?: boolean })[] = [
    { title: 'NAMESPACE', shown: namespaces, cell: ({ service }) => service.metadata.namespace },
    { title: 'NAME', cell: ({ service }) => service.metadata.name },
    { title: 'TYPE', cell: ({ service }) => service.spec.type },
    { title: 'CLUSTER-IP', cell: ({ service }) => clusterIpText(service) },
    { title: 'EXTERNAL-IP', cell: ({ service }) => externalIpText(service, wide) },
    { title: 'PORT(S)', cell: ({ service }) => portsText(service) },
    { title: 'AGE', cell: ({ service }) => ageOf(service.created, now) },
    { title: 'SELECTOR', shown: wide, cell: ({ service }) => labelsText(service.spec.selector) },
    { title: 'READY', cell: readyText },
    {
      title: 'INGRESS',
      optional: !wide,
      cell: ({ routes }) => (routes.length > 0 || wide ? routesText(routes) : ''),
    },
    { title: 'SYNTHETIC', optional: true, cell: ({ service, slices }) => syntheticParts(service, slices).join(',') },
    { title: 'LABELS', shown: labels, cell: ({ service }) => labelsText(service.metadata.labels) },
  ];
  return all.filter(({ shown = true }) => shown);
}

/** `3/4`: ready endpoints of all endpoints; `3/4,0/4` when ports differ. */
function readyText({ service, slices }: Row): string {
  if (service.spec.type === 'ExternalName') return NONE;
  const ports = service.spec.ports.length > 0 ? portReadiness(service, slices) : [readiness(slices)];
  const texts = ports.map(({ ready, total }) => `${ready}/${total}`);
  return new Set(texts).size === 1 ? (texts[0] ?? NONE) : texts.join(',');
}
