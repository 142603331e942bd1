/**
 * explain: an Explanation → lines for a terminal of a given width. writeLines (cli/io.ts) escapes control characters of
 * the input; cells are escaped here too, because alignment needs their final width.
 */
import { printable } from '../printable.js';
import { aligned, LAYOUTS, type Table, tableOf } from '../table.js';
import { count } from './about.js';
import { matricesLines } from './print-matrix.js';
import { percent } from './shares.js';
import type { Answer, Explanation, Finding, OnLiveNode, Shares } from './types.js';
import { unusedAddress } from './unused.js';
import { wrapped } from './wrap.js';

/** The lines, at most `width` wide; a longer word, such as an address or a name, is not broken. */
export function printExplanation(page: Explanation, width: number): readonly string[] {
  const [first, ...others] = page.findings;
  // The verdict already contains the message of the first finding.
  return [
    ...wrapped(page.verdict, width, '', '  '),
    ...(first ? advice(first, width) : []),
    ...others.flatMap((finding) => [
      ...wrapped(finding.message, width, finding.severity === 'remark' ? 'remark: ' : 'also: ', '  '),
      ...advice(finding, width),
    ]),
    ...(page.fields.length > 0 ? [''] : []),
    ...columns(
      page.fields.map(({ label, text }) => [`${label}:`, text]),
      width,
    ),
    ...matricesLines(page.matrices, width),
    ...unusedLines(page, width),
    ...allShares(page.shares, width),
    ...section('DNS names that lead here', namesTable(page), width),
    ...page.tables.flatMap(({ title, table }) => section(title, table, width)),
    ...liveLines(page.live, width),
    ...questionLines(page.questions, width),
  ];
}

function advice({ fix, at }: Finding, width: number): readonly string[] {
  return [...(fix === '' ? [] : wrapped(fix, width, '  do: ', '      ')), ...(at === undefined ? [] : [`  at: ${at}`])];
}

/** Rows whose last cell is prose, wrapped within its column. */
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

/** The most rows of a table of endpoints. */
const MOST_ROWS = 20;

function unusedLines({ unused }: Explanation, width: number): readonly string[] {
  const title = `Endpoints that get no connections${unused.some(({ why }) => why.startsWith('from ')) ? ', or not from all nodes' : ''}`;
  const table = tableOf(
    [
      { title: 'ADDRESS', cell: unusedAddress },
      { title: 'POD', optional: true, cell: ({ pod }) => pod },
      { title: 'NODE', optional: true, cell: ({ node }) => node },
      { title: 'WHY', cell: ({ why }) => why },
    ],
    unused.slice(0, MOST_ROWS),
  );
  return [...section(title, table, width), ...more(unused)];
}

function more(rows: readonly unknown[]): readonly string[] {
  return rows.length > MOST_ROWS ? [`  and ${rows.length - MOST_ROWS} more`] : [];
}

/** Tables of uneven shares, then one line for each distinct even share. */
function allShares(shares: readonly Shares[], width: number): readonly string[] {
  const even = shares.filter(isEven);
  const lines = even.map(
    ({ from, nodes, fair }) => `${percent(fair)} for each endpoint, from ${from} (${count(nodes, 'node')})`,
  );
  return [
    ...shares.filter((each) => !isEven(each)).flatMap((each) => sharesLines(each, width)),
    ...(even.length === 0 ? [] : ['', 'Even shares of connections:']),
    ...[...new Set(lines)].flatMap((line) => wrapped(line, width, '  ', '    ')),
  ];
}

function isEven({ lost, fair, endpoints }: Shares): boolean {
  return lost === 0 && endpoints.every(({ share }) => Math.abs(share - fair) < 1e-9);
}

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
    endpoints.slice(0, MOST_ROWS),
  );
  const about = `Shares of connections from ${from} (${count(nodes, 'node')}), port ${port}`;
  const title = `${about}; fair: ${percent(fair)}:`;
  return [
    '',
    ...wrapped(title, width, '', '  '),
    ...columns([table.columns, ...table.rows], width, '  '),
    ...more(endpoints),
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
