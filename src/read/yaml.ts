/**
 * read, step 2: YAML. The only file that knows the YAML library; it serves values (parse.ts) and positions (locate.ts)
 * from one stream of events, so the two cannot disagree. In: a text. Out: documents' values, or positions of its nodes.
 *
 * Values are what kubectl makes of the text (sigs.k8s.io/yaml, which is go-yaml v2, which is mostly YAML 1.1).
 */
import {
  boolYaml11Tag,
  CORE_SCHEMA,
  constructFromEvents,
  defineScalarTag,
  EVENT_ID,
  type Event,
  getScalarValue,
  intCoreTag,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';

export { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE };

/** A document that is no YAML: why, and the offset in the text where that showed. */
export interface YamlError {
  readonly document: number;
  readonly offset: number;
  readonly message: string;
}

export interface YamlEvents {
  readonly events: Event[];
  readonly errors: readonly YamlError[];
}

/** Kubernetes objects are about 10 deep; parsers recurse. */
const MAX_DEPTH = 50;
const MAX_ALIASES = 1000;
const MAX_MERGED_KEYS = 100_000;
/** More broken documents than anybody will read about in one file. */
const MAX_ERRORS = 1000;

/**
 * The event stream of `text`. A document with a syntax error is an empty document in it, so that the others keep their
 * numbers. Never throws.
 */
export function readEvents(text: string): YamlEvents {
  try {
    return { events: parseEvents(text, { maxDepth: MAX_DEPTH }), errors: [] };
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
 * Integers as Go's strconv.ParseInt(text, 0, 64) reads them, underscores removed: a leading zero means octal (010 is 8),
 * but 080 is no integer and becomes the float 80. No base 60: 1:2:3:4:5:6:7:8 is an address.
 */
const goIntTag = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: (text) => {
    const plain = text.replaceAll('_', '');
    const match = /^([-+]?)(?:(0x[0-9a-f]+|0b[01]+|0o[0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/i.exec(plain);
    if (!match) return NOT_RESOLVED;
    const [, sign, prefixed, octal, decimal] = match;
    const value = Number(prefixed ?? (octal === undefined ? decimal : `0o${octal}`));
    // No -0: Go's integers have none.
    return sign === '-' && value !== 0 ? -value : value;
  },
  identify: intCoreTag.identify,
});

const SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag, goIntTag, mergeTag);

function construct(events: Event[], source: string): unknown[] {
  return constructFromEvents(events, {
    source,
    schema: SCHEMA,
    maxAliases: MAX_ALIASES,
    maxTotalMergeKeys: MAX_MERGED_KEYS,
  });
}

/** Each document by itself, after one of them failed: duplicate keys, unknown tags and aliases show only here. */
function constructEach(
  events: readonly Event[],
  syntax: readonly YamlError[],
  text: string,
): ReturnType<typeof readYaml> {
  const errors = [...syntax];
  const parts = splitEvents(events);
  const bases = parts.map(firstOffset);
  const documents = parts.map((part, document) => {
    // The library scans the whole text to describe an error, so it gets no more than the document.
    const base = bases[document] ?? 0;
    for (const event of part) shift(event, -base);
    try {
      return construct(part, text.slice(base, bases[document + 1]))[0];
    } catch (error) {
      if (errors.length < MAX_ERRORS) errors.push(describe(error, document, base));
      return undefined;
    }
  });
  return { documents, errors: errors.sort((a, b) => a.document - b.document) };
}

function splitEvents(events: readonly Event[]): Event[][] {
  const parts: Event[][] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) parts.push([]);
    parts.at(-1)?.push(event);
  }
  return parts;
}

/** Where a document's root node begins, or undefined when it is empty. */
function firstOffset(part: readonly Event[]): number | undefined {
  const offsets = OFFSETS.map((key) => offsetsOf(part[1])[key] ?? -1).filter((offset) => offset >= 0);
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}

/** `---` at the start of a line ends a document wherever it stands, so broken texts can be cut there. */
function readPieces(text: string): YamlEvents {
  const events: Event[] = [];
  const errors: YamlError[] = [];
  const starts = [0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index)];
  let document = 0;
  for (const [i, start] of starts.entries()) {
    const piece = text.slice(start, starts[i + 1]);
    try {
      const own = parseEvents(piece, { maxDepth: MAX_DEPTH });
      for (const event of own) {
        shift(event, start);
        events.push(event);
        if (event.type === EVENT_ID.DOCUMENT) document++;
      }
    } catch (error) {
      if (errors.length < MAX_ERRORS) errors.push(describe(error, document, start));
      document++;
      events.push({ type: EVENT_ID.DOCUMENT, explicitStart: true, explicitEnd: false, directives: [] });
      events.push({ type: EVENT_ID.POP });
    }
  }
  return { events, errors };
}

const OFFSETS = ['start', 'valueStart', 'valueEnd', 'anchorStart', 'anchorEnd', 'tagStart', 'tagEnd'] as const;

/** An event seen as its offsets, whatever its type; those it does not have are undefined. */
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

/** The library's terse reasons in the words of this program. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^duplicated mapping key/, 'this key is given twice in the same mapping'],
  [/^nesting exceeded/, `nested deeper than ${MAX_DEPTH} levels`],
  [/^aliases exceeded/, `more than ${MAX_ALIASES} aliases in one document`],
  [/^merge keys exceeded/, `more than ${MAX_MERGED_KEYS} merged keys`],
  [/^unidentified alias/, 'an alias without its anchor'],
  [/^deficient indentation/, 'a line that is indented too little, or a bracket or quote left open before it'],
  [/^tab characters must not/, 'tabs cannot indent YAML'],
  [/^end of the stream or a document separator/, 'text after the end of the document'],
];

function describe(error: unknown, document: number, offset: number): YamlError {
  if (!(error instanceof YAMLException)) {
    // A stack overflow, then: the parser recurses.
    return { document, offset, message: 'too deeply nested to be read' };
  }
  const known = REASONS.find(([pattern]) => pattern.test(error.reason))?.[1];
  // Other reasons may quote the text.
  const message = known ?? error.reason.replace(/[^\x20-\x7e]/g, '\ufffd').slice(0, 120);
  return { document, offset: offset + (error.mark?.position ?? 0), message };
}
