/**
 * A line as words, split as iptables-restore does (add_param_to_argv in iptables/xshared.c): blanks separate words,
 * except inside quotes, where a backslash escapes the next character. A closing quote ends the word.
 */

/** Where the first word from `at` on begins; the length of the text if there is none. */
export function nextWord(text: string, at: number): number {
  let start = at;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  return start;
}

/** Whether every quote in the text is closed: iptables-save writes a line break in a comment literally. */
export function quotesClose(text: string): boolean {
  let open = text.indexOf('"');
  while (open >= 0) {
    const close = closingQuote(text, open);
    if (close < 0) return false;
    open = text.indexOf('"', close + 1);
  }
  return true;
}

/** The value of one word; undefined when `raw` is not one whole word. */
export function unquote(raw: string): string | undefined {
  if (raw === '' || isBlank(raw.charCodeAt(0)) || endOfWord(raw, 0) !== raw.length) return undefined;
  const open = raw.indexOf('"');
  if (open < 0) return raw;
  const close = closingQuote(raw, open);
  return close < 0 ? undefined : raw.slice(0, open) + raw.slice(open + 1, close).replace(/\\(.)/gs, '$1');
}

/** Where the word that begins at `start` ends. */
export function endOfWord(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) return at;
    if (code === QUOTE) {
      const close = closingQuote(text, at);
      return close < 0 ? text.length : close + 1;
    }
  }
  return text.length;
}

/** Where the quote that opens at `open` closes, or -1. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  return -1;
}

const [QUOTE, SPACE, TAB, NEWLINE] = ['"', ' ', '\t', '\n'].map((each) => each.charCodeAt(0));

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === NEWLINE;
}
