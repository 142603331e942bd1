/**
 * history: what the page has of the past is bounded, and of the present complete.
 */
import { expect, it } from '@jest/globals';
import type { Diagnostic } from '../diag.js';
import type { ServiceChange } from '../review/compare.js';
import { newHistory } from './history.js';

const SYNC = { at: 0, kind: 'partial', ok: true, ms: 3, lines: 2 } as const;

const DRIFT: ServiceChange = {
  service: 'default/web:http',
  sections: [
    {
      title: 'nat KUBE-SERVICES',
      lines: [
        { kind: ' ', text: 'same' },
        { kind: '+', text: ' -A x' },
      ],
    },
  ],
};

const problem = (message: string, severity: Diagnostic['severity'] = 'warning'): Diagnostic => {
  return { code: 'x', severity, message };
};

it('the last syncs, with a few names of many', () => {
  const history = newHistory();
  for (let at = 0; at < 500; at++) history.synced({ ...SYNC, at }, ['a', 'b', 'c', 'd', 'e', 'f', 'g'], []);
  const { syncs } = history.data();
  expect(syncs.length).toBe(120);
  expect(syncs.at(-1)).toEqual({ ...SYNC, at: 499, changed: ['a', 'b', 'c', 'd', 'e'], changes: 7 });
});

it('drift by Service, without the lines that are the same', () => {
  const history = newHistory();
  history.synced({ ...SYNC, at: 7, kind: 'full' }, [], [DRIFT]);
  expect(history.data().drift).toEqual([{ at: 7, service: 'default/web:http', lines: ['+ -A x'], count: 1 }]);
});

it('problems go when they are solved, and stay where others may have been told before', () => {
  const history = newHistory();
  const told = () => history.data().problems.map(({ message }) => message);
  history.said('compile', [problem('one'), problem('a remark', 'note')]);
  history.said('node', [problem('two', 'error')]);
  history.said('node', [problem('three')], 'more');
  expect(told()).toEqual(['one', 'two', 'three']);
  history.said('compile', []);
  history.said('node', [problem('three')]);
  expect(told()).toEqual(['three']);
});
