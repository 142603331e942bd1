/**
 * parse: listings of nft(8), 1.0.6 to 1.1 → tables. The spellings of the versions become one; statements and properties
 * that the types do not know stay text.
 */
import { type Checked, type Diagnostic, show } from '../../diag.js';
import { type Cursor, comes, Fault, skipEnds, takeLine, token, word } from './listing/cursor.js';
import { readTable } from './listing/table.js';
import { tokens } from './listing/tokens.js';
import type { Table } from './types.js';

/**
 * The tables of `nft list ruleset` or `nft list table`, or of a file that vipc wrote, where commands that add or delete a
 * table as a whole stand before it. A fault hides the rest of its table, never another one.
 */
export function parse(text: string): Checked<readonly Table[]> {
  const cursor: Cursor = { text, tokens: tokens(text), at: 0 };
  const value: Table[] = [];
  const diagnostics: Diagnostic[] = [];
  for (skipEnds(cursor); token(cursor); skipEnds(cursor)) {
    const start = cursor.at;
    try {
      if (WHOLE.some((each) => comes(cursor, each))) skipWhole(cursor);
      else if (word(cursor, 'table') !== 'table') throw new Fault('not a table', cursor.tokens[cursor.at - 1]);
      else value.push(readTable(cursor));
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      diagnostics.push(unreadable(fault, cursor));
      // An unclosed table ends where the next begins.
      cursor.at = start;
      skipTable(cursor);
    }
  }
  return { value, diagnostics };
}

const WHOLE = ['add', 'delete', 'destroy', 'flush'];

/** Skips `add table ip kube-proxy`, `flush ruleset`. */
function skipWhole(cursor: Cursor): void {
  const first = token(cursor);
  const { words } = takeLine(cursor);
  if (words.join(' ') === 'flush ruleset') return;
  if (words[0] === 'flush' || words[1] !== 'table' || words.length !== 4) throw new Fault('not a table', first);
}

function unreadable({ problem, token: at }: Fault, { tokens: all, text }: Cursor): Diagnostic {
  const line = at?.line ?? all.at(-1)?.line ?? 1;
  const start = at ? text.lastIndexOf('\n', at.start - 1) + 1 : text.length;
  const shown = at ? text.slice(start).split('\n', 1).join().trim() : 'the end';
  return { code: 'unreadable-line', severity: 'error', message: `line ${line}: ${problem}: ${show(shown)}` };
}

/** Goes on at the next line that begins with `table`. */
function skipTable(cursor: Cursor): void {
  const { tokens: all, text } = cursor;
  do cursor.at++;
  while (cursor.at < all.length && !begins(text, all[cursor.at]?.start ?? 0));
}

function begins(text: string, start: number): boolean {
  return (start === 0 || text[start - 1] === '\n') && text.startsWith('table ', start);
}
