/**
 * An endpoint that gets no connections of one port is used all the same: the table of endpoints says so.
 */
import { expect, it } from '@jest/globals';
import { useOf } from './endpoint-use.js';

const own = { address: '10.244.1.5', pod: '', node: 'node-a' };

it.each([
  [[], 'used', ''],
  [[{ ...own, why: 'not ready' }], 'not used', 'not ready'],
  [[{ ...own, port: 'b', why: 'no b' }], 'used in part', 'b: no b'],
  [
    [
      { ...own, port: 'a', why: 'no' },
      { ...own, port: 'b', why: 'no' },
    ],
    'not used',
    'no',
  ],
  [
    [
      { ...own, port: 'a', why: 'no a' },
      { ...own, port: 'b', why: 'no b' },
    ],
    'not used',
    'a: no a; b: no b',
  ],
  [
    [
      { ...own, port: 'a', why: 'from x: no' },
      { ...own, port: 'b', why: 'from x: no' },
    ],
    'used in part',
    'from x: no',
  ],
] as const)('%j: %s', (unused, used, why) => {
  expect(useOf({ ports: 2, unused })).toEqual({ used, why });
});
