/**
 * write, part: fields into the text of a YAML or JSON object, everything else left as it is, to the last blank. Places
 * come from the events that gave the values (read/positions.ts), so reader and writer cannot disagree about the text.
 */
import type { Key } from '../diag.js';
import { type Positions, scalarAt } from '../read/positions.js';
import { EVENT_ID } from '../read/yaml.js';
import type { Field, FieldValue } from './fields.js';

/** How new text is written. */
export type Syntax = 'yaml' | 'json';

/** Text to put in the place of `remove` characters at `offset`. */
export interface Insertion {
  readonly offset: number;
  readonly remove: number;
  readonly text: string;
}

/** An object of a text. */
export interface Place {
  readonly text: string;
  readonly tree: Positions;
  /** The document's root node, and the way from there to the object. */
  readonly root: number;
  readonly base: readonly Key[];
  readonly syntax: Syntax;
}

/** Where and how `fields` are written, or undefined when the text is not of the kind that a field can be put into. */
export function insertionsFor(place: Place, fields: readonly Field[]): readonly Insertion[] | undefined {
  const found: Insertion[] = [];
  const object = follow(place, { key: place.root, node: place.root }, place.base);
  for (const field of fields) {
    const mapping = follow(place, object, field.path);
    if (!mapping || place.tree.types[mapping.node] !== EVENT_ID.MAPPING) return undefined;
    const existing = entryOf(place, mapping.node, field.key);
    const insertion = existing ? replaced(place, existing, field) : added(place, mapping, field);
    if (!insertion) return undefined;
    found.push(insertion);
  }
  return found;
}

/** `text` with `insertions`; those of one offset one behind the other. */
export function splice(text: string, insertions: readonly Insertion[]): string {
  const sorted = insertions.toSorted((a, b) => a.offset - b.offset);
  const pieces: string[] = [];
  let at = 0;
  for (const { offset, remove, text: added } of sorted) {
    pieces.push(text.slice(at, offset), added);
    at = offset + remove;
  }
  return [...pieces, text.slice(at)].join('');
}

/** A node and the key it stands under, both nodes of the tree. */
interface Entry {
  readonly key: number;
  readonly node: number;
}

function follow(place: Place, from: Entry | undefined, path: readonly Key[]): Entry | undefined {
  let at = from;
  for (const step of path) {
    if (at) at = typeof step === 'number' ? itemOf(place, at.node, step) : entryOf(place, at.node, step);
  }
  return at;
}

/** Lists have thousands of items, so the others are walked over. */
function itemOf({ tree }: Place, sequence: number, index: number): Entry | undefined {
  if (tree.types[sequence] !== EVENT_ID.SEQUENCE) return undefined;
  let node = sequence + 1;
  for (let i = 0; i < index && tree.types[node] !== EVENT_ID.POP; i++) node = tree.nexts[node] ?? node;
  return tree.types[node] === EVENT_ID.POP ? undefined : { key: node, node };
}

/** The last of equal keys counts. An alias, or a merged key, is none: what it stands for is somewhere else. */
function entryOf({ tree, text }: Place, mapping: number, name: string): Entry | undefined {
  if (tree.types[mapping] !== EVENT_ID.MAPPING) return undefined;
  const nodes = childrenOf(tree, mapping);
  let found: Entry | undefined;
  for (let i = 0; i + 1 < nodes.length; i += 2) {
    const [key = -1, node = -1] = nodes.slice(i, i + 2);
    if (scalarAt(tree, text, key) === name) found = { key, node };
  }
  return found;
}

function childrenOf(tree: Positions, parent: number): readonly number[] {
  const nodes: number[] = [];
  for (let node = parent + 1; node < tree.types.length && tree.types[node] !== EVENT_ID.POP; ) {
    nodes.push(node);
    node = tree.nexts[node] ?? tree.types.length;
  }
  return nodes;
}

/** A field that is there, but empty, or a list that is too short. */
function replaced(place: Place, { key, node }: Entry, field: Field): Insertion | undefined {
  const { tree } = place;
  const start = tree.starts[node] ?? -1;
  const after = start < 0 ? colonAfter(place, key) : start;
  if (tree.types[node] === EVENT_ID.SEQUENCE && Array.isArray(field.value)) return appended(place, node, field);
  if (tree.types[node] !== EVENT_ID.SCALAR || after === undefined) return undefined;
  const value = `${start < 0 ? ' ' : ''}${written(field.value, place.syntax)}`;
  const end = start < 0 ? after : endOf(place, node);
  return end === undefined
    ? undefined
    : { offset: after, remove: end - after, text: `${value}${markBehind(place, end, field)}` };
}

/** The offset after a scalar, its quote included. Block scalars have none that something could be put behind. */
function endOf({ tree, text }: Place, node: number): number | undefined {
  const [start = -1, end = -1] = [tree.starts[node], tree.ends[node]];
  if (start < 0 || /^[|>]/.test(text.slice(lineStart(text, start), start).trimStart())) return undefined;
  return text[start] === '"' || text[start] === "'" ? end + 1 : end;
}

