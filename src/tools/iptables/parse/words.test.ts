import { describe, expect, it } from '@jest/globals';
import { quotesClose, unquote, words } from './words.js';

/** A line, its words, and the value of each; iptables-restore agrees. */
const LINES: readonly [string, readonly string[], readonly (string | undefined)[]][] = [
  ['', [], []],
  [' \t a  b\n', ['a', 'b'], ['a', 'b']],
  ['a\\b', ['a\\b'], ['a\\b']],
  ['"a b" c', ['"a b"', 'c'], ['a b', 'c']],
  ['""', ['""'], ['']],
  ['"a\\"b\\\\" c', ['"a\\"b\\\\"', 'c'], ['a"b\\', 'c']],
  ['a"b c"d e', ['a"b c"', 'd', 'e'], ['ab c', 'd', 'e']],
  ['"a b', ['"a b'], [undefined]],
  ['"a\\"', ['"a\\"'], [undefined]],
  [`it's`, [`it's`], [`it's`]],
];

describe('words', () => {
  it.each(LINES)('of %j', (line, raw, values) => {
    const found = words(line);
    expect(found.map((word) => word.raw)).toEqual(raw);
    expect(found.map((word) => line.slice(word.start, word.end))).toEqual(raw);
    expect(raw.map(unquote)).toEqual(values);
    expect(quotesClose(line)).toBe(!values.includes(undefined));
  });

  it.each(['', ' ', 'a b', ' a', 'a ', '"a"b', '"a" '])('%j is not one word', (raw) => {
    expect(unquote(raw)).toBeUndefined();
  });
});
