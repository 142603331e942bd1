/**
 * One rule: its line is cut where a match or the target begins, and each piece is read by itself.
 */
import type { Family } from '../../../ip.js';
import { type Match, type Rule, rule, type Target } from '../types.js';
import { parseHeader } from './header.js';
import { parseMatch } from './matches.js';
import { parseTarget } from './targets.js';
import { words } from './words.js';

/**
 * The rule of a line without its chain, with a leading space, as iptables-save prints it. printRule gives back any text
 * unchanged, except that other spellings of what the compiler writes become that of iptables 1.8.9.
 */
export function parseRule(text: string, family: Family): Rule {
  const [header = '', ...pieces] = cut(text);
  const matches: Match[] = [];
  let target: Target | undefined;
  for (const piece of pieces) {
    if (MATCH.test(piece)) matches.push(parseMatch(piece, family));
    else target = parseTarget(piece, family);
  }
  return rule(parseHeader(header, family), matches, target);
}

const MATCH = /^\s*-m/;

/**
 * The text of the header, of each match, and of the target to the end of the line; each begins at the blank before it.
 */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  let end = 0;
  let argument = false;
  for (const word of words(text)) {
    if (!argument && BEGINS.has(word.raw)) {
      pieces.push(text.slice(start, end));
      start = end;
      if (word.raw !== '-m') break;
    }
    argument = !argument && TAKES_TEXT.has(word.raw);
    end = word.end;
  }
  pieces.push(text.slice(start));
  return pieces;
}

const BEGINS: ReadonlySet<string> = new Set(['-m', '-j', '-g']);

/** Options with a free-text argument, which may look like an option itself: `--comment -j`. */
const TAKES_TEXT: ReadonlySet<string> = new Set([
  '-m',
  '-i',
  '-o',
  '--comment',
  '--hashlimit-name',
  '--helper',
  '--label',
  '--match-set',
  '--name',
  '--nfacct-name',
  '--path',
  '--physdev-in',
  '--physdev-out',
  '--rateest',
  '--rateest1',
  '--rateest2',
  '--string',
]);
