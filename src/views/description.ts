/**
 * views: the description of a Service as plain data. `print.ts` makes the text of it that `vipc describe` prints.
 */
import type { Table } from '../table.js';

export interface Description {
  /** What is wrong with it, as lines. */
  readonly problems: readonly string[];
  readonly fields: readonly Field[];
  readonly sections: readonly DescriptionSection[];
  /** Where it was written. */
  readonly definedAt: string;
}

/** A label, without a colon, and its values. */
export interface Field {
  readonly label: string;
  readonly values: readonly string[];
}

/** A table or a sentence under a title. */
export type DescriptionSection =
  | { readonly kind: 'table'; readonly title: string; readonly table: Table }
  | { readonly kind: 'sentence'; readonly title: string; readonly text: string };

/** A section with a table; none where the table has no rows. */
export function tableSection(title: string, table: Table): readonly DescriptionSection[] {
  return table.rows.length === 0 ? [] : [{ kind: 'table', title, table }];
}
