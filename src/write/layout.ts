/**
 * write, part: values as text, and what a text looks like at an offset: indents, columns, line ends.
 */
import type { FieldValue } from './fields.js';

/** How new text is written. */
export type Syntax = 'yaml' | 'json';

/** The text that is edited, as it was. */
export interface Target {
  readonly text: string;
  readonly syntax: Syntax;
}

/** `dense` is without blanks behind colons. */
export function valueText(value: FieldValue, syntax: Syntax, dense = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => scalarText(item, syntax)).join(', ')}]`;
  if (typeof value !== 'object') return scalarText(value, syntax);
  const entries = Object.entries(value).map(
    ([key, text]) => `${JSON.stringify(key)}:${dense ? '' : ' '}${JSON.stringify(text)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** A colon in plain text means something else to one reader or another. */
export function scalarText(value: string | number, syntax: Syntax): string {
  return syntax === 'yaml' && /^[\w.]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

/** Beyond this a flow collection goes on at the left. */
const MAX_INDENT = 24;

/** The indent of an entry of a flow mapping that stands below the one at `offset`. */
export function flowIndent(text: string, offset: number): string {
  const column = columnOf(text, offset);
  return column > MAX_INDENT ? continuation(text, offset) : ' '.repeat(column);
}

/** The indent of a line that goes on with a flow collection: deeper than whatever block the line is in. */
export function continuation(text: string, offset: number): string {
  const [indent = ''] = /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset)) ?? [];
  return `${indent}    `;
}

/** Whether nothing but a comment is behind `offset` on its line. */
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

/** As the line ends, or the one before it where it is the last. */
export function eolOf(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text[(end < 0 ? text.lastIndexOf('\n') : end) - 1] === '\r' ? '\r\n' : '\n';
}
