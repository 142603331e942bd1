import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { escapedJson, isPrintable, printable, printableLines } from './printable.js';
import { toYaml } from './views/yaml.js';

const UNSAFE: readonly (readonly [string, string])[] = [
  ['NUL', '\0'],
  ['backspace', '\b'],
  ['carriage return', '\r'],
  ['ESC', '\u001b'],
  ['DEL', '\u007f'],
  ['NEL', '\u0085'],
  ['CSI of one character', '\u009b'],
  ['soft hyphen', '\u00ad'],
  ['combining grapheme joiner', '\u034f'],
  ['Arabic letter mark', '\u061c'],
  ['Mongolian vowel separator', '\u180e'],
  ...[...'\u200b\u200c\u200d\u200e\u200f'].map((mark) => ['zero width or direction', mark] as const),
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
  ...[...'\u202a\u202b\u202c\u202d\u202e'].map((mark) => ['embedding', mark] as const),
  ...[...'\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069'].map((mark) => ['isolate', mark] as const),
  ['Hangul filler', '\u3164'],
  ['byte order mark', '\ufeff'],
  ['half of a pair', '\ud83d'],
  ['the other half', '\ude00'],
  ['a tag', '\u{e0041}'],
  ['a selector that hides bytes', '\u{e0101}'],
];

describe('printable', () => {
  it.each(UNSAFE)('shows that there is one: %s', (_, character) => {
    expect(printable(`a${character}b`)).toBe(`a${'\ufffd'.repeat(character.length)}b`);
    expect(isPrintable(character)).toBe(false);
  });

  it.each([
    ['letters of all scripts', 'naïve Ελληνικά 日本語 עברית العربية हिन्दी'],
    ['emoji and their forms', '⚠\ufe0f 😀'],
    ['a tab', 'a\tb'],
    ['spaces of other widths', 'a\u00a0b\u3000c'],
  ])('leaves %s', (_, text) => {
    expect(printable(text)).toBe(text);
    expect(escapedJson(text)).toBe(text);
    expect(isPrintable(text)).toBe(true);
  });

  it('ends no line within one, and leaves those of several', () => {
    expect(printable('a\n::error::b')).toBe('a\ufffd::error::b');
    expect(printableLines('a\n\u001bb\n')).toBe('a\n\ufffdb\n');
  });
});

describe('as data', () => {
  const hidden = UNSAFE.map(([, character]) => character).filter((character) => !/^\p{Cs}$/u.test(character));
  const value = { [`key${hidden.join('')}`]: [hidden.join('-'), 'two\nlines\u202e', '\\u202e', '"\u200b"', 'a\tb'] };

  it('JSON is printable and means the same', () => {
    for (const indent of [0, 2]) {
      const text = escapedJson(JSON.stringify({ ...value, half: '\ud83d' }, null, indent));
      expect(isPrintable(text)).toBe(true);
      expect(JSON.parse(text)).toEqual({ ...value, half: '\ud83d' });
    }
  });

  it('YAML is printable and means the same', () => {
    const text = toYaml(value);
    expect(isPrintable(text)).toBe(true);
    expect(load(text)).toEqual(value);
  });

  it('YAML of printable text is as it was', () => {
    expect(toYaml({ a: 'two\nlines\n', b: 'x # y', c: '日本' })).toBe('a: |\n  two\n  lines\nb: "x # y"\nc: 日本\n');
  });
});
