import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { readYaml } from './read/yaml.js';
import { often } from './testing/run/extent.js';
import { yamlOf } from './yaml.js';

const TEXTS: readonly (readonly [string, string])[] = [
  ['web', 'web'],
  ['', '""'],
  ['10.96.0.1', '10.96.0.1'],
  ['fd00::1', 'fd00::1'],
  ['80/TCP', '80/TCP'],
  ['<none>', '<none>'],
  ['---', '---'],
  ['a b', 'a b'],
  [' a', '" a"'],
  ['a: b', '"a: b"'],
  ['a # b', '"a # b"'],
  ['say "a"', 'say "a"'],
  ['"a"', '"\\"a\\""'],
  ['80', '"80"'],
  ['010', '"010"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['190:20:30', '"190:20:30"'],
  ['1_0e3', '"1_0e3"'],
  ['0o7_0', '"0o7_0"'],
  ['-0o7', '"-0o7"'],
  ['yes', '"yes"'],
  ['Off', '"Off"'],
  ['~', '"~"'],
  ['null', '"null"'],
  ['<<', '"<<"'],
  ['=', '"="'],
  ['2001-01-01', '"2001-01-01"'],
  ['日本', '日本'],
  ['a\tb', '"a\\tb"'],
  ['a\u0007b', '"a\\ab"'],
  ['two\nlines', '|-\n  two\n  lines'],
  ['two\nlines\n', '|\n  two\n  lines'],
  ['a\n ', '"a\\n "'],
  [`${'x'.repeat(90)} ${'y'.repeat(90)}`, `${'x'.repeat(90)} ${'y'.repeat(90)}`],
];

describe('yamlOf', () => {
  it.each(TEXTS)('the text %j', (text, written) => {
    expect(yamlOf({ a: text }, { indentSeq: false })).toBe(`a: ${written}\n`);
  });

  it('lists, mappings, and what stands twice', () => {
    const shared = { x: 1 };
    const value = { a: [], b: {}, c: [[1, 2], { d: null, e: true }], f: shared, g: shared };
    expect(yamlOf(value, { indentSeq: false })).toBe(
      'a: []\nb: {}\nc:\n- - 1\n  - 2\n- d: null\n  e: true\nf:\n  x: 1\ng:\n  x: 1\n',
    );
    expect(yamlOf({ c: ['a'] }, { indentSeq: true })).toBe('c:\n  - a\n');
  });

  it('means the same to kubectl and to a parser of YAML 1.1', () => {
    const pieces = [
      '010',
      '1e3',
      '_',
      '.',
      ':',
      '-',
      '+',
      ' ',
      '\n',
      '#',
      '"',
      "'",
      'yes',
      'null',
      '~',
      '0x',
      '0o7',
      '\t',
    ];
    const marks = ['---', '...', '<<', '=', '%', '&', '*', '!', '|', '>', '?', '[', '{', ',', '\r', '\u0085', '\u2028'];
    const unit = fc.oneof(fc.constantFrom(...pieces, ...marks), fc.string({ unit: 'grapheme', maxLength: 3 }));
    const text = fc.array(unit, { maxLength: 6 }).map((parts) => parts.join(''));
    const shape = fc.oneof(
      text.map((a) => ({ a })),
      text.map((a) => ({ a: [{ b: a }, a] })),
      text.filter((a) => a !== '__proto__').map((a) => ({ [a]: 1 })),
      text,
    );
    fc.assert(
      fc.property(shape, fc.boolean(), (value, indentSeq) => {
        const written = yamlOf(value, { indentSeq });
        expect(readYaml(written)).toEqual({ documents: [value], errors: [] });
        expect(load(written, { schema: YAML11_SCHEMA })).toEqual(value);
      }),
      { numRuns: often(300, 3000) },
    );
  });
});
