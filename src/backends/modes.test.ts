import { expect, it } from '@jest/globals';
import { BACKENDS } from './index.js';
import { LAYOUTS, MODES } from './modes.js';

it('names what the backends are', () => {
  expect(MODES).toEqual(BACKENDS.map(({ mode }) => mode));
  expect(LAYOUTS).toEqual([...new Set(BACKENDS.flatMap(({ layouts }) => layouts))]);
});
