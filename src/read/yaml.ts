/**
 * read, step 2: YAML. Together with yaml/ the only code that uses the YAML library; values (parse.ts) and positions
 * (locate.ts) come from one stream of events, so the two cannot disagree. In: a text. Out: the documents' values, or
 * the events of its nodes.
 *
 * Texts are accepted, and values read, as kubectl does it (kubectl.test.ts lists the differences).
 */
import { constructFromEvents, EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { COMPLEX_KEY, MAX_ALIASES, MAX_DEPTH, MAX_MERGED_KEYS, reasonOf } from './yaml/reasons.js';
import { relax } from './yaml/relax.js';
import { schemaFor } from './yaml/schema.js';

export { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE };

/** Why a document is not YAML, and the offset in the text where the parser noticed it. */
export interface YamlError {
  readonly document: number;
  readonly offset: number;
  readonly message: string;
  /** The document's text. */
  readonly start: number;
  readonly end: number;
}

export interface YamlEvents {
  readonly events: Event[];
  readonly errors: readonly YamlError[];
}

/** The number of broken documents that are reported for one text. */
const MAX_ERRORS = 1000;

/**
 * The event stream of `text`. A document with a syntax error is an empty document in it, so that the others keep their
 * numbers. Never throws.
 */
export function readEvents(text: string): YamlEvents {
  try {
    return { events: parse(text), errors: [] };
  } catch {
    return readPieces(text);
  }
}

/** The values of all documents in `text`; those of broken documents are undefined. Never throws. */
export function readYaml(text: string): {
  readonly documents: readonly unknown[];
  readonly errors: readonly YamlError[];
} {
  const { events, errors } = readEvents(text);
  try {
    return { documents: construct(events, text), errors };
  } catch {
    return constructEach(events, errors, text);
  }
}

/**
 * A colon at the end of plain text in brackets, as in [fd00::]: YAML 1.2 reads a key, YAML 1.1 the text with its colon.
 */
const LAST_COLON = /(?<=[^\s"'[{,\]}]):(?=[,\]}])/g;

/** Replaces that colon by a letter, which gives the events of YAML 1.1; values are taken from the original text. */
function parse(text: string): Event[] {
  const plain = /:[,\]}]/.test(text) ? text.replace(LAST_COLON, 'x') : text;
  return parseEvents(plain, { maxDepth: MAX_DEPTH });
}

/** A lone CR, which is a line end in YAML but not in most grammars. */
const LONE_CR = /\r(?!\n)/g;

/**
 * A text of the same length that a strict YAML 1.2 grammar reads as vipc reads `text`; undefined when that is `text`.
 */
export function relaxed(text: string): string | undefined {
  const plain = text.replace(LAST_COLON, 'x').replace(LONE_CR, '\n');
  return relax(plain) ?? (plain === text ? undefined : plain);
}

function construct(events: Event[], source: string): unknown[] {
  return constructFromEvents(events, {
    source,
    schema: schemaFor(source),
    maxAliases: MAX_ALIASES,
    maxTotalMergeKeys: MAX_MERGED_KEYS,
  });
}

/** Each document by itself, after one failed: duplicate keys, unknown tags and unknown aliases are found only here. */
function constructEach(
  events: readonly Event[],
  syntax: readonly YamlError[],
  text: string,
): ReturnType<typeof readYaml> {
  const errors = [...syntax];
  const parts = splitEvents(events);
  const bases = parts.map(firstOffset);
  const ends = endsOf(bases, text.length);
  const documents = parts.map((part, document) => {
    // The library scans the whole text to describe an error, so it gets only the document.
    const base = bases[document] ?? 0;
    for (const event of part) shift(event, -base);
    const end = ends[document] ?? text.length;
    const piece = text.slice(base, end);
    try {
      return construct(part, piece)[0];
    } catch (error) {
      const { message, offset } = reasonOf(error, piece);
      const at = message === COMPLEX_KEY ? complexKey(part) : offset;
      if (errors.length < MAX_ERRORS) errors.push({ document, offset: base + at, message, start: base, end });
      return undefined;
    }
  });
  return { documents, errors: errors.sort((a, b) => a.document - b.document) };
}

/** The end of each document: the start of the next document that is not empty. */
function endsOf(bases: readonly (number | undefined)[], length: number): readonly number[] {
  let next = length;
  return bases
    .toReversed()
    .map((base) => {
      const end = next;
      next = base ?? next;
      return end;
    })
    .toReversed();
}

/** The offset of the first key that is a mapping or a list. */
function complexKey(part: readonly Event[]): number {
  // The number of nodes that each open mapping has so far; NaN for other collections.
  const open: number[] = [];
  for (const event of part) {
    if (event.type === EVENT_ID.POP) open.pop();
    else {
      const isKey = (open.at(-1) ?? 1) % 2 === 0;
      const isCollection = event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE;
      if (isKey && isCollection) return event.start;
      open.push((open.pop() ?? Number.NaN) + 1);
      if (event.type === EVENT_ID.MAPPING) open.push(0);
      else if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) open.push(Number.NaN);
    }
  }
  return 0;
}

