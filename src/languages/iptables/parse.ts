/**
 * parse: what iptables-save or ip6tables-save printed → RuleSet, the inverse of print. Comment lines and counters go;
 * rules stay text until somebody asks for them, because a dump has hundreds of thousands.
 */
import { type Checked, type Diagnostic, show } from '../../diag.js';
import type { Family } from '../../ip.js';
import { parseRule } from './parse/rule.js';
import { quotesClose } from './parse/words.js';
import { BUILT_IN_CHAINS, type Chain, type RuleSet, type Table, type TableName } from './rules.js';

export { parseRule } from './parse/rule.js';

/** A rule set that was read: one table for each in the text, in its order. */
export interface SavedRuleSet extends RuleSet {
  readonly tables: readonly SavedTable[];
}

export interface SavedTable extends Table {
  readonly chains: readonly SavedChain[];
}

export interface SavedChain extends Chain {
  /** The rules as they were written: what stands after `-A CHAIN`, with its leading space, as printRule prints it. */
  readonly lines: readonly string[];
  /** The chain that was written, where nobody has looked since. */
  readonly from?: Chain;
}

/** The rule set of a whole text. Every line that cannot be read is a diagnostic; the others count all the same. */
export function parse(text: string, family: Family): Checked<SavedRuleSet> {
  const reader: Reader = { family, tables: [], open: undefined };
  const diagnostics: Diagnostic[] = [];
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    const line = trimEnd(text.slice(start, end));
    number++;
    const problem = readLine(reader, line);
    if (problem !== undefined) diagnostics.push(unreadable(`line ${number}: ${problem}: ${show(line)}`));
    for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) number++;
    start = end + 1;
  }
  if (reader.open) diagnostics.push(unreadable(`line ${number}: table ${reader.open.name} has no COMMIT: ${CUT}`));
  return { value: { family, tables: reader.tables }, diagnostics };
}

const CUT = 'the end of the text is missing';

/** Where reading has got to. */
interface Reader {
  readonly family: Family;
  readonly tables: SavedTable[];
  /** The table whose COMMIT is still to come. */
  open: OpenTable | undefined;
}

interface OpenTable {
  readonly name: string;
  readonly chains: SavedChain[];
  /** The lines of each chain, which are those of `chains`. */
  readonly lines: Map<string, string[]>;
}

/** Reads one line; the answer is what is wrong with it. */
function readLine(reader: Reader, line: string): string | undefined {
  // Nearly all lines are rules, so they come first.
  if (line.startsWith('-A ')) return readRule(reader, line);
  switch (line[0]) {
    case undefined:
      return undefined;
    case '#':
      return readComment(line);
    case '*':
      return openTable(reader, line.slice(1));
    case ':':
      return readChain(reader, line);
    case '[':
      return readRule(reader, line.replace(/^\[\d+:\d+\] /, ''));
  }
  if (line !== 'COMMIT') return 'not a line of iptables-save';
  if (!reader.open) return 'there is no table to commit';
  reader.open = undefined;
  return undefined;
}

/** iptables-nft says so, and no more, of a table that holds rules which it cannot express (nft_is_table_compatible). */
function readComment(line: string): string | undefined {
  return /^# Table .* is incompatible/.test(line) ? 'iptables cannot show what is in this table' : undefined;
}

function openTable(reader: Reader, name: string): string | undefined {
  const problem = reader.open ? `table ${reader.open.name} has no COMMIT` : undefined;
  const chains: SavedChain[] = [];
  reader.open = { name, chains, lines: new Map() };
  if (!isTable(name)) return 'iptables has no such table';
  if (reader.tables.some((table) => table.name === name)) return 'the table is there already';
  reader.tables.push({ name, chains });
  return problem;
}

function isTable(name: string): name is TableName {
  return Object.hasOwn(BUILT_IN_CHAINS, name);
}

function readChain({ open, family }: Reader, line: string): string | undefined {
  const [, name, policy] = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/.exec(line) ?? [];
  if (name === undefined || policy === undefined) return 'not a chain and its policy';
  if (!open) return 'outside of a table';
  if (open.lines.has(name)) return 'the chain is there already';
  const lines: string[] = [];
  const rules = () => lines.map((each) => parseRule(each, family));
  open.lines.set(name, lines);
  open.chains.push(policy === '-' ? { name, lines, rules } : { name, policy, lines, rules });
  return undefined;
}

function readRule({ open }: Reader, line: string): string | undefined {
  if (!line.startsWith('-A ')) return 'not a rule';
  if (!open) return 'outside of a table';
  const blank = line.indexOf(' ', CHAIN);
  const end = blank < 0 ? line.length : blank;
  const lines = open.lines.get(line.slice(CHAIN, end));
  if (!lines) return 'the table has no such chain';
  if (!quotesClose(line)) return 'a quote is not closed';
  lines.push(line.slice(end));
  return undefined;
}

const CHAIN = '-A '.length;

/** Where the line that begins at `start` ends: a line break in a comment is written as it is, within its quotes. */
function endOfLine(text: string, start: number): number {
  for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', end + 1)) {
    if (!text.startsWith('-A ', start) || quotesClose(text.slice(start, end))) return end;
    // An unclosed quote runs to the end: then it is one bad line, and those after it are lines of their own.
    if (end - start > LONGEST_COMMENT) return text.indexOf('\n', start);
  }
  const newline = text.indexOf('\n', start);
  return newline < 0 ? text.length : newline;
}

/** xt_comment holds 256 characters, others such as log prefixes less; escapes double them, and there may be several. */
const LONGEST_COMMENT = 4096;

/** Without the carriage return of a file from elsewhere, and the blank with which old versions end a rule. */
function trimEnd(line: string): string {
  return /[ \t\r]/.test(line[line.length - 1] ?? '') ? line.replace(/[ \t\r]+$/, '') : line;
}

function unreadable(message: string): Diagnostic {
  return { code: 'unreadable-line', severity: 'error', message };
}
