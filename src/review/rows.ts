/**
 * review: the resolved tables of two sides → their differences, row by row. Rows are compared cell by cell, so a wider
 * column is not a change; for printing, the rows of both sides are aligned together.
 */
import { diffArrays } from 'diff';
import { type Row, rowsOf } from '../resolve/rows.js';
import type { NodeView, PortView } from '../resolve/view.js';
import { alignedTables, LAYOUTS } from '../table.js';
import { type DiffLine, MAX_EDITS, type ServiceChange } from './compare.js';

/** A row of both sides, or of only one. */
export interface RowChange extends Row {
  readonly kind: DiffLine['kind'];
}

/** The changes in the tables of one ServicePort. */
export interface TablesChange {
  readonly service: string;
  readonly sections: readonly { readonly title: string; readonly rows: readonly RowChange[] }[];
}

/** The changes, sorted by ServicePort, IPv4 first. */
export function resolvedChanges(before: readonly NodeView[], after: readonly NodeView[]): readonly TablesChange[] {
  const [was, is] = [portsByKey(before), portsByKey(after)];
  const byService = new Map<string, TablesChange['sections']>();
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const rows = diffRows(allRows(was.get(key)), allRows(is.get(key)));
    if (rows.every(({ kind }) => kind === ' ')) continue;
    const [family = '', name = ''] = key.split(' ');
    byService.set(name, [...(byService.get(name) ?? []), { title: `resolved ${family}`, rows }]);
  }
  return [...byService].sort(([a], [b]) => (a < b ? -1 : 1)).map(([service, sections]) => ({ service, sections }));
}

/** The same as lines of aligned cells. */
export function asLines(changes: readonly TablesChange[]): readonly ServiceChange[] {
  return changes.map(({ service, sections }) => ({
    service,
    sections: sections.map(({ title, rows }) => {
      const texts = alignedTables(rows, LAYOUTS.resolved);
      return { title, lines: rows.map(({ kind }, i) => ({ kind, text: texts[i] ?? '' })) };
    }),
  }));
}

function portsByKey(nodes: readonly NodeView[]): ReadonlyMap<string, PortView> {
  return new Map(nodes.flatMap(({ family, ports }) => ports.map((port) => [`${family} ${port.name}`, port] as const)));
}

function allRows(port: PortView | undefined): readonly Row[] {
  return port ? [{ table: 'others', cells: [port.protocol] }, ...rowsOf(port)] : [];
}

function diffRows(before: readonly Row[], after: readonly Row[]): readonly RowChange[] {
  const parts = diffArrays([...before], [...after], {
    comparator: (a, b) => a.table === b.table && a.cells.join('\n') === b.cells.join('\n'),
    maxEditLength: MAX_EDITS,
  });
  if (!parts) return [...marked('-', before), ...marked('+', after)];
  return parts.flatMap((part) => marked(part.added ? '+' : part.removed ? '-' : ' ', part.value));
}

function marked(kind: DiffLine['kind'], rows: readonly Row[]): readonly RowChange[] {
  return rows.map((row) => ({ kind, ...row }));
}
