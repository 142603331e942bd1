/**
 * In ipvs mode a real server with open connections waits for their end: a partial sync asks for them, and goes on asking
 * until they have ended, though nothing else changes.
 */
import { expect, it } from '@jest/globals';
import type { Target } from '../apply/run.js';
import { leftBy } from '../diff/assume.js';
import { compileAll, type Increment } from '../increment/compiler.js';
import { readSnapshot } from '../read/snapshot.js';
import { type Pod, SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import type { ObservedState } from '../tools/tools.js';
import { newStore } from '../watch/store.js';
import { planChange } from './partial.js';

const VIRTUAL = '-t 10.96.1.1:80';
const REAL = '10.244.2.6:8080';

it('a real server gets weight 0 first, and goes when its connections have ended', async () => {
  const store = newStore({ onChange: () => {}, onInvalid: () => {} });
  const ready = (...pods: readonly Pod[]) =>
    store.replaceSnapshot(readSnapshot(smallCluster([{ name: 'web', number: 1, ready: pods }])).value);
  let active = 1;
  const asked: string[] = [];
  const run: Target['host']['run'] = async (argv) => {
    asked.push(argv.join(' '));
    const stdout = `TCP  10.96.1.1:80 rr\n  -> ${REAL}  Masq    0      ${active}          0\n`;
    return argv.includes(VIRTUAL.slice(3))
      ? { code: 0, stdout, stderr: '' }
      : { code: 255, stdout: '', stderr: 'No such service defined\n' };
  };
  const target: Target = { host: { run }, detected: {}, waitSeconds: 0, onWait: () => {} };
  let others: ObservedState = {};
  const planned = async (change: Increment) => {
    const { next } = await planChange(target, others, change, { chainsPerCommit: 300, excludeCIDRs: [] });
    const left = leftBy(others, next.differences);
    others = left.others;
    const lines = next.steps.flatMap(({ program, input }) => (program === 'ipvsadm' ? input : []));
    return {
      lines: lines
        .map(({ text }) => text)
        .filter((text) => text.startsWith(`-d ${VIRTUAL}`) || text.startsWith(`-e ${VIRTUAL}`)),
      owners: left.owners,
    };
  };

  ready('pod1', 'remote');
  const { value: compiled } = compileAll(store, { ...SMALL_OPTIONS, mode: 'ipvs' }, {});
  if (!compiled) throw new Error('not compiled');
  store.takeChanges();
  ready('pod1');
  const first = await planned(compiled.change(store, store.takeChanges().names));
  expect(first.lines).toEqual([`-e ${VIRTUAL} -r ${REAL} -m -w 0`]);
  expect(asked).toContain(`ipvsadm --list -n ${VIRTUAL}`);
  expect(first.owners.map(({ service }) => service)).toEqual(['web']);
  const waiting = await planned(compiled.change(store, ['default/web']));
  expect(waiting.lines).toEqual([]);
  expect(waiting.owners).toHaveLength(1);
  active = 0;
  const last = await planned(compiled.change(store, ['default/web']));
  expect(last.lines).toEqual([`-d ${VIRTUAL} -r ${REAL}`]);
  expect(last.owners).toEqual([]);
});
