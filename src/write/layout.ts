/**
 * write, part: values as text, and the layout of a text at an offset: indents, columns, line ends.
 */
import type { FieldValue } from './fields.js';

/** The syntax of new text. */
export type Syntax = 'yaml' | 'json';

/** The original text. */
export interface Target {
  readonly text: string;
  readonly syntax: Syntax;
}

/** `value` as text; `dense`: without blanks after colons. */
export function valueText(value: FieldValue, syntax: Syntax, dense = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => scalarText(item, syntax)).join(', ')}]`;
  if (typeof value !== 'object') return scalarText(value, syntax);
  const entries = Object.entries(value).map(
    ([key, text]) => `${JSON.stringify(key)}:${dense ? '' : ' '}${JSON.stringify(text)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** Quotes every text with a colon: parsers read colons in plain text differently. */
export function scalarText(value: string | number, syntax: Syntax): string {
  return syntax === 'yaml' && /^[\w.]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

/** The greatest indent of new lines in a flow collection. */
const MAX_INDENT = 24;

/** The indent of a new line below the flow-mapping entry at `offset`. */
export function flowIndent(text: string, offset: number): string {
  const column = columnOf(text, offset);
  return column > MAX_INDENT ? continuation(text, offset) : ' '.repeat(column);
}

/** The indent of a line that continues a flow collection: deeper than the block of its first line. */
export function continuation(text: string, offset: number): string {
  const [indent = ''] = /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset)) ?? [];
  return `${indent}    `;
}

/** Whether only blanks and a comment follow `offset` on its line. */
export function endsLine(text: string, offset: number): boolean {
  const end = text.indexOf('\n', offset);
  return /^\s*(#.*)?$/.test(text.slice(offset, end < 0 ? text.length : end));
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** The end of the line at `offset`; of the previous line for the last one. */
export function eolOf(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text[(end < 0 ? text.lastIndexOf('\n') : end) - 1] === '\r' ? '\r\n' : '\n';
}
