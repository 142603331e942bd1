import { describe, expect, it } from '@jest/globals';
import { locate } from '../locate.js';
import { readYaml } from '../yaml.js';
import { relax } from './relax.js';

const relaxed: [string, string, string | undefined][] = [
  ['nothing of that kind', 'a: [b, c]\n', undefined],
  ['a bracket', 'a: [\n  b # ]\n]\n', 'a: [   b     ]\n'],
  ['quotes', 'a: "b\n# c"\n', 'a: "b # c"\n'],
  ['a tab in a bracket', 'a: [\tb]\n', 'a: [ b]\n'],
  ['a tab before a bracket', 'a:\t[b]\n', 'a: [b]\n'],
  ['a comment right behind', "a: [b]#c\nd: 'e'#f\ng: |#h\n  i #j\n", "a: [b]  \nd: 'e'  \ng: |  \n  i #j\n"],
  ['no bracket in plain text', 'a: b [\n  c "\nd: {\n}\n', 'a: b [\n  c "\nd: { }\n'],
  ['no bracket on a line that goes on with plain text', 'a: b\n  [c\nd: {\n}\n', 'a: b\n  [c\nd: { }\n'],
  ['no quote in a block', 'a: |\n  "b\n\n  [\nd: {\n}\n', 'a: |\n  "b\n\n  [\nd: { }\n'],
  ['no quote in a block in a list', '- >-\n "b\n- {\n}\n', '- >-\n "b\n- { }\n'],
  ['no quote in a comment', '# "a\nb: {\n} # "\n', '# "a\nb: { } # "\n'],
  ['a quote within plain text in a bracket', "a: [it's, b\n]\n", "a: [it's, b ]\n"],
  ['a quote behind a property', 'a: [&x "]", !y "]\n"]\n', 'a: [&x "]", !y "] "]\n'],
  ['an escaped quote', `a: ["\\"]", ']'']'\n]\n`, `a: ["\\"]", ']'']' ]\n`],
  ['a key in quotes and a key in brackets', '"a[": {\n}\n', '"a[": { }\n'],
  ['a key over lines', '"a\nb": 1\n', undefined],
  ['a bracket left open', 'a: {\n}\nb: [\n', undefined],
  ['a quote left open', 'a: {\n}\nb: "\n', undefined],
  ['an end of the document', 'a: "\n...\n"\n', undefined],
  ['plain text that a comment ends', 'a: [b # c\n d]\n', undefined],
];

describe('relax', () => {
  it.each(relaxed)('%s', (_, text, expected) => {
    expect(relax(text)).toBe(expected);
    expect(expected?.length ?? text.length).toBe(text.length);
  });
});

describe('in a relaxed text', () => {
  const text = 'kind: X\nspec:\n  a: [\n  "b\n  c",\n  d\n  e\n  ]\n  f: "g\nh"\n---\nkind: Z\n';
  const source = { name: 'a', text };

  it('values are those of the text as it was', () => {
    expect(readYaml(text)).toEqual({
      documents: [{ kind: 'X', spec: { a: ['b c', 'd e'], f: 'g h' } }, { kind: 'Z' }],
      errors: [],
    });
  });

  it.each([
    [['spec', 'a'], '3:6'],
    [['spec', 'a', 0], '4:3'],
    [['spec', 'a', 1], '6:3'],
    [['spec', 'f'], '9:6'],
  ])('%j stands at %s', (path, place) => {
    const { line, col } = locate({ source, document: 0, base: [], path });
    expect(`${line}:${col}`).toBe(place);
  });

  it('an error that is one is where it is', () => {
    const { errors } = readYaml('a: [\nb\n]\nc: 1\n  d: 2\n');
    expect(errors).toMatchObject([{ offset: 17, message: expect.stringMatching(/indent/) }]);
  });
});
