/**
 * table: rows of cells as plain data, and their layout as text. `vipc get`, descriptions, resolved.txt and reviews use
 * these tables, so that each can also be printed in another form. Cells are raw text: printers must make them safe.
 */

/** A table: one row for each object. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column: its heading, and the cell of each value. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (value: T) => string;
  /** The column is left out when all its cells are empty. */
  readonly optional?: boolean;
}

/** The text of an empty cell, so that every row has the same number of words for scripts. */
export const NONE = '<none>';

/** A row for each of `values`. */
export function tableOf<T>(columns: readonly Column<T>[], values: readonly T[]): Table {
  const filled = columns
    .map(({ title, cell, optional }) => ({ title, optional, texts: values.map(cell) }))
    .filter(({ optional, texts }) => !optional || texts.some((text) => text !== '' && text !== NONE));
  return {
    columns: filled.map(({ title }) => title),
    rows: values.map((_, i) => filled.map(({ texts }) => texts[i] || NONE)),
  };
}

/** Widths of columns, in characters. */
export interface Layout {
  /** The minimum width of a column, padding included. */
  readonly minWidth: number;
  /** The number of blanks after the widest cell. */
  readonly padding: number;
}

/**
 * The tabwriter settings of kubectl get (k8s.io/cli-runtime/pkg/printers) and describe (k8s.io/kubectl/pkg/describe).
 */
export const LAYOUTS = {
  get: { minWidth: 6, padding: 3 },
  describe: { minWidth: 0, padding: 2 },
  resolved: { minWidth: 0, padding: 2 },
} as const satisfies Readonly<Record<string, Layout>>;

/** Lines with aligned columns; the last cell of a row is not padded. */
export function aligned(rows: readonly (readonly string[])[], { minWidth, padding }: Layout): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? minWidth, [...cell].length + padding);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - [...cell].length)))
      .join(''),
  );
}

/** The same for rows of several tables; only rows of the same table are aligned with each other. */
export function alignedTables(
  rows: readonly { readonly table: string; readonly cells: readonly string[] }[],
  layout: Layout,
): readonly string[] {
  const texts = new Map<string, Iterator<string>>();
  for (const { table } of rows) {
    if (texts.has(table)) continue;
    const own = rows.filter((row) => row.table === table).map(({ cells }) => cells);
    texts.set(table, aligned(own, layout)[Symbol.iterator]());
  }
  return rows.map(({ table }) => texts.get(table)?.next().value ?? '');
}
