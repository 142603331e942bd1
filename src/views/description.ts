/**
 * views: the description of a Service as plain data. `print.ts` makes it the text of `vipc describe`.
 */
import type { Table } from '../table.js';

export interface Description {
  /** Errors and warnings, as lines. */
  readonly problems: readonly string[];
  readonly fields: readonly Field[];
  readonly sections: readonly DescriptionSection[];
  /** The place of the Service in the input. */
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

/** A section with a table; none when the table has no rows. */
export function tableSection(title: string, table: Table): readonly DescriptionSection[] {
  return table.rows.length === 0 ? [] : [{ kind: 'table', title, table }];
}
