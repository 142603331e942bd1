import { describe, expect, it } from '@jest/globals';
import { endOfWord, nextWord, quotesClose, unquote } from './words.js';

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
    expect(words(line)).toEqual(raw);
    expect(raw.map(unquote)).toEqual(values);
    expect(quotesClose(line)).toBe(!values.includes(undefined));
  });

  it.each(['', ' ', 'a b', ' a', 'a ', '"a"b', '"a" '])('%j is not one word', (raw) => {
    expect(unquote(raw)).toBeUndefined();
  });
});

function words(line: string): readonly string[] {
  const found: string[] = [];
  for (let start = nextWord(line, 0), end = 0; start < line.length; start = nextWord(line, end)) {
    end = endOfWord(line, start);
    found.push(line.slice(start, end));
  }
  return found;
}
