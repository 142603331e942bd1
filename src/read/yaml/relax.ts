/**
 * read, part: YAML that kubectl's parser (a port of libyaml) accepts and the YAML grammar refuses. Inside brackets,
 * braces and quotes libyaml ignores indentation: a closing bracket may be at its key's column, quoted text may continue
 * at the left margin. In: the text of a document that the grammar refuses. Out: a text of the same length in which each
 * such span is one line, so that all offsets stay valid; values must be taken from the original text.
 */

/** The relaxed text; undefined when it has no such span, or when a span is not closed. */
export function relax(text: string): string | undefined {
  const scan: Scan = { text, at: 0, indent: -1, blanks: [] };
  while (scan.at < text.length) if (!scanLine(scan)) return undefined;
  return scan.blanks.length === 0 ? undefined : blanked(scan);
}

interface Scan {
  readonly text: string;
  at: number;
  /** The column of the last key or dash: lines that continue a block scalar or plain text are indented more. */
  indent: number;
  /** The ranges to replace by blanks: start, and end (exclusive). */
  readonly blanks: (readonly [number, number])[];
}

function blanked({ text, blanks }: Scan): string {
  const pieces: string[] = [];
  let at = 0;
  for (const [start, end] of blanks) {
    pieces.push(text.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return [...pieces, text.slice(at)].join('');
}

const BLANKS = /[ \t]*/y;
const INDICATOR = /[-?:](?=[ \t\r\n]|$)/y;
/** An anchor, an alias or a tag. */
const PROPERTY = /[&*!][^ \t\r\n]*/y;
/**
 * Plain text up to the end of its line; it includes a colon that no blank follows, and a hash that no blank precedes.
 */
const PLAIN = /(?:[^\s:#]|:(?![ \t\r\n]|$)|(?<![ \t])#|[ \t]+(?=[^ \t\r\n#]))*/y;
const COLON = /[ \t]*:(?=[ \t\r\n]|$)/y;
const REST = /[^\n]*\n?/y;

/** The end of the match of `pattern`, a sticky expression, at `at`. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** One line of block structure, with every span that begins on it. False when a span is not closed. */
function scanLine(scan: Scan): boolean {
  const { text } = scan;
  const start = scan.at;
  for (;;) {
    scan.at = skip(BLANKS, text, scan.at);
    const at = scan.at;
    const ch = text[at];
    if (ch === undefined || ch === '\n' || ch === '\r' || ch === '#' || (ch === '%' && at === start)) break;
    const indicator = skip(INDICATOR, text, at);
    if (indicator > at) {
      if (ch !== ':') scan.indent = at - start;
      scan.at = indicator;
    } else if (/[&*!]/.test(ch)) scan.at = skip(PROPERTY, text, at);
    else if (ch === '|' || ch === '>') return scanBlock(scan);
    else if (/["'[{]/.test(ch)) {
      if (!scanSpan(scan, start)) return false;
    } else if (!scanPlain(scan, start)) return true;
  }
  scan.at = skip(REST, text, scan.at);
  return true;
}

/** Plain text: true when it is a key. Otherwise it may continue on the next lines. */
function scanPlain(scan: Scan, lineStart: number): boolean {
  const { text, at } = scan;
  const end = Math.max(skip(PLAIN, text, at), at + 1);
  const colon = skip(COLON, text, end);
  if (colon > end) {
    scan.indent = at - lineStart;
    scan.at = colon;
    return true;
  }
  scan.at = skip(REST, text, end);
  if (text[skip(BLANKS, text, end)] !== '#') skipDeeper(scan, /^[ \t]*#/);
  return false;
}

/** `|` or `>`, to the end of its lines. A hash directly after it begins a comment. */
function scanBlock(scan: Scan): boolean {
  const { text, at } = scan;
  const hash = skip(/[|>][-+0-9]*(?=#)/y, text, at);
  scan.at = skip(REST, text, at);
  if (hash > at) scan.blanks.push([hash, scan.at - (text[scan.at - 1] === '\n' ? 1 : 0)]);
  skipDeeper(scan, /^$a/);
  return true;
}

/** Skips lines that are empty or indented more than the last key, up to a line that `stop` matches. */
function skipDeeper(scan: Scan, stop: RegExp): void {
  const { text, indent } = scan;
  while (scan.at < text.length) {
    const end = skip(REST, text, scan.at);
    const line = text.slice(scan.at, end);
    const deep = line.search(/[^ ]/);
    if (stop.test(line) || (line.trim() !== '' && deep <= indent)) return;
    scan.at = end;
  }
}

/** A quoted text or a flow collection at the cursor. It can be a key only on one line (libyaml's simple keys). */
function scanSpan(scan: Scan, lineStart: number): boolean {
  const { text, at: start, blanks } = scan;
  const quoted = text[start] === '"' || text[start] === "'";
  // libyaml allows tabs before a bracket, the library does not.
  const tabs = quoted ? start : start - (/:[ \t]*$/.exec(text.slice(lineStart, start))?.[0].slice(1).length ?? 0);
  if (text.slice(tabs, start).includes('\t')) blanks.push([tabs, start]);
  if (!(quoted ? scanQuoted(scan) : scanFlow(scan))) return false;
  const isLong = text.slice(start, scan.at).includes('\n');
  const colon = skip(COLON, text, scan.at);
  if (colon > scan.at) {
    if (isLong) return false;
    scan.indent = start - lineStart;
    scan.at = colon;
  } else if (text[scan.at] === '#') {
    const end = skip(/[^\r\n]*/y, text, scan.at);
    blanks.push([scan.at, end]);
    scan.at = end;
  }
  return true;
}

/** A document mark at the start of a line ends every open span. */
const MARK = /(?:---|\.\.\.)(?=\s|$)/y;

function isMark(text: string, at: number): boolean {
  return skip(MARK, text, at) > at;
}

function scanQuoted(scan: Scan): boolean {
  const { text, blanks } = scan;
  const quote = text[scan.at];
  for (let at = scan.at + 1; at < text.length; at++) {
    const ch = text[at];
    if (ch === '\n' || ch === '\r') {
      blanks.push([at, at + 1]);
      if (ch === '\n' && isMark(text, at + 1)) return false;
    } else if (ch === '\\' && quote === '"') at += /[\r\n]/.test(text[at + 1] ?? '') ? 0 : 1;
    else if (ch === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else {
        scan.at = at + 1;
        return true;
      }
    }
  }
  return false;
}

function scanFlow(scan: Scan): boolean {
  const { text, blanks } = scan;
  let depth = 0;
  // A comment ends plain text: text after it does not continue it.
  let plain: 'none' | 'open' | 'ended' = 'none';
  while (scan.at < text.length) {
    const at = scan.at;
    const ch = text[at] ?? '';
    const afterBlank = /[\s[{,]/.test(text[at - 1] ?? '');
    if (/[\t\r\n]/.test(ch)) {
      blanks.push([at, at + 1]);
      if (ch === '\n' && isMark(text, at + 1)) return false;
    } else if (ch === '#' && (afterBlank || plain === 'none')) {
      scan.at = skip(/[^\r\n]*/y, text, at);
      blanks.push([at, scan.at]);
      if (plain === 'open') plain = 'ended';
      continue;
    } else if (/[[\]{},]/.test(ch) || (ch === ':' && (plain === 'none' || /[\s,[\]{}]/.test(text[at + 1] ?? ' ')))) {
      plain = 'none';
      depth += /[[{]/.test(ch) ? 1 : /[\]}]/.test(ch) ? -1 : 0;
    } else if (plain === 'none' && (ch === '"' || ch === "'")) {
      if (!scanQuoted(scan)) return false;
      continue;
    } else if (plain === 'none' && /[&*!]/.test(ch)) {
      scan.at = Math.max(skip(/[&*!][^\s,[\]{}]*/y, text, at), at + 1);
      continue;
    } else if (ch !== ' ') {
      if (plain === 'ended') return false;
      plain = 'open';
    }
    scan.at++;
    if (depth === 0) return true;
  }
  return false;
}
