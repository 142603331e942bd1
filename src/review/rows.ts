/**
 * review: the resolved tables of two sides → their differences, row by row. Rows are compared by their cells, so that a
 * wider column is no change, and laid out together.
 */
import { diffArrays } from 'diff';
import { alignedRows, type NodeView, type PortView, type Row, rowsOf } from '../resolve/view.js';
import { type DiffLine, MAX_EDITS, type SectionChange, type ServiceChange } from './compare.js';

/** What changed, by ServicePort in order of name, IPv4 first. */
export function resolvedChanges(before: readonly NodeView[], after: readonly NodeView[]): readonly ServiceChange[] {
  const [was, is] = [portsByKey(before), portsByKey(after)];
  const byService = new Map<string, SectionChange[]>();
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [then, now] = [was.get(key), is.get(key)];
    const lines = diffRows(lineUp(then), lineUp(now));
    if (lines.every(({ kind }) => kind === ' ')) continue;
    const [family = '', name = ''] = key.split(' ');
    byService.set(name, [...(byService.get(name) ?? []), { title: `resolved ${family}`, lines }]);
  }
  return [...byService].sort(([a], [b]) => (a < b ? -1 : 1)).map(([service, sections]) => ({ service, sections }));
}

function portsByKey(nodes: readonly NodeView[]): ReadonlyMap<string, PortView> {
  return new Map(nodes.flatMap(({ family, ports }) => ports.map((port) => [`${family} ${port.name}`, port] as const)));
}

function lineUp(port: PortView | undefined): readonly Row[] {
  return port ? [{ table: 'others', cells: [port.protocol] }, ...rowsOf(port)] : [];
}

interface Marked {
  readonly kind: DiffLine['kind'];
  readonly row: Row;
}

function diffRows(before: readonly Row[], after: readonly Row[]): readonly DiffLine[] {
  const parts = diffArrays([...before], [...after], {
    comparator: (a, b) => a.table === b.table && a.cells.join('\n') === b.cells.join('\n'),
    maxEditLength: MAX_EDITS,
  });
  const marked: readonly Marked[] = parts
    ? parts.flatMap((part) => mark(part.added ? '+' : part.removed ? '-' : ' ', part.value))
    : [...mark('-', before), ...mark('+', after)];
  const texts = alignedRows(marked.map(({ row }) => row));
  return marked.map(({ kind }, i) => ({ kind, text: texts[i] ?? '' }));
}

function mark(kind: DiffLine['kind'], rows: readonly Row[]): readonly Marked[] {
  return rows.map((row) => ({ kind, row }));
}
