/**
 * write, part: a text → the tree of its tokens, including blanks, and the search for a field in it. The tokens are
 * those of the `yaml` package (its CST); joined they are the text again, so unchanged parts stay byte for byte.
 */
import { CST, Parser } from 'yaml';
import type { Key } from '../diag.js';

export type { CST };

/** A text and its tokens. Offsets of tokens are those in `text`. */
export interface Tree {
  readonly text: string;
  readonly tokens: readonly CST.Token[];
}

/** A token that holds a value: a document, or an item of a collection. */
export type Slot = CST.Document | CST.CollectionItem;

export type Mapping = CST.BlockMap | CST.FlowCollection;
export type Sequence = CST.BlockSequence | CST.FlowCollection;

/**
 * The tree of `text`; undefined when its tokens do not add up to the text. `grammar` is a text of the same length that
 * is parsed instead, when the package's grammar refuses `text` itself.
 */
export function treeOf(text: string, grammar = text): Tree | undefined {
  const tokens = [...new Parser().parse(grammar)];
  if (textOf({ tokens }) !== grammar) return undefined;
  if (grammar !== text) restore(tokens, text);
  return { text, tokens };
}

export function textOf({ tokens }: Pick<Tree, 'tokens'>): string {
  return tokens.map((token) => CST.stringify(token)).join('');
}

/** The document with this number; empty document tokens between end marks are not counted. */
export function documentAt({ tokens }: Tree, index: number): CST.Document | undefined {
  return tokens.filter((token) => token.type === 'document').filter(({ start, value }) => value ?? start[0])[index];
}

/**
 * The slot of the value at `path` below `slot`; undefined behind an alias or a merged key, whose value is elsewhere.
 */
export function follow(slot: Slot | undefined, path: readonly Key[]): Slot | undefined {
  return path.reduce<Slot | undefined>(
    (at, step) => (typeof step === 'number' ? itemOf(at?.value, step) : entryOf(at?.value, step)),
    slot,
  );
}

/** The entry with the key `name`; the last of equal keys counts. */
export function entryOf(node: CST.Token | undefined, name: string): CST.CollectionItem | undefined {
  return isMapping(node) ? node.items.findLast(({ key }) => nameOf(key) === name) : undefined;
}

export function isMapping(node: CST.Token | undefined): node is Mapping {
  return node?.type === 'block-map' || (node?.type === 'flow-collection' && node.start.source === '{');
}

export function isSequence(node: CST.Token | undefined): node is Sequence {
  return node?.type === 'block-seq' || (node?.type === 'flow-collection' && node.start.source === '[');
}

/** A plain or quoted scalar, after which tokens can be added; a block scalar has no such end. */
export function isFlowScalar(node: CST.Token | undefined): node is CST.FlowScalar {
  return node?.type !== undefined && /^(?:(?:single|double)-quoted-)?scalar$/.test(node.type);
}

/** The item at `index`. Items without a value are comments, or the blanks after the last comma. */
function itemOf(node: CST.Token | undefined, index: number): CST.CollectionItem | undefined {
  const item = isSequence(node) ? node.items[index] : undefined;
  return item?.value && !item.sep ? item : undefined;
}

function nameOf(key: CST.Token | null | undefined): string | undefined {
  return CST.resolveAsScalar(key ?? null, false, () => {})?.value;
}

/** Gives each token its part of `text`, which is as long as the parsed text. */
function restore(tokens: readonly CST.Token[], text: string): void {
  let at = 0;
  for (const token of tokens) {
    for (const piece of piecesOf(token)) {
      const end = at + piece.source.length;
      piece.source = text.slice(at, end);
      at = end;
    }
  }
}

/** All parts of a token that have text, in the order of the text. */
function* piecesOf(token: CST.Token): Generator<{ source: string }> {
  if (token.type === 'block-scalar') for (const prop of token.props) yield* piecesOf(prop);
  if (token.type === 'flow-collection') yield token.start;
  if (token.type === 'document') yield* piecesIn(token);
  if ('items' in token) for (const item of token.items) yield* piecesIn(item);
  if ('source' in token) yield token;
  if ('end' in token) yield* token.end ?? [];
}

function* piecesIn({ start, key, sep, value }: CST.CollectionItem): Generator<{ source: string }> {
  yield* start;
  if (key) yield* piecesOf(key);
  yield* sep ?? [];
  if (value) yield* piecesOf(value);
}