function colonAfter(place: Place, key: number): number | undefined {
  const end = endOf(place, key);
  const colon = end === undefined ? -1 : place.text.indexOf(':', end);
  return colon < 0 ? undefined : colon + 1;
}

/** In a flow collection a comment needs a line's end of its own behind it. */
function markBehind({ text, syntax }: Place, end: number, { mark }: Field): string {
  if (syntax === 'json') return '';
  const rest = text.slice(end, lineEnd(text, end));
  return /^\s*(#.*)?$/.test(rest) ? ` # ${mark}` : ` # ${mark}${eolOf(text, end)}${continuation(text, end)}`;
}

/** The items that a list lacks, behind those it has. */
function appended(place: Place, node: number, field: Field): Insertion | undefined {
  const { tree, text, syntax } = place;
  const values = field.value as readonly string[];
  const items = childrenOf(tree, node);
  const start = tree.starts[node] ?? -1;
  const last = items.at(-1);
  const missing = values.slice(items.length).map((value) => scalar(value, syntax));
  if (last === undefined) {
    return text[start] === '['
      ? { offset: start + 1, remove: 0, text: `${missing.join(', ')}${markBehind(place, start + 1, field)}` }
      : undefined;
  }
  const end = tree.types[last] === EVENT_ID.SCALAR ? endOf(place, last) : undefined;
  if (end === undefined) return undefined;
  if (text[start] === '[') {
    return { offset: end, remove: 0, text: `, ${missing.join(', ')}${markBehind(place, end, field)}` };
  }
  const indent = ' '.repeat(columnOf(text, start));
  const lines = missing.map((item) => `${eolOf(text, end)}${indent}- ${item} # ${field.mark}`);
  return { offset: lineEnd(text, end), remove: 0, text: lines.join('') };
}

/** A field that is not there. */
function added(place: Place, { key, node }: Entry, field: Field): Insertion | undefined {
  const { tree, text, syntax } = place;
  const start = tree.starts[node] ?? -1;
  const [first] = childrenOf(tree, node);
  const firstStart = first === undefined ? start + 1 : (tree.starts[first] ?? -1);
  if (start < 0 || firstStart < 0) return undefined;
  if (text[start] === '{') return inFlow(place, firstStart, first !== undefined, field);
  const indent = ' '.repeat(columnOf(text, start));
  const line = `${field.key}: ${written(field.value, syntax)} # ${field.mark}`;
  const before = field.after === undefined ? undefined : entryOf(place, node, field.after);
  const end = before && tree.types[before.node] === EVENT_ID.SCALAR ? endOf(place, before.node) : undefined;
  if (end !== undefined) return { offset: lineEnd(text, end), remove: 0, text: `${eolOf(text, end)}${indent}${line}` };
  const header = key === node ? undefined : endOf(place, key);
  if (header !== undefined && lineEnd(text, header) < start) {
    return { offset: lineEnd(text, header), remove: 0, text: `${eolOf(text, header)}${indent}${line}` };
  }
  return { offset: start, remove: 0, text: `${line}${eolOf(text, start)}${indent}` };
}

/** As the first of a flow mapping, the others aligned below it. */
function inFlow({ text, syntax }: Place, offset: number, more: boolean, field: Field): Insertion {
  const indent = text.slice(lineStart(text, offset), offset);
  const comma = more ? ',' : '';
  if (syntax === 'yaml') {
    const value = `${field.key}: ${written(field.value, syntax)}`;
    const rest = indent.length > MAX_INDENT ? continuation(text, offset) : ' '.repeat(indent.length);
    return { offset, remove: 0, text: `${value}${comma} # ${field.mark}${eolOf(text, offset)}${rest}` };
  }
  const dense = /^"(?:[^"\\]|\\.)*":\S/.test(text.slice(offset, offset + 200));
  const behind = /\S/.test(indent) ? (dense ? '' : ' ') : `${eolOf(text, offset)}${indent}`;
  const value = written(field.value, syntax, dense);
  return {
    offset,
    remove: 0,
    text: `${JSON.stringify(field.key)}:${dense ? '' : ' '}${value}${more ? `,${behind}` : ''}`,
  };
}

/** Beyond this a flow collection goes on at the left. */
const MAX_INDENT = 24;

/** The indent of a line that goes on with a flow collection: deeper than whatever block the line is in. */
function continuation(text: string, offset: number): string {
  const [indent = ''] = /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset)) ?? [];
  return `${indent}    `;
}

function written(value: FieldValue, syntax: Syntax, dense = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => scalar(item, syntax)).join(', ')}]`;
  if (typeof value !== 'object') return scalar(value, syntax);
  const entries = Object.entries(value).map(
    ([key, text]) => `${JSON.stringify(key)}:${dense ? '' : ' '}${JSON.stringify(text)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** A colon in plain text means something else to one reader or another. */
function scalar(value: string | number, syntax: Syntax): string {
  return syntax === 'yaml' && /^[\w.]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** As the line ends, or the one before it where it is the last. */
function eolOf(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text[(end < 0 ? text.lastIndexOf('\n') : end) - 1] === '\r' ? '\r\n' : '\n';
}
