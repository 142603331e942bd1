/**
 * views: `-l 'app in (web, api),!canary'` → requirements of labels: kubectl's label selectors, with its grammar and its
 * error messages (k8s.io/apimachinery/pkg/labels/selector.go).
 *
 *     selector     requirement, requirement, …      all must hold; an empty selector always holds
 *     requirement  KEY | !KEY | KEY OPERATOR VALUE | KEY in|notin (VALUE, VALUE, …)
 *     OPERATOR     = == !=, and > < for whole numbers
 */
import { LABEL_VALUE, QUALIFIED_NAME } from '../read/names.js';
import { type Token, tokensOf } from './tokens.js';

/** The requirement of one label. `in` is also used for `=` and `==`, `notin` for `!=`. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  readonly values: readonly string[];
}

/** Why a text is not a selector, and the offset of the error. */
export interface SelectorProblem {
  readonly problem: string;
  readonly at: number;
}

/** The requirements in `text`. */
export function parseSelector(text: string): readonly Requirement[] | SelectorProblem {
  const reader: Reader = { tokens: tokensOf(text), at: 0 };
  const requirements: Requirement[] = [];
  for (let token = peek(reader); token.kind !== 'end'; token = peek(reader)) {
    if (token.kind !== 'word' && token.text !== '!') return found(token, "expected: !, identifier, or 'end of string'");
    const read = requirement(reader);
    if ('problem' in read) return { ...read, problem: `unable to parse requirement: ${read.problem}` };
    requirements.push(read);
    const after = take(reader);
    if (after.kind === 'end') break;
    if (after.text !== ',') return found(after, "expected: ',' or 'end of string'");
    const next = peek(reader);
    if (next.kind !== 'word' && next.text !== '!') return found(next, "expected: identifier after ','");
  }
  return requirements;
}

/** Whether `labels` meet all requirements. */
export function matches(requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean {
  return requirements.every(({ key, operator, values }) => OPERATORS[operator](labels[key], values));
}

/** An absent label meets only `!` and `notin`. */
const OPERATORS: Readonly<
  Record<Requirement['operator'], (value: string | undefined, values: readonly string[]) => boolean>
> = {
  in: (value, values) => value !== undefined && values.includes(value),
  notin: (value, values) => value === undefined || !values.includes(value),
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  '>': (value, [limit = '']) => isInteger(value) && BigInt(value) > BigInt(limit),
  '<': (value, [limit = '']) => isInteger(value) && BigInt(value) < BigInt(limit),
};

/** Whether Go's ParseInt accepts a label value; label values have no sign. */
function isInteger(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text) && BigInt(text) < 1n << 63n;
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const END: Token = { kind: 'end', text: '', at: 0 };

function peek({ tokens, at }: Reader): Token {
  return tokens[Math.min(at, tokens.length - 1)] ?? END;
}

function take(reader: Reader): Token {
  const token = peek(reader);
  reader.at++;
  return token;
}

function found({ text, at }: Token, expected: string): SelectorProblem {
  return { problem: `found '${text}', ${expected}`, at };
}

/** The operator of each token. */
const BINARY: Readonly<Record<string, Requirement['operator']>> = {
  in: 'in',
  notin: 'notin',
  '=': 'in',
  '==': 'in',
  '!=': 'notin',
  '>': '>',
  '<': '<',
};

function requirement(reader: Reader): Requirement | SelectorProblem {
  const first = take(reader);
  const absent = first.text === '!';
  const name = absent ? take(reader) : first;
  if (name.kind !== 'word') return found(name, 'expected: identifier');
  const key = name.text;
  if (!QUALIFIED_NAME.matches(key)) return unfit(name, 'key', QUALIFIED_NAME.allowed);
  if (absent) return { key, operator: '!', values: [] };
  const next = peek(reader);
  if (next.kind === 'end' || next.text === ',') return { key, operator: 'exists', values: [] };
  const operator = BINARY[take(reader).text];
  if (operator === undefined) return found(next, 'expected: in, notin, =, ==, !=, gt, lt');
  const values = next.text === 'in' || next.text === 'notin' ? listed(reader) : single(reader);
  if ('problem' in values) return values;
  const wrong = values.find(({ text }) => !LABEL_VALUE.matches(text));
  if (wrong) return unfit(wrong, `value for ${key}`, LABEL_VALUE.allowed);
  const [only] = values;
  if ((operator === '>' || operator === '<') && only && !isInteger(only.text)) {
    return { problem: `${JSON.stringify(only.text)} is no whole number, which ${operator} needs`, at: only.at };
  }
  return { key, operator, values: values.map(({ text }) => text) };
}

function unfit({ text, at }: Token, what: string, allowed: string): SelectorProblem {
  return { problem: `${JSON.stringify(text)} is no label ${what}, which is ${allowed}`, at };
}

/** `(a, b)`; a missing value is an empty text. */
function listed(reader: Reader): readonly Token[] | SelectorProblem {
  const open = take(reader);
  if (open.text !== '(') return { problem: `found '${open.text}' expected: '('`, at: open.at };
  const first = peek(reader);
  if (first.kind !== 'word' && first.text !== ',' && first.text !== ')') {
    return found(first, "expected: ',', ')' or identifier");
  }
  const values: Token[] = [];
  for (;;) {
    const token = peek(reader);
    // After the opening parenthesis or a comma: a word, or an empty value.
    values.push(token.kind === 'word' ? take(reader) : { kind: 'word', text: '', at: token.at });
    const after = take(reader);
    if (after.text === ')') return values;
    if (after.text !== ',') return found(after, "expected: ',' or ')'");
    const next = peek(reader);
    if (next.kind !== 'word' && next.text !== ',' && next.text !== ')')
      return found(next, "expected: ',', or identifier");
  }
}

function single(reader: Reader): readonly Token[] | SelectorProblem {
  const next = peek(reader);
  if (next.kind === 'end' || next.text === ',') return [{ kind: 'word', text: '', at: next.at }];
  take(reader);
  return next.kind === 'word' ? [next] : found(next, 'expected: identifier');
}
