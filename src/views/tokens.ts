/**
 * views, part: the words and signs of a label selector (k8s.io/apimachinery/pkg/labels, Lexer).
 */

export interface Token {
  /** `in` and `notin` are words: only their position makes them operators. */
  readonly kind: 'word' | 'sign' | 'end';
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
}

/** Blanks, then the longest sign, or all characters up to the next sign or blank. */
const TOKEN = /[ \t\r\n]*(?:(==|!=|[=!(),><])|([^ \t\r\n=!(),><]+))/y;

/** The tokens of `text`, with an end token. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, sign, word = ''] = match;
    const found = sign ?? word;
    const at = match.index + match[0].length - found.length;
    tokens.push({ kind: sign === undefined ? 'word' : 'sign', text: found, at });
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}
