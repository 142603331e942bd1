/**
 * One rule: its line is cut where a match or the target begins, and each piece is read by itself.
 */
import type { Family } from '../../../ip.js';
import { type Rule, rule } from '../types.js';
import { parseHeader } from './header.js';
import { parseMatch } from './matches.js';
import { parseTarget } from './targets.js';
import { endOfWord, nextWord } from './words.js';

/**
 * The rule of a line without its chain, with a leading space, as iptables-save prints it. printRule gives back any text
 * unchanged, except that other spellings of what the compiler writes become that of iptables 1.8.9.
 */
export function parseRule(text: string, family: Family): Rule {
  const at = text.indexOf(' -j ');
  const plain = at < 0 ? undefined : plainFront(text.slice(0, at), family);
  if (plain) return rule(plain.header, plain.matches, parseTarget(text.slice(at), family));
  const begin = targetAt(text);
  const { header, matches } = parseFront(text.slice(0, begin), family);
  return rule(header, matches, begin < text.length ? parseTarget(text.slice(begin), family) : undefined);
}

/** What stands before the target. */
type Front = Pick<Rule, 'header' | 'matches'>;

/**
 * What stands before the first ` -j `; undefined if that may not begin the target. Hundreds of thousands of rules of a
 * dump have the same few fronts, but for addresses and comments; those without share one, so that a front that is the
 * very same means the same.
 */
function plainFront(text: string, family: Family): Front | undefined {
  const fronts = FRONTS[family];
  const known = fronts.get(text);
  if (known) return known;
  if (UNSURE.test(text)) return undefined;
  if (text.length > LONGEST_SHARED || OWN.test(text)) return parseFront(text, family);
  // A slice would hold all of the dump.
  const copy = text.split('').join('');
  const front = parseFront(copy, family);
  if (fronts.size >= MOST_SHARED) fronts.clear();
  fronts.set(copy, front);
  return front;
}

const FRONTS: Readonly<Record<Family, Map<string, Front>>> = { ipv4: new Map(), ipv6: new Map() };
const [MOST_SHARED, LONGEST_SHARED] = [1000, 120];
const OWN = /^ (?:! )?-[sd] |--comment /;

/** Quotes, other blanks than single spaces, another target, or at the end an option that may take `-j` for its text. */
const UNSURE = /["\t\n]| -g(?: |$)| -\S+$| $/;

function parseFront(text: string, family: Family): Front {
  const [header = '', ...matches] = cut(text);
  return { header: parseHeader(header, family), matches: matches.map((each) => parseMatch(each, family)) };
}

/** The text of the header and of each match; each begins at the blank before it. */
function cut(front: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  walk(front, (option, end) => {
    if (option !== '-m') return false;
    pieces.push(front.slice(start, end));
    start = end;
    return false;
  });
  pieces.push(front.slice(start));
  return pieces;
}

/** Where the target begins, at the blank before it; the length of the text if there is none. */
function targetAt(text: string): number {
  let found = text.length;
  walk(text, (option, end) => {
    if (!TARGETS.has(option)) return false;
    found = end;
    return true;
  });
  return found;
}

/** Tells `isDone` each option, and where the word before it ends, until it says so. */
function walk(text: string, isDone: (option: string, end: number) => boolean): void {
  let end = 0;
  let argument = false;
  for (let at = nextWord(text, 0); at < text.length; at = nextWord(text, end)) {
    const after = endOfWord(text, at);
    const option = !argument && text.charCodeAt(at) === DASH ? text.slice(at, after) : '';
    if (option !== '' && isDone(option, end)) return;
    argument = TAKES_TEXT.has(option);
    end = after;
  }
}

const DASH = '-'.charCodeAt(0);
const TARGETS: ReadonlySet<string> = new Set(['-j', '-g']);

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
