/**
 * A reader of tokens. A fault ends the reading of its table; the next table is read again.
 */
import type { Token } from './tokens.js';

export interface Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
}

/** What is wrong at a token. */
export class Fault extends Error {
  constructor(
    readonly problem: string,
    readonly token: Token | undefined,
  ) {
    super(problem);
  }
}

/** The next token, also an end or a note. */
export function token({ tokens, at }: Cursor): Token | undefined {
  return tokens[at];
}

/** Whether a word or symbol comes next. */
export function comes(cursor: Cursor, text: string): boolean {
  const next = token(cursor);
  return next?.text === text && next.kind !== 'end';
}

/** Takes the token `text`. */
export function expect(cursor: Cursor, text: string): void {
  if (!comes(cursor, text)) throw new Fault(`expected ${text}`, token(cursor));
  cursor.at++;
}

/** Takes a word. */
export function word(cursor: Cursor, what: string): string {
  const next = token(cursor);
  if (next?.kind !== 'word') throw new Fault(`expected ${what}`, next);
  cursor.at++;
  return next.text;
}

/** Takes ends and notes. */
export function skipEnds(cursor: Cursor): void {
  for (let next = token(cursor); next?.kind === 'end' || next?.kind === 'note'; next = token(cursor)) cursor.at++;
}

/** A line without its end: words and symbols, over several lines inside braces, and the handle behind it. */
export interface TakenLine {
  readonly words: readonly string[];
  readonly handle?: number;
}

/**
 * Takes the line that begins here; a note inside it, except for a handle, is one of its words. `anonymous` takes the block of
 * a `jump { … }` and says what stands for it.
 */
export function takeLine(cursor: Cursor, anonymous?: (cursor: Cursor) => string): TakenLine {
  const words: string[] = [];
  let handle: number | undefined;
  let depth = 0;
  for (; ; cursor.at++) {
    const next = token(cursor);
    if (!next && depth === 0) break;
    if (!next || next.kind === 'fault') throw new Fault(next ? 'not a word of nft' : 'the text ends early', next);
    if (depth === 0 && (next.kind === 'end' || next.text === '}')) break;
    if (next.kind === 'end') continue;
    if (anonymous && next.text === '{' && /^(?:jump|goto)$/.test(words.at(-1) ?? '')) {
      words.push(anonymous(cursor));
      cursor.at--;
      continue;
    }
    if (next.text === '{') depth++;
    if (next.text === '}') depth--;
    if (next.kind !== 'note') words.push(next.text);
    else if (depth === 0) {
      handle = parseHandle(next.text);
      if (handle === undefined) words.push(next.text);
    }
  }
  return { words, ...(handle === undefined ? {} : { handle }) };
}

function parseHandle(note: string): number | undefined {
  const [, digits] = /^# handle (\d+)$/.exec(note.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Reads items between braces; each call of `read` takes at least one token. */
export function takeBlock(cursor: Cursor, read: () => void): void {
  expect(cursor, '{');
  for (;;) {
    skipEnds(cursor);
    if (comes(cursor, '}')) break;
    const { at } = cursor;
    read();
    if (cursor.at === at) throw new Fault(token(cursor) ? 'not understood' : 'the text ends early', token(cursor));
  }
  cursor.at++;
}
