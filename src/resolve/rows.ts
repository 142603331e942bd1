/**
 * resolve, part: a ServicePort's view → the rows of its tables in resolved.txt.
 */
import type { Table } from '../table.js';
import type { PortView } from './view.js';

/** The tables by their names, with the headings of each. */
export const HEADINGS = {
  frontends: ['FRONTEND', 'ADDRESS', 'POLICY', 'MASQUERADE', 'GOES TO'],
  endpoints: ['ENDPOINT', 'SETS', 'STATE'],
} as const;

/** A row of a table; each line below the tables is a row of `others` with one cell. */
export interface Row {
  readonly table: keyof typeof HEADINGS | 'others';
  readonly cells: readonly string[];
  readonly isHeading?: true;
}

/** The two tables of a view. */
export function tablesOf({ frontends, endpoints }: Pick<PortView, keyof typeof HEADINGS>) {
  return {
    frontends: {
      columns: HEADINGS.frontends,
      rows: frontends.map((each) => [each.kind, each.address, each.policy, each.masquerade, each.goesTo]),
    },
    endpoints: {
      columns: HEADINGS.endpoints,
      rows: endpoints.map(({ address, sets, state }) => [address, sets, state]),
    },
  } satisfies Readonly<Record<keyof typeof HEADINGS, Table>>;
}

/** All rows of a view, table by table; without endpoints their table is left out. */
export function rowsOf(view: PortView): readonly Row[] {
  const tables = tablesOf(view);
  const rows = (table: keyof typeof HEADINGS): readonly Row[] => [
    { table, cells: tables[table].columns, isHeading: true },
    ...tables[table].rows.map((cells) => ({ table, cells })),
  ];
  return [
    ...rows('frontends'),
    ...(view.endpoints.length > 0 ? rows('endpoints') : []),
    ...view.others.map((line): Row => ({ table: 'others', cells: [line] })),
  ];
}
