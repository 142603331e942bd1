/**
 * views: the endpoints of a Service as a table, and the table of its slices with their sources.
 */
import { compare } from '../order.js';
import { placeText } from '../read/locate.js';
import type { EndpointPort, EndpointSlice, Node, Service, SliceEndpoint } from '../read/types.js';
import { type Column, NONE, type Table, tableOf } from '../table.js';
import { labelsText } from './columns.js';
import { type DescriptionSection, tableSection } from './description.js';

interface Row {
  readonly slice: EndpointSlice;
  readonly endpoint: SliceEndpoint;
  readonly ports: readonly EndpointPort[];
}

/** A row for each endpoint of each slice: an address in two slices has two rows. */
export function endpointsSection(
  { spec }: Service,
  slices: readonly EndpointSlice[],
  nodes: readonly Node[],
): readonly DescriptionSection[] {
  if (spec.type === 'ExternalName') return [];
  const made = new Set(nodes.filter(({ synthetic }) => synthetic).map(({ metadata }) => metadata.name));
  const rows = slices.flatMap((slice) =>
    slice.endpoints.map((endpoint): Row => ({ slice, endpoint, ports: slice.ports })),
  );
  if (rows.length === 0) return [{ kind: 'sentence', title: 'Endpoints', text: NONE }];
  const order = [...rows].sort(
    (a, b) =>
      compare(a.slice.addressType, b.slice.addressType) ||
      compare(a.endpoint.addresses[0] ?? '', b.endpoint.addresses[0] ?? ''),
  );
  const columns: readonly Column<Row>[] = [
    { title: 'ADDRESS', cell: ({ endpoint }) => endpoint.addresses.join(',') },
    { title: 'PORTS', cell: ({ ports }) => spec.ports.map((port) => portText(port, ports)).join(',') },
    {
      title: 'NODE',
      cell: ({ endpoint: { nodeName = '' } }) => `${nodeName}${made.has(nodeName) ? ' (synthetic)' : ''}`,
    },
    { title: 'ZONE', optional: true, cell: ({ endpoint }) => endpoint.zone ?? '' },
    { title: 'HINTS', optional: true, cell: ({ endpoint }) => hintsText(endpoint) },
    { title: 'READY', cell: ({ endpoint }) => conditionText(endpoint.conditions.ready) },
    { title: 'SERVING', cell: ({ endpoint }) => conditionText(endpoint.conditions.serving) },
    { title: 'TERMINATING', cell: ({ endpoint }) => conditionText(endpoint.conditions.terminating) },
    { title: 'POD', optional: true, cell: ({ endpoint }) => endpoint.pod ?? '' },
    { title: 'SYNTHETIC', optional: true, cell: syntheticText },
  ];
  return tableSection('Endpoints', tableOf(columns, order));
}

/** `http:8080/TCP`; `<unset>` when the slice lacks the port, so it serves no traffic of it. */
function portText(port: Service['spec']['ports'][number], ports: readonly EndpointPort[]): string {
  const found = ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
  const name = port.name === '' ? '' : `${port.name}:`;
  return found?.port === undefined ? `${name}<unset>` : `${name}${found.port}/${found.protocol}`;
}

function hintsText({ hints }: SliceEndpoint): string {
  const zones = hints?.forZones?.map(({ name }) => name) ?? [];
  const nodes = hints?.forNodes?.map(({ name }) => `node ${name}`) ?? [];
  return [...zones, ...nodes].join(',');
}

function conditionText(condition: boolean | undefined): string {
  return condition === undefined ? '<unset>' : String(condition);
}

function syntheticText({ slice, endpoint }: Row): string {
  if (endpoint.simulated) return 'simulated Pod';
  return slice.synthetic === undefined ? '' : `from ${slice.synthetic}`;
}

/** A row for each slice: its content, and its place in the input or what it was derived from. */
export function slicesTable(service: Service, slices: readonly EndpointSlice[]): Table {
  const columns: readonly Column<EndpointSlice>[] = [
    { title: 'NAME', cell: ({ metadata }) => metadata.name },
    { title: 'ADDRESSTYPE', cell: ({ addressType }) => addressType },
    { title: 'ENDPOINTS', cell: ({ endpoints }) => String(endpoints.length) },
    { title: 'FROM', cell: (slice) => sourceText(service, slice) },
  ];
  return tableOf(columns, slices);
}

function sourceText({ spec }: Service, { synthetic, origin }: EndpointSlice): string {
  if (synthetic === undefined) return placeText(origin);
  const of = synthetic === 'Endpoints' ? ` at ${placeText(origin)}` : '';
  const by = synthetic.endsWith('Pods') ? ` by selector ${labelsText(spec.selector)}` : '';
  return `synthetic: from ${synthetic}${of}${by}`;
}
