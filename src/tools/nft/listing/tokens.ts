/**
 * Text of nft → tokens.
 */

export interface Token {
  /** `end` is the end of a line or a `;`, `note` a comment of the text (`# handle 4`). */
  readonly kind: 'word' | 'symbol' | 'end' | 'note' | 'fault';
  /** A word may hold quoted parts, with their quotes, in which nothing is special. Symbols are `{`, `}` and `,`. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** The offset in the text. */
  readonly start: number;
}

/** Blanks and joined lines; notes; ends; symbols; words. A comma inside a word has no blank behind it: `syn,ack`. */
const TOKEN = /(?:[ \t\r]|\\\r?\n)+|(#[^\n]*)|([\n;])|([{}]|,(?=[\s}]|$))|((?:"[^"]*"|[^\s{};",]|,(?![\s}]|$))+)|[^]/gy;

/** All tokens; an unclosed quote is a `fault`. */
export function tokens(text: string): readonly Token[] {
  const result: Token[] = [];
  let line = 1;
  for (const [all, note, end, symbol, word, start] of matches(text)) {
    const kind = note
      ? 'note'
      : end
        ? 'end'
        : symbol
          ? 'symbol'
          : word
            ? 'word'
            : /^[ \t\r\\]/.test(all)
              ? undefined
              : 'fault';
    if (kind) result.push({ kind, text: all, line, start });
    if (all.includes('\n')) line += all.split('\n').length - 1;
  }
  return result;
}

type Match = readonly [string, string?, string?, string?, string?, number?];

function* matches(text: string): Generator<readonly [string, string, string, string, string, number]> {
  for (const match of text.matchAll(TOKEN)) {
    const [all, note = '', end = '', symbol = '', word = ''] = match as unknown as Match;
    yield [all, note, end, symbol, word, match.index];
  }
}
