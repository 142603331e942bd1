/**
 * views: one Service → its description for `vipc describe`: first the fields of kubectl, in its order and words
 * (k8s.io/kubectl pkg/describe/describe.go, describeService), then more: every endpoint, the slices, the Ingresses.
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
import { SYNTHETIC } from '../resolve/view.js';
import { type Column, type Table, tableOf } from '../table.js';
import { labelsText } from './columns.js';
import { type Description, type DescriptionSection, type Field, tableSection } from './description.js';
import { endpointsSection, slicesTable } from './endpoints.js';
import { annotationsField, endpointsText, field, ingressText, labelsField } from './fields.js';
import { type Route, routesByService } from './ingress.js';

/**
 * The description; `problems` are lines about errors and warnings, `traffic` are tables of what its addresses lead to.
 */
export function describeService(
  snapshot: Snapshot,
  service: Service,
  traffic: readonly DescriptionSection[] = [],
  problems: readonly string[] = [],
): Description {
  const slices = slicesByService(snapshot.slices).get(keyOf(service)) ?? [];
  const routes = routesByService(snapshot.ingresses).get(keyOf(service)) ?? [];
  return {
    problems,
    fields: [
      field('Name', service.metadata.name),
      field('Namespace', service.metadata.namespace),
      labelsField('Labels', service.metadata.labels),
      annotationsField('Annotations', service.metadata.annotations),
      ...addressFields(service),
      ...service.spec.ports.flatMap((port) => portFields(service, port, slices)),
      ...trafficFields(service),
    ],
    sections: [
      ...traffic,
      ...endpointsSection(service, slices, snapshot.nodes),
      ...tableSection('EndpointSlices', slicesTable(service, slices)),
      ...tableSection('Ingresses', routesTable(routes)),
      ...tableSection('Network Policies', policiesTable(policiesByService(snapshot)(service))),
    ],
    definedAt: placeText(service.origin),
  };
}

function mark(made: boolean | undefined): string {
  return made ? SYNTHETIC : '';
}

function addressFields({ spec, status, allocated }: Service): readonly Field[] {
  const ips = spec.clusterIPs.map((ip) => `${ip}${mark(allocated?.clusterIPs.includes(ip))}`);
  const balancers = status.loadBalancer.ingress.map(ingressText);
  return [
    field('Selector', labelsText(spec.selector)),
    field('Type', spec.type),
    ...optional('IP Family Policy', spec.ipFamilyPolicy),
    field('IP Families', spec.ipFamilies.join(',') || '<none>'),
    field('IP', ips[0] ?? ''),
    field('IPs', ips.join(',') || '<none>'),
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
    field('Port', `${called}  ${port}/${protocol}`),
    field('TargetPort', `${targetPort}/${protocol}`),
    ...optional('NodePort', nodePort === 0 ? '' : `${called}  ${nodePort}/${protocol}${mark(made)}`),
    field(
      'Endpoints',
      `${endpointsText(slices, name)}${mark(filled.some(({ synthetic }) => synthetic !== undefined))}`,
    ),
  ];
}

function trafficFields({ spec, allocated }: Service): readonly Field[] {
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs.length > 0;
  const health = spec.healthCheckNodePort;
  return [
    field('Session Affinity', spec.sessionAffinity),
    ...optional('External Traffic Policy', external ? spec.externalTrafficPolicy : ''),
    ...optional('Internal Traffic Policy', spec.type === 'ExternalName' ? '' : spec.internalTrafficPolicy),
    ...optional('HealthCheck NodePort', health === 0 ? '' : `${health}${mark(allocated?.healthCheckNodePort)}`),
    ...optional('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(',')),
    ...optional('Traffic Distribution', spec.trafficDistribution),
  ];
}

function optional(label: string, value: string | undefined): readonly Field[] {
  return value ? [field(label, value)] : [];
}

function policiesTable(selected: readonly Selected[]): Table {
  const columns: readonly Column<Selected>[] = [
    { title: 'NAME', cell: ({ policy }) => policy.metadata.name },
    { title: 'TYPES', cell: ({ policy }) => policy.policyTypes.join(',') },
    { title: 'SELECTS', cell: ({ some }) => (some ? 'some endpoints' : 'all endpoints') },
    { title: 'AT', cell: ({ policy }) => placeText(policy.origin) },
  ];
  return tableOf(columns, selected);
}

function routesTable(routes: readonly Route[]): Table {
  const columns: readonly Column<Route>[] = [
    { title: 'NAME', cell: ({ ingress }) => ingress.metadata.name },
    { title: 'HOST', cell: ({ backend }) => backend.host || '*' },
    { title: 'PATH', cell: ({ backend }) => backend.path ?? '(default backend)' },
    { title: 'PATHTYPE', cell: ({ backend }) => backend.pathType ?? '' },
    { title: 'PORT', cell: ({ backend }) => String(backend.service?.port ?? '') },
    { title: 'CLASS', optional: true, cell: ({ ingress }) => ingress.ingressClassName },
    { title: 'AT', cell: ({ ingress, backend }) => placeText({ ...ingress.origin, path: backend.at }) },
  ];
  return tableOf(columns, routes);
}
