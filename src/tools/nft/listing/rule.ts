/**
 * Words → a rule. What is not known becomes an unknown statement, never an error.
 */
import { listed } from '../listed.js';
import { isFlags, isMark, isTcpFlags } from '../print-rule.js';
import { unquote } from '../spelling.js';
import type { Expression, NftFamily, Operator, Rule, Statement } from '../types.js';
import { readAction } from './action.js';
import { readExpression } from './expression.js';
import { names, normalValue, normalValues, readMap } from './value.js';
import { next, peek, takeList, took, type Words } from './words.js';

/** The rule of a line without its handle; `# …` is a word. */
export function readRule(line: readonly string[], family: NftFamily): Rule {
  const words: Words = { words: line.flatMap(withoutJoint), at: 0 };
  const statements: Statement[] = [];
  let comment: string | undefined;
  while (words.at < words.words.length) {
    if (took(words, 'comment')) comment = unquote(next(words) ?? '');
    else statements.push(readStatement(words, family));
  }
  return { statements: listed(statements), ...(comment === undefined ? {} : { comment }) };
}

/** In `map @addresses:tcp dport map @ports` and `map { … }:tcp dport` a colon joins words. */
function withoutJoint(word: string, i: number, line: readonly string[]): readonly string[] {
  const [, before = '', after] = /^(@[^:]+|):([a-z]\w*)$/.exec(word) ?? [];
  if (after === undefined || (before === '' && line[i - 1] !== '}')) return [word];
  return [...(before === '' ? [] : [before]), ':', after];
}

function readStatement(words: Words, family: NftFamily): Statement {
  const start = words.at;
  const known = readAction(words, family) ?? readMatch(reset(words, start));
  if (known && words.at <= words.words.length) return known;
  return readUnknown(reset(words, start));
}

function reset(words: Words, at: number): Words {
  words.at = at;
  return words;
}

/** Words that begin a statement wherever they stand. */
const BEGINS: ReadonlySet<string> = new Set(
  (
    'accept drop return continue jump goto comment counter log masquerade redirect dnat snat reject notrack xt ' +
    'meta ct fib iif iifname oif oifname'
  ).split(' '),
);

/** All words up to the next that surely begins another statement. */
function readUnknown(words: Words): Statement {
  const start = words.at;
  let depth = 0;
  do {
    const word = next(words);
    if (word === '{') depth++;
    if (word === '}') depth--;
  } while (words.at < words.words.length && (depth > 0 || !BEGINS.has(peek(words) ?? '') || isOperand(words)));
  return { kind: 'unknown', text: words.words.slice(start, words.at).join(' ') };
}

/** Whether the next word belongs to the one before: `set ct mark`, `ip saddr . iifname`. */
function isOperand({ words, at }: Words): boolean {
  return ['set', '.', '&', '|', '^', 'to', 'map', 'xor', 'and', 'or'].includes(words[at - 1] ?? '');
}

const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '!', '<', '>', '<=', '>=']);

function readMatch(words: Words): Statement | undefined {
  const start = words.at;
  const left = readExpression(words);
  if (!left) return undefined;
  if (took(words, 'vmap')) {
    const map = readMap(words, left);
    return map && { kind: 'vmap', key: left, map };
  }
  const isExact = isTcpFlags(left) && peek(words) === '==';
  const operator = OPERATORS.has(peek(words) ?? '') ? (next(words) as Operator) : '==';
  const isEquality = operator === '==' || operator === '!=';
  const word = peek(words);
  if (word?.startsWith('@') && isEquality) {
    words.at++;
    return { kind: 'lookup', left, not: operator === '!=', set: word.slice(1) };
  }
  const values = readValues(words, left);
  // Without `==`, one flag of them must be set; with it just these are, which Statement cannot say.
  if (isExact && values) return { kind: 'unknown', text: words.words.slice(start, words.at).join(' ') };
  const [mask] = left.kind === 'unknown' && isEquality ? masksOfFlags(left.text) : [];
  if (mask !== undefined && values?.length === 1) {
    return { kind: 'match', left: TCP_FLAGS, operator, values: [`${values[0]} / ${mask}`] };
  }
  return values && (markOfPrefix(left, operator, values) ?? { kind: 'match', left, operator, values });
}

/** nft writes the mask of the upper bits of a mark as a length: `meta mark != 0x00000000/1` for `& 0x80000000`. */
function markOfPrefix(
  of: Expression,
  operator: Operator,
  [value = '', ...more]: readonly string[],
): Statement | undefined {
  const [, number, length] = /^([0-9a-fx]+)\/(\d+)$/.exec(value) ?? [];
  if (!isMark(of) || number === undefined || more.length > 0) return undefined;
  const mask = 2 ** 32 - 2 ** (32 - Number(length));
  return { kind: 'match', left: { kind: 'masked', of, mask }, operator, values: [normalValue(number, of)] };
}

const TCP_FLAGS: Expression = { kind: 'payload', header: 'tcp', field: 'flags' };

/** 1.1 writes `tcp flags & (fin | syn) == syn` for `tcp flags syn / fin,syn`. */
function masksOfFlags(text: string): readonly string[] {
  const [, mask] = /^tcp flags & \(?([a-z |]+)\)?$/.exec(text) ?? [];
  return mask === undefined ? [] : [mask.replaceAll(' ', '').replaceAll('|', ',')];
}

function readValues(words: Words, left: Expression): readonly string[] | undefined {
  const list = takeList(words);
  if (list) {
    // In braces a flag stands for a state with no other flag; of `ct state` there is always just one.
    if (isFlags(left) && list.length > 1 && !(left.kind === 'ct' && left.key === 'state')) return undefined;
    const values = list.map((item) => item.join(' '));
    return isFlags(left) ? values : normalValues(values, left);
  }
  const value = readValue(words);
  if (value === undefined) return undefined;
  return isFlags(left) ? names([value]) : [normalValue(value, left)];
}

/** Words that are no values. */
const NO_VALUES: ReadonlySet<string> = new Set(['set', 'map', '{', '}', ',', ':', '&', '|', '^', 'and', 'or', 'xor']);

/** One value: `1.2.3.4 . 80`, `syn / syn,ack`. */
function readValue(words: Words): string | undefined {
  const parts: string[] = [];
  do {
    const word = next(words);
    if (word === undefined || NO_VALUES.has(word) || word.startsWith('#')) return undefined;
    parts.push(word);
    const joint = peek(words);
    if (joint === '.' || joint === '/' || joint === ',') parts.push(joint);
  } while (['.', '/', ','].includes(peek(words) ?? '') && next(words) !== undefined);
  if (peek(words) === '|') return undefined;
  return parts.join(' ').replaceAll(' , ', ',');
}
