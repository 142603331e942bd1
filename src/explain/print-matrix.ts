/**
 * explain: matrices → tables, a row for each kind of client, a column for each address.
 */
import { printable } from '../printable.js';
import { aligned, LAYOUTS } from '../table.js';
import type { Cell, Matrix } from './types.js';
import { wrapped } from './wrap.js';

/** A table for each matrix; ports whose tables differ only in port numbers share one. */
export function matricesLines(matrices: readonly Matrix[], width: number): readonly string[] {
  const groups = alike(matrices);
  const cells = matrices.flatMap((matrix) => matrix.cells);
  const text = legend(cells);
  return [
    ...groups.flatMap((group) => matrixLines(group, width)),
    ...(text === '' ? [] : wrapped(text, width, '  ', '  ')),
  ];
}

/** A matrix, and the ports that it is about. */
export interface Group {
  readonly matrix: Matrix;
  readonly ports: readonly string[];
}

/** Matrices of ports that differ only in their numbers together. */
export function alike(matrices: readonly Matrix[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const matrix of matrices) {
    const cells = matrix.cells.map(({ from: _, address, ...cell }) => ({
      ...cell,
      address: address.replace(/:\d+$/, ''),
    }));
    const key = JSON.stringify([matrix.nodes, cells]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, ports: [...known.ports, matrix.port] } : { matrix, ports: [matrix.port] });
  }
  return [...groups.values()];
}

/** As many address columns as fit into `width`; the others go to further tables below. */
function matrixLines({ matrix, ports }: Group, width: number): readonly string[] {
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
  const title = `What clients get on ${nodes}, port ${ports.join('; alike port ')}:`;
  const tables = parts.flatMap((addresses) => [...tableLines(matrix, clients, addresses)]);
  return ['', ...wrapped(title, width, '', '  '), ...tables];
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

/** `2, kept`: the connection reaches one of two endpoints, and both see the client's address. */
function cellText(cell: Cell | undefined): string {
  if (!cell) return '-';
  if (cell.gets !== 'endpoints') return cell.gets;
  const { endpoints, sourceKept, policy } = cell;
  if (policy?.admission === 'stopped') return 'stopped';
  const source = sourceKept === endpoints ? 'kept' : sourceKept === 0 ? 'changed' : `${sourceKept} kept`;
  return `${endpoints}, ${source}${policy ? `, ${policy.admission}` : ''}`;
}

const NUMBERS =
  'a number: of endpoints, of which a connection reaches one; kept: it sees the address of the client, changed: one of the node';
const LOST = 'refused: an error at once; dropped: no answer at all';

const STOPPED = 'stopped: NetworkPolicies admit no such client';
const IN_PART = 'in part: NetworkPolicies admit only some of the pods, or to some of the endpoints';
const DEPENDS = 'depends: on labels that the input lacks, or on what the network plugin does with NetworkPolicies';

function legend(cells: readonly Cell[]): string {
  const has = (gets: Cell['gets'][]) => cells.some((cell) => gets.includes(cell.gets));
  const judged = (admission: NonNullable<Cell['policy']>['admission']) =>
    cells.some(({ policy }) => policy?.admission === admission);
  return [
    ...(has(['endpoints']) ? [NUMBERS] : []),
    ...(has(['refused', 'dropped']) ? [LOST] : []),
    ...(judged('stopped') ? [STOPPED] : []),
    ...(judged('in part') ? [IN_PART] : []),
    ...(judged('depends') ? [DEPENDS] : []),
  ].join('; ');
}