function splitEvents(events: readonly Event[]): Event[][] {
  const parts: Event[][] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) parts.push([]);
    parts.at(-1)?.push(event);
  }
  return parts;
}

/** The offset of a document's root node; undefined when the document is empty. */
function firstOffset(part: readonly Event[]): number | undefined {
  const offsets = OFFSETS.map((key) => offsetsOf(part[1])[key] ?? -1).filter((offset) => offset >= 0);
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}

/** `---` at the start of a line always begins a new document, so broken texts can be cut there. */
function pieceStarts(text: string): readonly number[] {
  return [...new Set([0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index)])];
}

function readPieces(text: string): YamlEvents {
  const events: Event[] = [];
  const errors: YamlError[] = [];
  const starts = pieceStarts(text);
  let document = 0;
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? text.length;
    const piece = text.slice(start, end);
    try {
      for (const event of readPiece(piece)) {
        shift(event, start);
        events.push(event);
        if (event.type === EVENT_ID.DOCUMENT) document++;
      }
    } catch (error) {
      const { message, offset } = reasonOf(error, piece);
      if (errors.length < MAX_ERRORS) errors.push({ document, offset: start + offset, message, start, end });
      document++;
      events.push({ type: EVENT_ID.DOCUMENT, explicitStart: true, explicitEnd: false, directives: [] });
      events.push({ type: EVENT_ID.POP });
    }
  }
  return { events, errors };
}

/** The events of one document, of its relaxed text if the grammar refuses the original. Throws the library's error. */
function readPiece(piece: string): Event[] {
  try {
    return parse(piece);
  } catch (error) {
    const relaxed = relax(piece);
    if (relaxed === undefined) throw error;
    const events = parse(relaxed);
    for (const event of events) if (event.type === EVENT_ID.SCALAR && event.fast) event.fast = isUnchanged(event);
    return events;

    /** Whether the scalar's text can be used unchanged: not when its line ends were blanked. */
    function isUnchanged({
      valueStart,
      valueEnd,
    }: {
      readonly valueStart: number;
      readonly valueEnd: number;
    }): boolean {
      return valueStart < 0 || relaxed?.slice(valueStart, valueEnd) === piece.slice(valueStart, valueEnd);
    }
  }
}

const OFFSETS = ['start', 'valueStart', 'valueEnd', 'anchorStart', 'anchorEnd', 'tagStart', 'tagEnd'] as const;

/** The offsets of an event of any type; those that its type does not have are undefined. */
function offsetsOf(event: Event | undefined): Partial<Record<(typeof OFFSETS)[number], number>> {
  return (event ?? {}) as Partial<Record<(typeof OFFSETS)[number], number>>;
}

/** Moves an event's offsets from its piece to the whole text; -1 means absent and stays. */
function shift(event: Event, by: number): void {
  const offsets = offsetsOf(event);
  for (const key of OFFSETS) {
    const offset = offsets[key];
    if (offset !== undefined && offset >= 0) offsets[key] = offset + by;
  }
}
