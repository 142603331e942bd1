/**
 * One rule: its line is cut where a match or the target begins, and each piece is read by itself.
 */
import type { Family } from '../../../ip.js';
import { type Match, type Rule, rule, type Target } from '../types.js';
import { parseHeader } from './header.js';
import { parseMatch } from './matches.js';
import { parseTarget } from './targets.js';
import { endOfWord, nextWord } from './words.js';

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
  // A copy has no room for more, and a dump has hundreds of thousands of rules.
  return rule(parseHeader(header, family), matches.slice(), target);
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
  for (let at = nextWord(text, 0); at < text.length; at = nextWord(text, end)) {
    const after = endOfWord(text, at);
    const option = !argument && text[at] === '-' ? text.slice(at, after) : '';
    if (BEGINS.has(option)) {
      pieces.push(text.slice(start, end));
      start = end;
      if (option !== '-m') break;
    }
    argument = TAKES_TEXT.has(option);
    end = after;
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
