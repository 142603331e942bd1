import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, splitList } from './json.js';

/** The values of the items that splitList finds. */
function items(text: string): readonly unknown[] | undefined {
  return splitList(text)?.items.map(({ start, end }) => {
    const item = parseJson(text, start, end);
    return 'value' in item ? item.value : item;
  });
}

describe('splitList', () => {
  it.each([
    ['no items', '{"kind":"List"}'],
    ['items that are no list', '{"items":{}}'],
    ['items that are no objects', '{"items":[1]}'],
    ['a list in the items', '{"items":[[]]}'],
    ['items twice', '{"items":[],"items":[{}]}'],
    ['items deeper down', '{"metadata":{"items":[{}]}}'],
    ['a value called items', '{"a":"items","b":[{}]}'],
    ['no object', '[{"items":[{}]}]'],
    ['two objects', '{"items":[{}]}{}x'],
    ['a trailing comma', '{"items":[{},]}'],
    ['a leading comma', '{"items":[,{}]}'],
    ['no comma', '{"items":[{}{}]}'],
    ['no end', '{"items":[{}'],
    ['something else that is no JSON', '{"items":[{}],}'],
  ])('leaves %s alone', (_, text) => expect(splitList(text)).toBeUndefined());

  it('finds what JSON.parse finds, for any List', () => {
    const lists = fc.record({
      kind: fc.string(),
      items: fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      z: fc.jsonValue(),
    });
    const texts = fc
      .tuple(lists, fc.constantFrom(0, 1, 4))
      .map(([list, indent]) => JSON.stringify(list, undefined, indent));
    fc.assert(
      fc.property(texts, (text) => {
        const whole = JSON.parse(text) as { items: unknown[] };
        expect(items(text)).toEqual(whole.items);
        expect(splitList(text)?.rest).toEqual({ ...whole, items: [] });
      }),
    );
  });

  it('sees through quotes and escapes', () => {
    const hard = { 'a"]}': '\\', b: '\\"', c: 'x\\\\', d: '{[', e: '"items":[' };
    expect(items(JSON.stringify({ e: '"items":[', items: [hard, hard] }))).toEqual([hard, hard]);
  });
});
