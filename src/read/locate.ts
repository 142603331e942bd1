/**
 * The file, line and column of an Origin, 1-based. It parses the text a second time, once per text and only when a
 * diagnostic is printed, so that no other code needs positions. In: an Origin. Out: a position; it cannot fail.
 */
import { formatPath, type Key, type Origin, type Source } from '../diag.js';
import { printable } from '../printable.js';
import { lineOf, lineStarts, type Positions, positionsOf, scalarAt } from './positions.js';
import { EVENT_ID } from './yaml.js';

/** A place in a file, 1-based. */
export interface Position {
  /** The name of the source; of the outermost one for embedded text. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/**
 * The position of `origin`: its offset if it has one, else the value that its path leads to. A path to a missing field
 * gives its nearest existing parent; an alias or a merged key gives the place where it is used.
 */
export function locate(origin: Origin): Position {
  const { source, offset } = place(origin);
  return { file: source.name, ...lineOf(linesOf(source), offset) };
}

/** `cluster.yaml:12:5`; for objects of an API server, `cluster dev: Service default/web`. */
export function placeText(origin: Origin): string {
  const { source, object, base, path } = origin;
  if (source.api) return `${source.name}: ${object ?? formatPath([...base, ...path])}`;
  const { file, line, col } = locate(origin);
  return `${file}:${line}:${col}`;
}

/** The length at which an excerpt is cut. */
const MAX_EXCERPT = 120;

/** The line of `origin`, cut and safe to print; undefined when the position is beyond the cut. */
export function excerpt(origin: Origin): string | undefined {
  if (origin.source.api) return undefined;
  const { source, offset } = place(origin);
  const lines = linesOf(source);
  const { line, col } = lineOf(lines, offset);
  if (col > MAX_EXCERPT) return undefined;
  const start = lines[line - 1] ?? 0;
  const text = source.text.slice(start, Math.min(start + MAX_EXCERPT, (lines[line] ?? source.text.length + 1) - 1));
  const safe = printable(text.trimEnd());
  return safe === '' ? undefined : safe;
}

interface Place {
  readonly source: Source;
  readonly offset: number;
}

const lines = new WeakMap<Source, readonly number[]>();
const trees = new WeakMap<object, Positions>();

function linesOf(source: Source): readonly number[] {
  return remember(lines, source, () => lineStarts(source.text));
}

function remember<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** The text to parse to find an origin: the object's own text if its span is known, else the whole source. */
interface Region {
  readonly text: string;
  readonly start: number;
  readonly tree: Positions;
  /** The path from the root of the text. */
  readonly path: readonly Key[];
  readonly document: number;
}

function regionOf({ source, document, base, span, path }: Origin): Region {
  const start = span?.start ?? 0;
  const text = span ? source.text.slice(span.start, span.end) : source.text;
  const tree = remember(trees, span ?? source, () => positionsOf(text));
  return span ? { text, start, tree, path, document: 0 } : { text, start, tree, path: [...base, ...path], document };
}

/** The outermost source that holds `origin`, and the offset there. */
function place(origin: Origin): Place {
  const { source } = origin;
  const offset = Math.min(origin.offset ?? offsetOf(origin), source.text.length);
  if (!source.embedded) return { source, offset };
  return unembed(source.embedded, lineOf(linesOf(source), offset));
}

/** A literal block keeps its lines, so each can be located; in any other scalar only the beginning can. */
function unembed(outer: Origin, inner: { readonly line: number; readonly col: number }): Place {
  const region = regionOf(outer);
  const { start, tree } = region;
  const { node } = follow(region);
  const decoded = tree.decoded.get(node);
  if (outer.source.embedded || decoded?.indent === undefined) return place(outer);
  const lines = linesOf(outer.source);
  const header = lineOf(lines, start + (tree.starts[node] ?? 0)).line;
  const first = header - leadingLines(decoded.value);
  const line = lines[first - 1 + inner.line - 1] ?? 0;
  return { source: outer.source, offset: line + decoded.indent + inner.col - 1 };
}

/** The empty lines before a block's first letter: they belong to its value, but its start is the letter. */
function leadingLines(value: string): number {
  return (/^\s*/.exec(value)?.[0].split('\n').length ?? 1) - 1;
}

function offsetOf(origin: Origin): number {
  const region = regionOf(origin);
  const { node, key } = follow(region);
  const { starts } = region.tree;
  const start = starts[node] ?? -1;
  // An empty value has no position: use its key's.
  return region.start + Math.max(0, origin.atKey || start < 0 ? (starts[key] ?? 0) : start);
}

/** The node that a path leads to, and its key; both are the root for an empty path. */
interface Followed {
  readonly node: number;
  readonly key: number;
}

function follow({ text, tree, path, document }: Region): Followed {
  let at: Followed = { node: tree.roots[document] ?? -1, key: tree.roots[document] ?? -1 };
  for (const step of path) {
    const next = at.node < 0 ? undefined : childOf(tree, text, at.node, step);
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
