/**
 * assign: laws for any keys in any order, in bands of realistic sizes.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCidr } from '../ip.js';
import { computed } from '../testing/run/patience.js';
import { nodePortRange } from './allocate/ranges.js';
import { assign, stableHash } from './assign.js';
import { type Range, serviceRange } from './range.js';

const cidrRange = (text: string): Range => {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(text);
  return serviceRange(cidr);
};

/** Small ranges fill up; large ones are those of real clusters. */
const RANGES: readonly (readonly [string, Range])[] = [
  ['1', { size: 1, reserved: 0 }],
  ['3 and 2 static', { size: 5, reserved: 2 }],
  ...['/29', '/28', '/24', '/20', '/16', '/12'].map((prefix) => [prefix, cidrRange(`10.96.0.0${prefix}`)] as const),
  ...['/112', '/108', '/64'].map((prefix) => [`v6 ${prefix}`, cidrRange(`fd00:10:96::${prefix}`)] as const),
  ['node ports', nodePortRange({ first: 30000, last: 32767 })],
  ['20 node ports', nodePortRange({ first: 30000, last: 30019 })],
];

/** Names, up to a few more than a small range has places; a large one is nearly filled with taken places. */
function situations(range: Range) {
  const key = fc.stringMatching(/^[a-z]{1,3}\/[a-z0-9]{1,4}$/);
  const place = fc.nat(Math.min(range.size, 400) - 1);
  const clustered = place.map((offset) => (range.reserved + offset) % range.size);
  return fc.record({
    keys: fc.uniqueArray(key, { maxLength: Math.min(range.size + 4, 40) }),
    taken: fc.uniqueArray(fc.oneof(place, clustered), { maxLength: 60 }).map((places) => new Set(places)),
  });
}

const goesFirst = (a: string, b: string) => (stableHash(a) !== stableHash(b) ? stableHash(a) < stableHash(b) : a < b);

describe.each(RANGES)('in a range of %s', (_, range) => {
  const dynamic = Math.max(0, range.size - range.reserved);

  it('everybody has a place of his own that is free, while there are any', () => {
    fc.assert(
      fc.property(situations(range), ({ keys, taken }) => {
        const { places, left } = assign(keys, taken, range);
        const given = [...places.values()];
        expect(new Set(given).size).toBe(given.length);
        expect(given.filter((place) => place < 0 || place >= range.size || taken.has(place))).toEqual([]);
        expect(places.size).toBe(Math.min(keys.length, range.size - taken.size));
        expect([...places.keys(), ...left].sort()).toEqual(keys.toSorted());
      }),
    );
  });

  it('the static band is used only when the dynamic one is full', () => {
    fc.assert(
      fc.property(situations(range), ({ keys, taken }) => {
        const given = [...assign(keys, taken, range).places.values()];
        const used = [...given, ...taken].filter((place) => place >= range.reserved).length;
        expect(given.some((place) => place < range.reserved) ? used : dynamic).toBe(dynamic);
      }),
    );
  });

  it('a single key gets the place of its hash', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const place = dynamic > 0 ? range.reserved + (stableHash(key) % dynamic) : stableHash(key) % range.size;
        expect([...assign([key], new Set(), range).places]).toEqual([[key, place]]);
      }),
    );
  });

  it('the order of keys does not matter, nor does a key that comes twice', () => {
    const shuffled = situations(range).chain(({ keys, taken }) =>
      fc.record({
        keys: fc.constant(keys),
        taken: fc.constant(taken),
        other: fc.shuffledSubarray(keys, { minLength: keys.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ keys, taken, other }) => {
        const { places, left } = assign(keys, taken, range);
        const again = assign([...other, ...other], new Set([...taken].reverse()), range);
        expect(new Map([...again.places].sort())).toEqual(new Map([...places].sort()));
        expect(again.left).toEqual(left);
      }),
    );
  });

  // Read backwards: when a key is removed, others move only to places that they had lost to another key.
  it('a new key moves another only from a place that one before it has now', () => {
    fc.assert(
      fc.property(situations(range), fc.stringMatching(/^new\/[a-z]{1,6}$/), ({ keys, taken }, added) => {
        const before = assign(keys, taken, range).places;
        const after = assign([...keys, added], taken, range).places;
        const holders = new Map([...after].map(([key, place]) => [place, key] as const));
        const moved = keys.filter((key) => before.get(key) !== after.get(key));
        for (const key of moved) {
          const now = holders.get(before.get(key) ?? -1);
          expect(now !== undefined && now !== key && goesFirst(now, key)).toBe(true);
          expect(now === added || moved.includes(now ?? '')).toBe(true);
        }
        const place = after.get(added);
        const wasFree = place === undefined || ![...before.values()].includes(place);
        expect(wasFree ? moved : []).toEqual([]);
      }),
    );
  });

  it('a taken place moves only its key, and the keys that this one moves', () => {
    fc.assert(
      fc.property(situations(range), fc.nat(range.size - 1), ({ keys, taken }, place) => {
        const before = assign(keys, taken, range).places;
        const after = assign(keys, new Set([...taken, place]), range).places;
        const moved = keys.filter((key) => before.get(key) !== after.get(key));
        expect([...before.values()].includes(place) ? [] : moved).toEqual([]);
      }),
    );
  });
});

describe('stableHash', () => {
  // If these hashes changed, all addresses would change.
  it.each([
    ['', 188284857429774],
    ['default/web IPv4', 236571859580160],
    ['kube-system/metrics-server IPv4', 15636196294182],
    ['default/web:80', 124878001194967],
  ])('of %j', (text, hash) => expect(stableHash(text)).toBe(hash));

  it('spreads names that differ in one letter over all of a range', () => {
    const places = Array.from({ length: 10_000 }, (_, i) => Math.floor((stableHash(`ns/svc-${i}`) % 65536) / 4096));
    const counts = Array.from({ length: 16 }, (_, bucket) => places.filter((place) => place === bucket).length);
    expect(Math.min(...counts)).toBeGreaterThan(500);
    expect(Math.max(...counts)).toBeLessThan(750);
  });
});

describe('a full range', () => {
  it('serves 100,000 keys in about the time of as many places', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `ns/svc-${i}`);
    const start = computed();
    const { places, left } = assign(keys, new Set(), cidrRange('10.0.0.0/16'));
    expect([places.size, left.length]).toEqual([65534, 34466]);
    expect(computed() - start).toBeLessThan(5);
  });
});
