/**
 * views: tables and descriptions → lines, aligned as kubectl aligns them.
 */
import { printable } from '../printable.js';
import { aligned, LAYOUTS, type Layout, type Table } from '../table.js';
import type { Description, DescriptionSection, Field } from './description.js';

/** The lines of `vipc get`, with or without headings. */
export function printServices(table: Table, headings: boolean): readonly string[] {
  return printTable(table, LAYOUTS.get, headings);
}

/** The lines of `vipc describe`. Problems come first: they are the main reason to read a description. */
export function printDescription({ problems, fields, sections, definedAt }: Description): readonly string[] {
  return [
    ...(problems.length === 0 ? [] : ['Problems:', ...indented(problems), '']),
    ...printFields(fields),
    ...sections.flatMap(printSection),
    '',
    `Defined at: ${definedAt}`,
  ];
}

function printSection(section: DescriptionSection): readonly string[] {
  const lines = section.kind === 'table' ? printTable(section.table, LAYOUTS.describe) : [section.text];
  return ['', `${section.title}:`, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** Labels and values in two columns, one line for each value. */
function printFields(fields: readonly Field[]): readonly string[] {
  const rows = fields.flatMap(({ label, values }) =>
    values.map((value, i) => [i === 0 ? `${label}:` : '', value].map(safe)),
  );
  return aligned(rows, LAYOUTS.describe).map((line) => line.trimEnd());
}

function printTable({ columns, rows }: Table, layout: Layout, headings = true): readonly string[] {
  const all = headings ? [columns, ...rows] : rows;
  return aligned(
    all.map((row) => row.map(safe)),
    layout,
  );
}

/**
 * Makes text safe to print: annotations, paths of Ingresses and names of zones may hide terminal commands. ESC and CR
 * are shown as kubectl shows them (k8s.io/cli-runtime/pkg/printers/terminal.go); tabs are replaced because they would
 * move the next cells.
 */
function safe(text: string): string {
  return printable(text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r').replaceAll('\t', '\ufffd'));
}
