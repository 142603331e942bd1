/**
 * explain: an Explanation → lines for a terminal of some width. What is in it may be hostile; what prints the lines makes them
 * safe (cli/io.ts), so that here cells are only kept from breaking their table.
 */
import { printable } from '../printable.js';
import { aligned, LAYOUTS, type Table, tableOf } from '../table.js';
import { percent } from './shares.js';
import type { Answer, Cell, Explanation, Finding, Matrix, OnLiveNode, Shares } from './types.js';

/** The lines, no wider than `width` where that is possible: addresses and names are not broken. */
export function printExplanation(page: Explanation, width: number): readonly string[] {
  const [first, ...others] = page.findings;
  // The verdict says what the first finding does.
  return [
    ...wrapped(page.verdict, width, '', '  '),
    ...(first ? advice(first, width) : []),
    ...others.flatMap((finding) => [
      ...wrapped(finding.message, width, finding.severity === 'remark' ? 'remark: ' : 'also: ', '  '),
      ...advice(finding, width),
    ]),
    '',
    ...columns(
      page.fields.map(({ label, text }) => [`${label}:`, text]),
      width,
    ),
    ...page.matrices.flatMap((matrix) => matrixLines(matrix, width)),
    ...section('Endpoints that get no connections', unusedTable(page), width),
    ...page.shares.flatMap((shares) => sharesLines(shares, width)),
    ...section('DNS names that lead here', namesTable(page), width),
    ...page.tables.flatMap(({ title, table }) => section(title, table, width)),
    ...liveLines(page.live, width),
    ...questionLines(page.questions, width),
  ];
}

function advice({ fix, at }: Finding, width: number): readonly string[] {
  return [...(fix === '' ? [] : wrapped(fix, width, '  do: ', '      ')), ...(at === undefined ? [] : [`  at: ${at}`])];
}

