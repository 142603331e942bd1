import { describe, expect, it } from '@jest/globals';
import * as names from './names.js';

const a = (length: number): string => 'a'.repeat(length);
const HOSTILE = ['a b', 'a\n', '\na', 'a"', "a'", 'a;b', 'a\u0000', 'a -j ACCEPT', 'ä', 'a\u202e', a(10_000)];

const rules: [keyof typeof names, string[], string[]][] = [
  ['DNS1123_LABEL', ['a', '0', 'a-b', '1a', a(63)], ['', '-a', 'a-', 'A', 'a.b', 'a_b', a(64)]],
  [
    'DNS1123_SUBDOMAIN',
    ['a', 'a.b', '1.2', 'a-b.c', `${a(126)}.${a(126)}`],
    ['', '.a', 'a.', 'a..b', 'a.-b', 'A', a(254)],
  ],
  ['IANA_SVC_NAME', ['http', '1a', 'a-b', a(15)], ['', '80', '-a', 'a-', 'a--b', 'A', a(16)]],
  [
    'QUALIFIED_NAME',
    ['a', 'A.b_c-d', 'x.io/a', `${a(253)}/${a(63)}`],
    ['', '/a', 'a/', 'a/b/c', '_a', 'a_', 'X.io/a', a(64), '__proto__'],
  ],
  ['LABEL_VALUE', ['', 'a', 'A.b_c-d', '0', a(63)], ['-a', 'a-', 'a/b', a(64), '__proto__']],
];

describe('names', () => {
  for (const [rule, good, bad] of rules) {
    it.each(good)(`${rule} accepts %j`, (text) => expect(names[rule].matches(text)).toBe(true));
    it.each([...bad, ...HOSTILE])(`${rule} refuses %j`, (text) => expect(names[rule].matches(text)).toBe(false));
  }
});
