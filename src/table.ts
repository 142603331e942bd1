/**
 * table: rows of cells as plain data, and how they are laid out as text. `vipc get`, descriptions, resolved.txt and reviews
 * have their tables from here, so that each can also be printed in another form. A cell is as it came: what hides in it is
 * the printer's concern.
 */

/** What several things have in common, one a row. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column: its heading, and the cell of each value. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (value: T) => string;
  /** Left out when no row has anything in it. */
  readonly optional?: boolean;
}

/** Stands in a cell that is empty, so that scripts find as many words in every row. */
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
  /** Of a column, what follows its cells included. */
  readonly minWidth: number;
  /** Blanks after the widest cell. */
  readonly padding: number;
}

/** As Go's tabwriter aligns for kubectl get (k8s.io/cli-runtime/pkg/printers) and describe (k8s.io/kubectl/pkg/describe). */
export const LAYOUTS = {
  get: { minWidth: 6, padding: 3 },
  describe: { minWidth: 0, padding: 2 },
  resolved: { minWidth: 0, padding: 2 },
} as const satisfies Readonly<Record<string, Layout>>;

/** Lines with the cells of each column below each other; nothing is added to the last cell of a row. */
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

/** The same for rows of several tables, one below the other: only rows of one table are aligned with each other. */
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