/** Words, in lines of `width`. */
export function wrapped(text: string, width: number, first: string, then: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of printable(text).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${then}${word}`;
    } else line = isEmpty ? `${line}${word}` : `${line} ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Rows whose last cell is prose, which goes on below itself. */
function columns(rows: readonly (readonly string[])[], width: number, indent = ''): readonly string[] {
  const safe = rows.map((row) => row.map((cell) => printable(cell)));
  const heads = aligned(
    safe.map((row) => [...row.slice(0, -1), '']),
    LAYOUTS.describe,
  );
  return safe.flatMap((row, i) => {
    const head = `${indent}${heads[i] ?? ''}`;
    const text = row.at(-1) ?? '';
    return width - head.length < 20
      ? [`${head}${text}`]
      : wrapped(text, width, head, ' '.repeat(head.length)).map((line) => line.trimEnd());
  });
}

function section(title: string, { columns: titles, rows }: Table, width: number): readonly string[] {
  return rows.length === 0 ? [] : ['', `${title}:`, ...columns([titles, ...rows], width, '  ')];
}

/** Columns of addresses as many as fit, the rest in another table below. */
function matrixLines(matrix: Matrix, width: number): readonly string[] {
  const clients = [...new Set(matrix.cells.map(({ client }) => client))];
  const firstWidth = Math.max(...clients.map((client) => client.length), 6) + 4;
  const parts: string[][] = [];
  let used = width;
  for (const address of matrix.addresses) {
    const wide =
      Math.max(
        ...heading(address).map((text) => text.length),
        ...cellsOf(matrix, address).map((cell) => cellText(cell).length),
      ) + 2;
    if (used + wide > width) {
      parts.push([]);
      used = firstWidth;
    }
    parts.at(-1)?.push(address);
    used += wide;
  }
  const nodes = `${matrix.nodes.slice(0, 3).join(', ')}${matrix.nodes.length > 3 ? ` and ${matrix.nodes.length - 3} more` : ''}`;
  const title = `What clients get on ${nodes}, port ${matrix.port}:`;
  const tables = parts.flatMap((addresses) => [...tableLines(matrix, clients, addresses)]);
  return ['', ...wrapped(title, width, '', '  '), ...tables, ...wrapped(legend(matrix), width, '  ', '  ')];
}

function heading(address: string): readonly string[] {
  const at = address.lastIndexOf(' ');
  return [address.slice(0, at), address.slice(at + 1)];
}

function cellsOf({ cells }: Matrix, address: string): readonly Cell[] {
  return cells.filter((cell) => cell.address === address);
}

function tableLines(matrix: Matrix, clients: readonly string[], addresses: readonly string[]): readonly string[] {
  const cell = (client: string, address: string) => cellsOf(matrix, address).find((each) => each.client === client);
  const rows = [
    ['', ...addresses.map((address) => heading(address)[0] ?? '')],
    ['CLIENT', ...addresses.map((address) => heading(address)[1] ?? '')],
    ...clients
      .filter((client) => addresses.some((address) => cell(client, address)))
      .map((client) => [client, ...addresses.map((address) => cellText(cell(client, address)))]),
  ];
  return aligned(
    rows.map((row) => row.map((text) => printable(text))),
    LAYOUTS.describe,
  ).map((line) => `  ${line}`.trimEnd());
}

/** `2, kept`: one of two endpoints, which sees the client's address. */
function cellText(cell: Cell | undefined): string {
  if (!cell) return '-';
  if (cell.gets !== 'endpoints') return cell.gets;
  const { endpoints, sourceKept } = cell;
  return `${endpoints}, ${sourceKept === endpoints ? 'kept' : sourceKept === 0 ? 'changed' : `${sourceKept} kept`}`;
}

function legend({ cells }: Matrix): string {
  const reached = cells.find(({ gets }) => gets === 'endpoints');
  if (!reached) return 'refused: told at once that nobody is there; dropped: no answer at all';
  return 'a number: of endpoints, of which a connection reaches one; kept: it sees the address of the client, changed: one of the node';
}

function unusedTable({ unused }: Explanation): Table {
  return tableOf(
    [
      { title: 'ADDRESS', cell: ({ address }) => address },
      { title: 'POD', optional: true, cell: ({ pod }) => pod },
      { title: 'NODE', optional: true, cell: ({ node }) => node },
      { title: 'WHY', cell: ({ why }) => why },
    ],
    unused,
  );
}

/** Endpoints that a table of shares lists. */
const MOST_SHARES = 20;

function sharesLines({ port, from, nodes, lost, fair, endpoints }: Shares, width: number): readonly string[] {
  const table = tableOf(
    [
      { title: 'ENDPOINT', cell: ({ address }) => address },
      { title: 'NODE', optional: true, cell: ({ node }) => node },
      { title: 'ZONE', optional: true, cell: ({ zone }) => zone },
      {
        title: 'SHARE',
        cell: ({ share }) =>
          `${percent(share)}${share > 2 * fair + 1e-9 && endpoints.length > 1 ? ', more than twice the fair share' : ''}`,
      },
    ],
    endpoints.slice(0, MOST_SHARES),
  );
  const more = endpoints.length - MOST_SHARES;
  const title = `Shares of connections from ${from} (${nodes} nodes), port ${port}; fair: ${percent(fair)}:`;
  return [
    '',
    ...wrapped(title, width, '', '  '),
    ...columns([table.columns, ...table.rows], width, '  '),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(lost > 0 ? [`  ${percent(lost)} reach no endpoint`] : []),
  ];
}

function namesTable({ names }: Explanation): Table {
  return tableOf(
    [
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'LEADS TO', cell: ({ leadsTo }) => leadsTo },
    ],
    names,
  );
}

function liveLines(live: OnLiveNode | undefined, width: number): readonly string[] {
  if (!live) return [];
  const { node, different, lines, stopped, depends } = live;
  const agree =
    different === 0 ? 'its rules are as they should be' : `${different} lines differ (+ missing, - not wanted):`;
  return [
    '',
    `On ${node} now: ${agree}`,
    ...lines.map((line) => `  ${line}`),
    ...(different > lines.length ? [`  and ${different - lines.length} more`] : []),
    ...stopped
      .slice(0, 6)
      .flatMap(({ client, address, rule }) =>
        wrapped(`stopped: ${client} to ${address}, by ${rule}`, width, '  ', '    '),
      ),
    ...depends.slice(0, 6).flatMap((rule) => wrapped(`it also depends on: ${rule}`, width, '  ', '    ')),
  ];
}

function questionLines(questions: readonly Answer[], width: number): readonly string[] {
  if (questions.length === 0) return [];
  const lines = columns(
    questions.map(({ question, answer, text }) => [answer, `${question} ${text}`]),
    width,
    '  ',
  );
  return ['', 'The questions of "Debug Services":', ...lines];
}
