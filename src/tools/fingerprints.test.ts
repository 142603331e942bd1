import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { often } from '../testing/run/extent.js';
import { fingerprint, fingerprintOf, newFingerprints } from './fingerprints.js';

it('a set of fingerprints is a set of numbers, whatever is added and deleted', () => {
  // Numbers that belong to few places, so that they stand in each other's.
  const number = fc.nat({ max: 40 }).map((n) => 1 + (n % 5) + Math.floor(n / 5) * 1024);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), number), { maxLength: 300 }), (steps) => {
      const [prints, expected] = [newFingerprints(), new Set<number>()];
      for (const [isAdded, print] of steps) {
        prints[isAdded ? 'add' : 'delete'](print);
        expected[isAdded ? 'add' : 'delete'](print);
        if (prints.has(print) !== isAdded) throw new Error(`${print} is${isAdded ? ' not' : ''} there`);
      }
      expect(prints.size).toBe(expected.size);
      for (const print of expected) expect(prints.has(print)).toBe(true);
    }),
    { numRuns: often(30, 300) },
  );
});

it('texts that differ a little have different fingerprints', () => {
  const prints = newFingerprints();
  for (let i = 0; i < 20_000; i++) prints.add(fingerprint(`ip kube-proxy slot-${i % 10} 10.96.${i >> 8}.${i & 255}`));
  expect(prints.size).toBe(20_000);
});

it('lines have the fingerprint of their text', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (lines) => {
      expect(fingerprintOf(lines)).toBe(fingerprint(lines.join('\n')));
    }),
  );
});
