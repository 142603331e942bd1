/**
 * views: one Service → what `vipc describe` says of it: first what kubectl says, in its order and words (k8s.io/kubectl
 * pkg/describe/describe.go, describeService), then what it does not: every endpoint, its slices, the Ingresses before it.
 */
import { policiesByService, type Selected } from '../lint/policies.js';
import { placeText } from '../read/locate.js';
import {
  type EndpointSlice,
  keyOf,
  type Service,
  type ServicePortSpec,
  type Snapshot,
  slicesByService,
} from '../read/types.js';
import { labelsText } from './columns.js';
import { endpointRows, sliceRows } from './endpoints.js';
import { annotationLines, endpointsText, type Field, fieldLines, ingressText, labelLines } from './fields.js';
import { type Route, routesByService } from './ingress.js';
import { aligned, type Column, cells, DESCRIBE } from './table.js';

/** The description as lines; `traffic` is what is said of where its addresses lead. */
export function describeService(
  snapshot: Snapshot,
  service: Service,
  traffic: readonly string[] = [],
): readonly string[] {
  const slices = slicesByService(snapshot.slices).get(keyOf(service)) ?? [];
  const routes = routesByService(snapshot.ingresses).get(keyOf(service)) ?? [];
  return [
    ...fieldLines([
      ['Name', service.metadata.name],
      ['Namespace', service.metadata.namespace],
      ...labelLines('Labels', service.metadata.labels),
      ...annotationLines('Annotations', service.metadata.annotations),
      ...addressFields(service),
      ...service.spec.ports.flatMap((port) => portFields(service, port, slices)),
      ...trafficFields(service),
    ]),
    ...traffic,
    ...section('Endpoints', service.spec.type === 'ExternalName' ? [] : endpointRows(service, slices, snapshot.nodes)),
    ...section('EndpointSlices', slices.length === 0 ? [] : sliceRows(service, slices)),
    ...section('Ingresses', routes.length === 0 ? [] : routeRows(routes)),
    ...section('Network Policies', policyRows(policiesByService(snapshot)(service))),
    '',
    `Defined at: ${placeText(service.origin)}`,
  ];
}

/** Lines under a title, indented; a title alone would be noise. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

const SYNTHETIC = ' (synthetic)';

function mark(made: boolean | undefined): string {
  return made ? SYNTHETIC : '';
}

function addressFields({ spec, status, allocated }: Service): readonly Field[] {
  const ips = spec.clusterIPs.map((ip) => `${ip}${mark(allocated?.clusterIPs.includes(ip))}`);
  const balancers = status.loadBalancer.ingress.map(ingressText);
  return [
    ['Selector', labelsText(spec.selector)],
    ['Type', spec.type],
    ...optional('IP Family Policy', spec.ipFamilyPolicy),
    ['IP Families', spec.ipFamilies.join(',') || '<none>'],
    ['IP', ips[0] ?? ''],
    ['IPs', ips.join(',') || '<none>'],
    ...optional('External IPs', spec.externalIPs.join(',')),
    ...optional('External Name', spec.externalName),
    ...optional('LoadBalancer Ingress', balancers.join(', ')),
  ];
}

function portFields(
  { allocated }: Service,
  { name, port, protocol, targetPort, nodePort }: ServicePortSpec,
  slices: readonly EndpointSlice[],
): readonly Field[] {
  const called = name === '' ? '<unset>' : name;
  const made = allocated?.nodePorts.includes(nodePort);
  const filled = slices.filter(({ endpoints }) => endpoints.length > 0);
  return [
    ['Port', `${called}  ${port}/${protocol}`],
    ['TargetPort', `${targetPort}/${protocol}`],
    ...optional('NodePort', nodePort === 0 ? '' : `${called}  ${nodePort}/${protocol}${mark(made)}`),
    ['Endpoints', `${endpointsText(slices, name)}${mark(filled.some(({ synthetic }) => synthetic !== undefined))}`],
  ];
}

function trafficFields({ spec, allocated }: Service): readonly Field[] {
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs.length > 0;
  const health = spec.healthCheckNodePort;
  return [
    ['Session Affinity', spec.sessionAffinity],
    ...optional('External Traffic Policy', external ? spec.externalTrafficPolicy : ''),
    ...optional('Internal Traffic Policy', spec.type === 'ExternalName' ? '' : spec.internalTrafficPolicy),
    ...optional('HealthCheck NodePort', health === 0 ? '' : `${health}${mark(allocated?.healthCheckNodePort)}`),
    ...optional('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(',')),
    ...optional('Traffic Distribution', spec.trafficDistribution),
  ];
}

function optional(label: string, value: string | undefined): readonly Field[] {
  return value ? [[label, value]] : [];
}

function policyRows(selected: readonly Selected[]): readonly string[] {
  const columns: readonly Column<Selected>[] = [
    { title: 'NAME', cell: ({ policy }) => policy.metadata.name },
    { title: 'TYPES', cell: ({ policy }) => policy.policyTypes.join(',') },
    { title: 'SELECTS', cell: ({ some }) => (some ? 'some endpoints' : 'all endpoints') },
    { title: 'AT', cell: ({ policy }) => placeText(policy.origin) },
  ];
  return selected.length === 0 ? [] : aligned(cells(columns, selected), DESCRIBE);
}

function routeRows(routes: readonly Route[]): readonly string[] {
  const columns: readonly Column<Route>[] = [
    { title: 'NAME', cell: ({ ingress }) => ingress.metadata.name },
    { title: 'HOST', cell: ({ backend }) => backend.host || '*' },
    { title: 'PATH', cell: ({ backend }) => backend.path ?? '(default backend)' },
    { title: 'PATHTYPE', cell: ({ backend }) => backend.pathType ?? '' },
    { title: 'PORT', cell: ({ backend }) => String(backend.service?.port ?? '') },
    { title: 'CLASS', optional: true, cell: ({ ingress }) => ingress.ingressClassName },
    { title: 'AT', cell: ({ ingress, backend }) => placeText({ ...ingress.origin, path: backend.at }) },
  ];
  return aligned(cells(columns, routes), DESCRIBE);
}
