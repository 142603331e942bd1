/**
 * The tree of a text's YAML nodes in typed arrays: 4 million nodes (a large cluster in one file) fit into 60 MB, so it
 * can be kept while diagnostics are printed. In: a text. Out: the positions of its documents, keys and values.
 */
import { EVENT_ID, type Event, getScalarValue, readEvents, SCALAR_STYLE } from './yaml.js';

/** Nodes in the order of the text; a container is followed by its content. */
export interface Positions {
  /** The root node of each document. */
  readonly roots: readonly number[];
  /** The type of each node, one of EVENT_ID. */
  readonly types: Uint8Array;
  /** Offset of a node's first character, quotes included; -1 for an empty node. */
  readonly starts: Int32Array;
  /** Offset after a plain or quoted scalar's text. */
  readonly ends: Int32Array;
  /** The node after this one and its content. */
  readonly nexts: Int32Array;
  /** Scalars whose value is not just the text between start and end. */
  readonly decoded: ReadonlyMap<number, Decoded>;
}

/** `indent` is set for a literal block, whose lines are the value's lines. */
export interface Decoded {
  readonly value: string;
  readonly indent?: number;
}

/** The positions of all nodes in `text`; slow for a large file, so callers cache it. */
export function positionsOf(text: string): Positions {
  const { events } = readEvents(text);
  const positions = {
    roots: [] as number[],
    types: new Uint8Array(events.length),
    starts: new Int32Array(events.length),
    ends: new Int32Array(events.length),
    nexts: new Int32Array(events.length),
    decoded: new Map<number, Decoded>(),
  };
  const open: number[] = [];
  for (const [i, event] of events.entries()) {
    positions.types[i] = event.type;
    positions.starts[i] = startOf(event, text);
    positions.nexts[i] = i + 1;
    if (event.type === EVENT_ID.DOCUMENT) positions.roots.push(i + 1);
    if (event.type === EVENT_ID.SCALAR) {
      positions.ends[i] = event.valueEnd;
      if (!event.fast && event.valueStart >= 0) positions.decoded.set(i, decode(event, text));
    }
    if (event.type === EVENT_ID.POP) positions.nexts[open.pop() ?? i] = i + 1;
    else if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) open.push(i);
  }
  return positions;
}

/** 1-based line and column of an offset. */
export function lineOf(lines: readonly number[], offset: number): { readonly line: number; readonly col: number } {
  let [low, high] = [0, lines.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, col: offset - (lines[low] ?? 0) + 1 };
}

/** The text of a scalar, unescaped. */
export function scalarAt(positions: Positions, text: string, node: number): string | undefined {
  if (positions.types[node] !== EVENT_ID.SCALAR) return undefined;
  const start = positions.starts[node] ?? -1;
  const quoted = text[start] === '"' || text[start] === "'" ? 1 : 0;
  return positions.decoded.get(node)?.value ?? (start < 0 ? '' : text.slice(start + quoted, positions.ends[node]));
}

export function lineStarts(text: string): number[] {
  const lines = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines.push(i + 1);
  return lines;
}

type ScalarEvent = Extract<Event, { readonly type: typeof EVENT_ID.SCALAR }>;

function decode(event: ScalarEvent, text: string): Decoded {
  const value = getScalarValue(text, event);
  return event.style === SCALAR_STYLE.LITERAL_BLOCK ? { value, indent: Math.max(0, event.indent) } : { value };
}

/** Scalars begin at their quote or, in blocks, at the text's first letter. */
function startOf(event: Event, text: string): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) return -1;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  if (quoted) return event.valueStart - 1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  let start = event.valueStart;
  while (start < event.valueEnd && /\s/.test(text[start] ?? '')) start++;
  return start;
}
