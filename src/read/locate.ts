/**
 * Where an Origin is: file, line and column, 1-based. This is the second parse that origins save everybody else: it
 * happens once per source, and only when a diagnostic is printed. In: an Origin. Out: a position; nothing fails.
 */
import type { Key, Origin, Source } from '../diag.js';
import { lineOf, type Positions, positionsOf, scalarAt } from './positions.js';
import { EVENT_ID } from './yaml.js';

export interface Position {
  /** The name of the source; of the outermost one for embedded text. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/**
 * The position of `origin`: its offset if it has one, else where its path leads in its document. A path that leads
 * nowhere (a field that is missing) is followed as far as it goes, an alias or a merged key to where it is used.
 */
export function locate(origin: Origin): Position {
  const { source, offset } = place(origin);
  return { file: source.name, ...lineOf(positions(source).lines, offset) };
}

/** The longest piece of a line that is worth showing. */
const MAX_EXCERPT = 120;

/** The line that `origin` is in, cut and harmless to print; undefined when the position is beyond the cut. */
export function excerpt(origin: Origin): string | undefined {
  const { source, offset } = place(origin);
  const { lines } = positions(source);
  const { line, col } = lineOf(lines, offset);
  if (col > MAX_EXCERPT) return undefined;
  const start = lines[line - 1] ?? 0;
  const text = source.text.slice(start, Math.min(start + MAX_EXCERPT, (lines[line] ?? source.text.length + 1) - 1));
  // Tabs and control characters would move the caret below; the others reorder text or pretend to be line ends.
  const safe = text.trimEnd().replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return safe === '' ? undefined : safe;
}

interface Place {
  readonly source: Source;
  readonly offset: number;
}

const cache = new WeakMap<Source, Positions>();

function positions(source: Source): Positions {
  const known = cache.get(source);
  if (known) return known;
  const made = positionsOf(source.text);
  cache.set(source, made);
  return made;
}

/** The outermost source that holds `origin`, and the offset there. */
function place(origin: Origin): Place {
  const { source } = origin;
  const offset = Math.min(origin.offset ?? offsetOf(origin), source.text.length);
  if (!source.embedded) return { source, offset };
  return unembed(source.embedded, lineOf(positions(source).lines, offset));
}

/** A literal block shows its text line by line; in any other scalar only the beginning can be pointed at. */
function unembed(outer: Origin, inner: { readonly line: number; readonly col: number }): Place {
  const found = positions(outer.source);
  const { node } = follow(outer);
  const indent = found.decoded.get(node)?.indent;
  if (outer.source.embedded || indent === undefined) return place(outer);
  const header = lineOf(found.lines, found.starts[node] ?? 0).line;
  const first = header - leadingLines(found.decoded.get(node)?.value ?? '');
  const start = found.lines[first - 1 + inner.line - 1] ?? 0;
  return { source: outer.source, offset: start + indent + inner.col - 1 };
}

/** A block's start is its first letter; the empty lines before it belong to the value too. */
function leadingLines(value: string): number {
  return (/^\s*/.exec(value)?.[0].split('\n').length ?? 1) - 1;
}

function offsetOf(origin: Origin): number {
  const { node, key } = follow(origin);
  const { starts } = positions(origin.source);
  const start = starts[node] ?? -1;
  // An empty value has no place of its own.
  return Math.max(0, origin.atKey || start < 0 ? (starts[key] ?? 0) : start);
}

/** The node that a path leads to, and the key it stands under; both are the root for an empty path. */
interface Followed {
  readonly node: number;
  readonly key: number;
}

function follow({ source, document, base, path }: Origin): Followed {
  const found = positions(source);
  let at: Followed = { node: found.roots[document] ?? -1, key: found.roots[document] ?? -1 };
  for (const step of [...base, ...path]) {
    const next = at.node < 0 ? undefined : childOf(found, source.text, at.node, step);
    if (!next) break;
    at = next;
  }
  return at;
}

function childOf(found: Positions, text: string, parent: number, step: Key): Followed | undefined {
  const type = found.types[parent];
  if (type === EVENT_ID.SEQUENCE && typeof step === 'number') return entryOf(found, parent, step);
  if (type === EVENT_ID.MAPPING && typeof step === 'string') return fieldOf(found, text, parent, step);
  return undefined;
}

function entryOf(found: Positions, parent: number, index: number): Followed | undefined {
  let node = parent + 1;
  for (let i = 0; i < index && found.types[node] !== EVENT_ID.POP; i++) node = found.nexts[node] ?? node;
  return found.types[node] === EVENT_ID.POP ? undefined : { node, key: node };
}

/** The last of equal keys counts, as it does for JSON.parse. */
function fieldOf(found: Positions, text: string, parent: number, name: string): Followed | undefined {
  let field: Followed | undefined;
  let merged: Followed | undefined;
  for (let key = parent + 1; found.types[key] !== EVENT_ID.POP && key < found.types.length; ) {
    const node = found.nexts[key] ?? key;
    const given = scalarAt(found, text, key);
    if (given === name) field = { node, key };
    if (given === '<<') merged = { node, key };
    key = found.nexts[node] ?? node;
  }
  return field ?? merged;
}
