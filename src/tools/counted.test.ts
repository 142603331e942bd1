/**
 * The lines of a step are counted as they are read, and made once more only if they were not.
 */
import { expect, it } from '@jest/globals';
import { counted, countsOf } from './counted.js';

const LINES = ['*nat', ':KUBE-SVC-A - [0:0]', '-A KUBE-SVC-A -j RETURN', '-I PREROUTING 1 -j KUBE-SERVICES', 'COMMIT'];

function step() {
  let readings = 0;
  const text = {
    *[Symbol.iterator]() {
      readings++;
      for (const line of [...LINES, '*filter', '-A INPUT -j ACCEPT', 'COMMIT']) yield { text: line };
    },
  };
  return {
    step: { tool: 'iptables', program: 'iptables', argv: () => [], input: [], text },
    readings: () => readings,
  };
}

it('counts lines, and rules by table, as they are read', () => {
  const { step: one, readings } = step();
  expect([...counted(one)]).toHaveLength(8);
  const { lines, rules } = countsOf(one);
  expect([lines, [...rules]]).toEqual([
    8,
    [
      ['nat', 2],
      ['filter', 1],
    ],
  ]);
  expect(readings()).toBe(1);
});

it('reads what was not read, or not to its end', () => {
  const { step: one, readings } = step();
  for (const _ of counted(one)) break;
  expect([countsOf(one).lines, countsOf(one).lines, readings()]).toEqual([8, 8, 2]);
});
