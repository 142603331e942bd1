/** write: the tree of any text joins to the same text, also when another text of its length was parsed. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { relaxed } from '../read/yaml.js';
import { often } from '../testing/run/extent.js';
import { textOf, treeOf } from './tree.js';

const PIECES = [
  ...[
    'a',
    'b: ',
    '\n',
    '\n  ',
    '- ',
    '---\n',
    '...\n',
    '&a ',
    '*a',
    '<<: ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|\n',
    '>-\n',
  ],
  ...['? ', '!!str ', '%YAML 1.1\n', '\t', ', ', '# c\n', '\r\n', '\r', '~', '\ufeff', '::]', 'é', '日'],
];

const texts = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

describe('the tree of a text', () => {
  it('is the text again, or there is none', () => {
    let trees = 0;
    fc.assert(
      fc.property(texts, (text) => {
        for (const tree of [treeOf(text), treeOf(text, relaxed(text))]) {
          if (!tree) continue;
          expect(textOf(tree)).toBe(text);
          trees++;
        }
      }),
      { numRuns: often(500, 5000) },
    );
    expect(trees).toBeGreaterThan(often(500, 5000));
  });
});
