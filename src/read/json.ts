/**
 * read, step 2 for JSON: a List is cut into the texts of its items, which are parsed one by one. Parsed in one piece, a
 * large cluster takes 150 MB until all is read; one by one, each value is garbage before the next collection.
 * In: a text. Out: the offsets of the items, values, or the offset where the text stops being JSON.
 */

/** A List whose items have not been parsed. */
export interface JsonList {
  /** Everything but the items. */
  readonly rest: unknown;
  /** Offsets of each item's first character and of the one after its last. */
  readonly items: readonly { readonly start: number; readonly end: number }[];
}

/** The offset of the error; `early` when the text ends there. */
export interface JsonError {
  readonly offset: number;
  readonly early: boolean;
}

export type JsonResult = { readonly value: unknown } | JsonError;

/** Parses `text.slice(start, end)`; offsets are those in `text`. */
export function parseJson(text: string, start = 0, end = text.length): JsonResult {
  const part = text.slice(start, end);
  try {
    return { value: JSON.parse(part) };
  } catch (error) {
    const offset = errorOffset(part, error instanceof Error ? error.message : '');
    return { offset: start + offset, early: offset >= part.trimEnd().length };
  }
}

/**
 * The items of `text` when it is an object with a list of objects called `items`; undefined for every other text, valid
 * or not. It looks only at brackets, quotes and the commas between items: parsing the parts finds all other errors.
 */
export function splitList(text: string): JsonList | undefined {
  const found = findItems(text);
  if (!found) return undefined;
  const { items, open, close } = found;
  const rest = parseJson(text.slice(0, open + 1) + text.slice(close));
  return 'value' in rest ? { rest: rest.value, items } : undefined;
}

/** The offsets of consecutive values in `text` (as `jq -c` prints them), valid or not: it only counts brackets. */
export function* valuesIn(text: string): Generator<{ readonly start: number; readonly end: number }> {
  const word = /[^\s{[]+|[{[]/g;
  for (let found = word.exec(text); found; found = word.exec(text)) {
    const start = found.index;
    const end = /^[{[]/.test(found[0]) ? endOfObject(text, start) : word.lastIndex;
    yield { start, end };
    word.lastIndex = end;
  }
}

/** The value of `kind` in the outermost object of `text`, which may be broken elsewhere. */
export function kindOfJson(text: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      const isKey = depth === 1 && text.slice(i, end) === '"kind"';
      const [, kind] = (isKey && /^\s*:\s*"(\w+)"/.exec(text.slice(end, end + 100))) || [];
      if (kind !== undefined) return kind;
      i = end - 1;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
  }
  return undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

interface FoundItems {
  readonly items: readonly { readonly start: number; readonly end: number }[];
  /** Offsets of the list's brackets. */
  readonly open: number;
  readonly close: number;
}

/** One pass over the text that keeps count of brackets; `items` counts only as a key of the outermost object. */
function findItems(text: string): FoundItems | undefined {
  let depth = 0;
  let key = '';
  let found: FoundItems | undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (depth === 1) key = text.slice(i, end);
      i = end - 1;
    } else if (code === OPEN_LIST && depth === 1 && key === '"items"') {
      // Two lists of items: JSON.parse would take the last one.
      found = found ? undefined : readItems(text, i);
      if (!found) return undefined;
      i = found.close;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
    else if (code === COMMA && depth === 1) key = '';
    else if (code !== COLON && code > SPACE && depth === 0) return undefined;
  }
  return found;
}

/** The objects in the list that opens at `open`, with one comma between each two. */
function readItems(text: string, open: number): FoundItems | undefined {
  const items: { start: number; end: number }[] = [];
  let due = true;
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_OBJECT && due) {
      const end = endOfObject(text, i);
      items.push({ start: i, end });
      i = end - 1;
      due = false;
    } else if (code === COMMA && !due) due = true;
    else if (code === CLOSE_LIST) return due && items.length > 0 ? undefined : { items, open, close: i };
    else if (code > SPACE) return undefined;
  }
  return undefined;
}

/** The offset after the bracket that closes the one at `start`; the end of the text when none does. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if ((code === CLOSE_OBJECT || code === CLOSE_LIST) && --depth === 0) return i + 1;
  }
  return text.length;
}

/**
 * The offset after the quote that closes the one at `start`: an odd number of backslashes before a quote escapes it.
 */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** The offset where JSON.parse failed. V8 reports it for some errors only. */
function errorOffset(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (!isUnexpectedToken(text)) return text.length;
  // A prefix that includes the unexpected token fails with that error, a shorter one fails at its end: bisect.
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUnexpectedToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

function isUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error instanceof Error && /is not valid JSON/.test(error.message);
  }
}
