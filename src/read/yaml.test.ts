import { describe, expect, it } from '@jest/globals';
import { readYaml } from './yaml.js';

const scalars: [string, unknown][] = [
  ['80', 80],
  ['+80', 80],
  ['-1', -1],
  ['-0', 0],
  ['010', 8],
  ['0o10', 8],
  ['0O10', 8],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['0b101', 5],
  ['1_000', 1000],
  ['080', 80],
  ['09', 9],
  ['1e3', 1000],
  ['1.5', 1.5],
  ['.inf', Number.POSITIVE_INFINITY],
  ['0x', '0x'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['12:30', '12:30'],
  ['10.0.0.1', '10.0.0.1'],
  ['2026-01-01', '2026-01-01'],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['yes', true],
  ['on', true],
  ['y', true],
  ['No', false],
  ['off', false],
  ['n', false],
  ['True', true],
  ['yEs', 'yEs'],
  ['~', null],
  ['null', null],
  ['', null],
  ['"80"', '80'],
  ["'yes'", 'yes'],
  ['!!str 80', '80'],
  ['!!int "0x10"', 16],
];

describe('readYaml reads scalars as go-yaml v2 does', () => {
  it.each(scalars)('%s', (text, expected) => {
    expect(readYaml(`v: ${text}\n`)).toEqual({ documents: [{ v: expected }], errors: [] });
  });

  it('gives no -0, which prints like 0 and is not equal to it', () => {
    expect(Object.is((readYaml('-0').documents[0] as number) ?? -0, 0)).toBe(true);
  });
});

const documents: [string, string, unknown[]][] = [
  ['none', '', []],
  ['only comments', '# nothing\n', []],
  ['two', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
  ['empty ones between', '---\n---\na: 1\n---\n', [null, { a: 1 }, null]],
  ['merge keys', 'x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3}\n', [{ x: { a: 1, b: 2 }, z: { a: 1, b: 3 } }]],
  ['CRLF', 'a: 1\r\nb: 2\r\n', [{ a: 1, b: 2 }]],
];

describe('readYaml reads documents', () => {
  it.each(documents)('%s', (_, text, expected) => {
    expect(readYaml(text)).toEqual({ documents: expected, errors: [] });
  });
});

const broken: [string, string, unknown[], { document: number; offset: number; message: string }[]][] = [
  [
    'a broken document does not hide the others',
    'a: 1\n---\nb: [1\n---\nc: 3\n',
    [{ a: 1 }, undefined, { c: 3 }],
    [
      {
        document: 1,
        offset: 15,
        message: 'a line that is indented too little, or a bracket or quote left open before it',
      },
    ],
  ],
  [
    'nor does one with a key given twice',
    'a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n',
    [{ a: 1 }, undefined, { c: 3 }],
    [{ document: 1, offset: 14, message: 'this key is given twice in the same mapping' }],
  ],
  [
    'both kinds at once, in the order of the text',
    'b: 1\nb: 2\n---\n\tx: 1\n---\nc: *nope\n---\nd: 4\n',
    [undefined, undefined, undefined, { d: 4 }],
    [
      { document: 0, offset: 5, message: 'this key is given twice in the same mapping' },
      { document: 1, offset: 16, message: expect.any(String) as unknown as string },
      { document: 2, offset: 28, message: 'an alias without its anchor' },
    ],
  ],
  ['tabs', 'a:\n\tb: 1\n', [undefined], [{ document: 0, offset: 3, message: 'tabs cannot indent YAML' }]],
  [
    'deep nesting',
    `a: ${'['.repeat(60)}${']'.repeat(60)}`,
    [undefined],
    [{ document: 0, offset: 52, message: 'nested deeper than 50 levels' }],
  ],
  [
    'many aliases',
    `a: &a 1\nb: [${'*a,'.repeat(1001)}]`,
    [undefined],
    [{ document: 0, offset: 12 + 3 * 1000 + 1, message: 'more than 1000 aliases in one document' }],
  ],
];

describe('readYaml reports', () => {
  it.each(broken)('%s', (_, text, expected, errors) => {
    const read = readYaml(text);
    expect(read.errors.map(({ document, offset, message }) => ({ document, offset, message }))).toEqual(errors);
    expect(read.documents.map((document) => (document === null ? undefined : document))).toEqual(expected);
  });

  it('control characters in its reasons only in a harmless form', () => {
    const [error] = readYaml('a: !<x\u0007y\u009b> 1').errors;
    expect(error?.message).toMatch(/^[\x20-\x7e\ufffd]+$/);
  });
});
