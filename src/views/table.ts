/**
 * views: rows → aligned lines, as Go's tabwriter aligns them for kubectl (k8s.io/cli-runtime/pkg/printers: cells at least
 * six wide, three blanks after the widest; k8s.io/kubectl/pkg/describe: two blanks).
 */
import { printable } from '../printable.js';

/** What a table looks like. */
export interface Layout {
  readonly minWidth: number;
  readonly padding: number;
}

/** That of `kubectl get`. */
export const GET: Layout = { minWidth: 6, padding: 3 };

/** That of `kubectl describe`. */
export const DESCRIBE: Layout = { minWidth: 0, padding: 2 };

/**
 * What is safe to print: annotations, paths of Ingresses and names of zones are free text, in which hostile input may hide
 * what commands a terminal. ESC and CR as kubectl shows them (k8s.io/cli-runtime/pkg/printers/terminal.go); a tab would
 * move the cells behind it.
 */
export function safe(text: string): string {
  return printable(text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r').replaceAll('\t', '\ufffd'));
}

/** Lines with the cells of each column below each other; the last cell of a row is as it is. */
export function aligned(rows: readonly (readonly string[])[], { minWidth, padding }: Layout): readonly string[] {
  const widths: number[] = [];
  const texts = rows.map((row) => row.map(safe));
  for (const row of texts) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? minWidth, [...cell].length + padding);
    }
  }
  return texts.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - [...cell].length)))
      .join(''),
  );
}

/** A column: its heading, and what it says of each. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (value: T) => string;
  /** Left out when no row has anything in it. */
  readonly optional?: boolean;
}

/** What stands in a cell that has nothing to say, so that scripts find as many words in every row. */
export const NONE = '<none>';

/** Rows of cells, the headings first unless `headers` is false; empty cells say so, and optional columns are left out. */
export function cells<T>(
  columns: readonly Column<T>[],
  values: readonly T[],
  headers = true,
): readonly (readonly string[])[] {
  const filled = columns
    .map(({ title, cell, optional }) => ({ title, optional, texts: values.map(cell) }))
    .filter(({ optional, texts }) => !optional || texts.some((text) => text !== '' && text !== NONE));
  const rows = values.map((_, i) => filled.map(({ texts }) => texts[i] || NONE));
  return headers ? [filled.map(({ title }) => title), ...rows] : rows;
}
