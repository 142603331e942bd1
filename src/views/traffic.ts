/**
 * views: what each node does with traffic to a Service. In: views of its ServicePorts (resolve/view.ts). Out: a table
 * for each group of nodes that do the same.
 */
import { isHeadless, type Service } from '../read/types.js';
import { inWords, type PortView } from '../resolve/view.js';
import { type Column, tableOf } from '../table.js';
import type { DescriptionSection } from './description.js';

/** The views of a Service's ports on one node. */
export interface OnNode {
  /** `''` stands for any node without endpoints of the Service. */
  readonly node: string;
  readonly ports: readonly PortView[];
}

interface Row {
  readonly port: string;
  readonly address: string;
  readonly policy: string;
  readonly goesTo: string;
}

/** Sections `Traffic on node-a, node-b`. */
export function trafficSections(service: Service, nodes: readonly OnNode[]): readonly DescriptionSection[] {
  const none = noRules(service);
  if (none !== undefined) return [{ kind: 'sentence', title: 'Traffic', text: none }];
  const groups = new Map<string, { readonly names: string[]; readonly rows: readonly Row[] }>();
  for (const { node, ports } of nodes) {
    const rows = ports.flatMap(rowsOf);
    const key = JSON.stringify(rows);
    const { names } = groups.get(key) ?? { names: [] };
    const name = node !== '' ? node : nodes.length === 1 ? 'any node' : 'a node without endpoints';
    groups.set(key, { names: [...names, name], rows });
  }
  return [...groups.values()].map(({ names, rows }) => ({
    kind: 'table',
    title: `Traffic on ${some(names)}`,
    table: tableOf(COLUMNS, rows),
  }));
}

/** The number of nodes that a title names at most. */
const NAMED = 3;

function some(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

function noRules({ spec, metadata }: Service): string | undefined {
  if (spec.type === 'ExternalName') return `none here: DNS leads to ${spec.externalName}`;
  if (metadata.labels['service.kubernetes.io/service-proxy-name'] !== undefined) return 'another proxy serves it';
  if (isHeadless({ spec })) return 'no virtual IP: DNS leads to the endpoints themselves';
  return spec.clusterIPs.length === 0 ? 'not served: it has no cluster IP, so there are no rules' : undefined;
}

function rowsOf({ name, frontends }: PortView): readonly Row[] {
  const port = /:(.*)$/.exec(name)?.[1] ?? '';
  return frontends.map(({ address, policy, goesTo }) => ({ port, address, policy, goesTo: inWords(goesTo) }));
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'PORT', optional: true, cell: ({ port }) => port },
  { title: 'ADDRESS', cell: ({ address }) => address },
  { title: 'POLICY', cell: ({ policy }) => policy },
  { title: 'GOES TO', cell: ({ goesTo }) => goesTo },
];
