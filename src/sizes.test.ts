/**
 * No file has more than 250 lines, and no function more than 60: longer ones need another model.
 */
import { expect, it } from '@jest/globals';
import { tooLong } from './testing/house/sizes.js';
import { sources } from './testing/house/sources.js';

it('no file and no function is too long', () => {
  const found = [...sources()].flatMap(([path, text]) => tooLong(path, text));
  expect(found).toEqual([]);
});

it.each<[string, string, string, readonly string[]]>([
  ['251 lines', 'a.test.ts', '\n'.repeat(251), ['a.test.ts: 251 lines']],
  ['250 lines', 'a.ts', '\n'.repeat(250), []],
  ['61 lines', 'a.ts', `const a = 1;\n\nfunction f() {${'\n'.repeat(60)}}\n`, ['a.ts:3: a function of 61 lines']],
  ['60 lines', 'a.ts', `function f() {${'\n'.repeat(59)}}\n`, []],
  [
    'a method, after letters of several bytes',
    'a.ts',
    `// ⇒ ü\nconst a = { f() {${'\n'.repeat(60)}} };\n`,
    ['a.ts:2: a function of 61 lines'],
  ],
  ['a function in a test', 'a.test.ts', `it(() => {${'\n'.repeat(99)}});\n`, []],
])('%s', (_, path, text, found) => {
  expect(tooLong(path, text)).toEqual(found);
});
