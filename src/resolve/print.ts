/**
 * The resolved ServicePorts as an aligned table: what each frontend does with traffic, without the language of a packet
 * filter. Also the parser of such tables, for those kept in files; a line that it does not recognise is kept unchanged.
 */
import { alignedTables, LAYOUTS } from '../table.js';
import type { Line, Section } from '../text.js';
import { HEADINGS, rowsOf } from './rows.js';
import type { LocalPolicy, NodeContext, ServicePort } from './types.js';
import { type EndpointView, type FrontendView, type NodeView, nodeView, type PortView } from './view.js';

/** The table for `ports` on `node`, for a proxy mode with that `localPolicy`. */
export function printResolved(
  node: NodeContext,
  ports: readonly ServicePort[],
  localPolicy: LocalPolicy,
): Generator<Line> {
  return printView(nodeView(node, ports, localPolicy));
}

/** A node's view as a table. */
export function* printView({ family, node, zone, ports }: NodeView): Generator<Line> {
  const all = `${ports.length} ServicePort${ports.length === 1 ? '' : 's'}`;
  yield { text: `${family} on node ${node}${zone === '' ? '' : `, zone ${zone}`}: ${all}` };
  for (const port of ports) {
    yield { text: '' };
    yield { text: `${port.name} ${port.protocol}` };
    for (const text of linesOf(port)) yield { text: `  ${text}` };
  }
}

/** The lines below the name of a ServicePort. */
function linesOf(port: PortView): readonly string[] {
  return alignedTables(rowsOf(port), LAYOUTS.resolved);
}

const HEADING = /^(IPv[46]) on node (.*?)(?:, zone (.*))?: \d+ ServicePorts?$/;

/** Tables as text → views. Column widths do not matter. */
export function parseResolved(text: string): readonly NodeView[] {
  const nodes: { family: NodeView['family']; node: string; zone: string; ports: PortView[] }[] = [];
  for (const block of text.trimEnd().split(/\r?\n\r?\n/)) {
    const lines = block.split(/\r?\n/);
    const [, family, node = '', zone = ''] = HEADING.exec(lines[0] ?? '') ?? [];
    if (family === 'IPv4' || family === 'IPv6') nodes.push({ family, node, zone, ports: [] });
    else nodes.at(-1)?.ports.push(parsePort(lines));
  }
  return nodes;
}

function parsePort([first = '', ...lines]: readonly string[]): PortView {
  const [name = '', protocol = ''] = first.split(' ');
  const [frontends, endpoints]: [FrontendView[], EndpointView[]] = [[], []];
  const others: string[] = [];
  let table: 'frontends' | 'endpoints' | undefined;
  for (const line of lines) {
    const cells = line.trim().split(/ {2,}/);
    const [a = '', b = '', c = '', d = '', e = ''] = cells;
    const heading = (['frontends', 'endpoints'] as const).find((each) => HEADINGS[each].join() === cells.join());
    if (heading) table = heading;
    else if (table === 'frontends' && cells.length === 5)
      frontends.push({ kind: a, address: b, policy: c, masquerade: d, goesTo: e });
    else if (table === 'endpoints' && cells.length === 3) endpoints.push({ address: a, sets: b, state: c });
    else others.push(cells.join('  '));
  }
  return { name, protocol, frontends, endpoints, others };
}

/** Tables as text → a section for each ServicePort. */
export function resolvedSections(text: string): readonly Section[] {
  return parseResolved(text).flatMap(({ family, ports }) =>
    ports.map((port) => ({ title: family, service: port.name, lines: linesOf(port) })),
  );
}
