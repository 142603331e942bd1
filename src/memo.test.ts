import { expect, it } from '@jest/globals';
import { NO_MEMO, newMemo } from './memo.js';

it('gives the very same answer until the key or a part is another', () => {
  const memo = newMemo();
  const [key, a, b] = [{}, {}, {}];
  let made = 0;
  const of = (scope: string, object: object, ...parts: unknown[]) =>
    memo.of(scope, object, parts, () => ({ n: ++made }));
  const first = of('x', key, a, 1);
  expect(of('x', key, a, 1)).toBe(first);
  expect(of('y', key, a, 1)).not.toBe(first);
  expect(of('x', {}, a, 1)).not.toBe(first);
  expect(of('x', key, b, 1)).not.toBe(first);
  expect(of('x', key, b, 1, 2)).not.toBe(first);
  expect(made).toBe(5);
});

it('caches nothing as NO_MEMO', () => {
  const key = {};
  expect(NO_MEMO.of('x', key, [], () => ({}))).not.toBe(NO_MEMO.of('x', key, [], () => ({})));
});
