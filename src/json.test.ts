import { describe, expect, it } from '@jest/globals';
import { type JsonObject, jsonPieces, streamed } from './json.js';

const OF = (...items: readonly unknown[]) => streamed(() => items);

describe('jsonPieces', () => {
  it.each<[string, JsonObject, string]>([
    ['nothing', {}, '{}\n'],
    [
      'values as JSON.stringify has them',
      { a: 1, b: [{ c: '"' }], d: undefined, e: null },
      '{"a":1,"b":[{"c":"\\""}],"e":null}\n',
    ],
    ['an empty list', { a: OF() }, '{"a":[]}\n'],
    ['an item a line', { a: OF(1, { b: 2 }), c: 3 }, '{"a":[\n1,\n{"b":2}],"c":3}\n'],
    [
      'lists in items',
      { a: OF({ n: 1, b: OF([2], 3) }, { b: OF() }) },
      '{"a":[\n{"n":1,"b":[\n[2],\n3]},\n{"b":[]}]}\n',
    ],
  ])('%s', (_, object, expected) => {
    expect([...jsonPieces(object)].join('')).toBe(expected);
    expect([...jsonPieces(object)].join('')).toBe(expected);
  });
});
