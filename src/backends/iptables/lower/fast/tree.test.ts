import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compare } from '../../../../order.js';
import { seed } from '../../../../testing/run/extent.js';
import { LEAF, type Part, treeOf } from './tree.js';

const digitsOf = (length: number) =>
  fc.array(fc.constantFrom('0', '1', '7', 'f'), { minLength: length, maxLength: length }).map((list) => list.join(''));
/** Many with a common beginning, which few others make shorter. */
const digits = fc.oneof({ weight: 30, arbitrary: digitsOf(2).map((rest) => `00${rest}`) }, digitsOf(4));
const keys = fc.array(digits, { maxLength: 120 }).map((list) => sorted(list.map(keyed)));

interface Value {
  readonly digits: string;
  readonly text: string;
}

function keyed(each: string, i: number): Value {
  return { digits: each, text: `${each} ${i}` };
}

/** By key; those with the same one in the order given. */
function sorted(list: readonly Value[]): readonly Value[] {
  return [...list].sort((a, b) => compare(a.digits, b.digits));
}

/** The values that a packet with the key meets, and how many tests it passes on its way. */
function walk(part: Part<Value>, key: string): { met: readonly string[]; tests: number } {
  const next = part.parts.find(({ prefix }) => key.startsWith(prefix));
  const tests = part.parts.length + part.values.length;
  const below = next ? walk(next, key) : { met: [], tests: 0 };
  return {
    met: [...below.met, ...part.values.flatMap(({ text }) => (text.startsWith(`${key} `) ? [text] : []))],
    tests: tests + below.tests,
  };
}

function partsOf(part: Part<Value>): readonly Part<Value>[] {
  return [part, ...part.parts.flatMap(partsOf)];
}

function nodes(tree: Part<Value>): ReadonlySet<string> {
  return new Set(
    partsOf(tree).map(({ prefix, values, parts }) =>
      JSON.stringify([prefix, values, parts.map((each) => each.prefix)]),
    ),
  );
}

describe('a tree', () => {
  it('has all values of a key, in their order, where the key leads to', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const tree = treeOf(list);
        for (const { digits: key } of list) {
          const all = list.filter((each) => each.digits === key).map(({ text }) => text);
          expect(walk(tree, key).met).toEqual(all);
        }
        expect(partsOf(tree).flatMap(({ values }) => values)).toHaveLength(list.length);
      }),
      { seed },
    );
  });

  it('has parts that each begin otherwise, and no chain for a single value', () => {
    fc.assert(
      fc.property(keys, (list) => {
        for (const { prefix, values, parts } of partsOf(treeOf(list))) {
          expect(new Set(parts.map((each) => each.prefix[prefix.length])).size).toBe(parts.length);
          if (prefix !== '') expect(values.length + parts.length).toBeGreaterThan(1);
          for (const { digits: key } of values) expect(key.startsWith(prefix)).toBe(true);
        }
      }),
      { seed },
    );
  });

  it('of 10,000 values takes few tests', () => {
    const list = sorted(Array.from({ length: 10_000 }, (_, i) => keyed((i * 7919).toString(16).padStart(8, '0'), i)));
    const tree = treeOf(list);
    for (const { digits: key } of list.filter((_, i) => i % 97 === 0))
      expect(walk(tree, key).tests).toBeLessThanOrEqual(6 * LEAF);
    expect(walk(tree, 'ffffffff').tests).toBeLessThanOrEqual(LEAF);
  });

  it('made from the one before is the same', () => {
    fc.assert(
      fc.property(keys, fc.array(fc.tuple(fc.nat(), fc.option(digitsOf(4))), { maxLength: 5 }), (list, edits) => {
        let [now, tree] = [list, treeOf(list)];
        for (const [at, more] of edits) {
          const there = at % (now.length + 1);
          const touched = more ?? now[there]?.digits ?? '';
          now = more === null ? now.filter((_, i) => i !== there) : sorted([...now, keyed(more, now.length)]);
          tree = treeOf(now, { tree, touched: [touched] });
          expect(tree).toEqual(treeOf(now));
        }
      }),
      { seed },
    );
  });

  it('made from the one before has its parts, but for those on the way to what changed, and asks little of the rest', () => {
    const list = sorted(Array.from({ length: 10_000 }, (_, i) => keyed((i * 7919).toString(16).padStart(8, '0'), i)));
    const tree = treeOf(list);
    const before = new Set(partsOf(tree));
    const change = (now: readonly Value[], touched: string): void => {
      let asked = 0;
      const counted = now.map(({ digits: key, text }) => ({
        text,
        get digits() {
          asked++;
          return key;
        },
      }));
      const next = treeOf(counted, { tree, touched: [touched] });
      expect(asked).toBeLessThan(2000);
      expect(next).toEqual(treeOf(now));
      expect(partsOf(next).filter((part) => !before.has(part)).length).toBeLessThanOrEqual(6);
    };
    change(sorted([...list, keyed('0123abcd', -1)]), '0123abcd');
    change(list.toSpliced(5000, 1), list[5000]?.digits ?? '');
  });

  it('made from the one before has its parts where the common beginning became shorter, or longer', () => {
    const near = Array.from({ length: 1000 }, (_, i) => keyed(`0a60${(i * 37).toString(16).padStart(4, '0')}`, i));
    const far = keyed('0b000000', -1);
    const tree = treeOf(near);
    const wider = treeOf([...near, far], { tree, touched: [far.digits] });
    expect(wider).toEqual(treeOf([...near, far]));
    expect(partsOf(wider).filter((part) => !partsOf(tree).includes(part))).toHaveLength(2);
    const narrower = treeOf(near, { tree: wider, touched: [far.digits] });
    expect(narrower).toEqual(tree);
    expect(partsOf(narrower).filter((part) => !partsOf(wider).includes(part))).toHaveLength(2);
  });

  it('changes in few places with one more value', () => {
    fc.assert(
      fc.property(keys, digits, (list, more) => {
        const [before, after] = [nodes(treeOf(list)), nodes(treeOf(sorted([...list, keyed(more, list.length)])))];
        // One leaf, or a leaf that is divided into as many as there are digits, and what leads there.
        const isDivided = after.size > before.size;
        const changed = [...after].filter((node) => !before.has(node));
        expect(changed.length).toBeLessThanOrEqual(isDivided ? LEAF + 2 : 1);
      }),
      { seed },
    );
  });
});
