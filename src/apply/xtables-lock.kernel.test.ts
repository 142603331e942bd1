/**
 * The lock of iptables-legacy, held by another program: waited for as long as asked, and then nothing is changed. It is a
 * lock of this test's own, since the other one is shared by the whole machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { caseInput, cases } from '../testing/cases/cases.js';
import { withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { FOREIGN, load, saves } from '../testing/node/foreign.js';
import { applyTo, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import type { Host } from './host.js';

const directory = mkdtempSync(join(tmpdir(), 'vipc-xtables-'));
const lock = join(directory, 'lock');
const [first, second] = ['clusterip', 'nodeport'].map(input) as [Input, Input];

// Before the first program is started.
process.env['XTABLES_LOCKFILE'] = lock;

(await describeInKernel())('the xtables lock', () => {
  afterAll(() => rmSync(directory, { recursive: true }));

  it('held for too long: nothing is changed', async () => {
    await onNode(3, async (host, node, told) => {
      const before = await saves(host, 'legacy');
      const holder = await hold(600);
      const { diagnostics, rest } = await applyTo(node, second.sources, second.options);
      holder.kill();
      expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toContain('error xtables-locked');
      expect(diagnostics[0]?.message).toBe(
        'iptables-legacy-restore: another program has held the xtables lock for 3 s',
      );
      expect(told).toContain('the xtables lock is held by another program; waiting for it, 3 s at most');
      expect(rest.steps.map(({ tool }) => tool)).toEqual(['iptables']);
      expect(await saves(host, 'legacy')).toEqual(before);
    });
  });

  it('held for a while: waits for it', async () => {
    await onNode(30, async (_, node, told) => {
      await hold(3);
      const { diagnostics, rest } = await applyTo(node, second.sources, second.options);
      expect(diagnostics).toEqual([]);
      expect(rest.steps).toEqual([]);
      expect(told).toEqual(['the xtables lock is held by another program; waiting for it, 30 s at most']);
      expect(await differenceTo(node, second.sources, second.options)).toEqual([]);
    });
  });

  it('held for a moment: no message', async () => {
    await onNode(30, async (_, node, told) => {
      const holder = await hold(600);
      setTimeout(() => holder.kill(), 100);
      expect((await applyTo(node, second.sources, second.options)).rest.steps).toEqual([]);
      expect(told).toEqual([]);
    });
  });
});

type Input = ReturnType<typeof caseInput>;

function input(name: string): Input {
  const found = cases('conformance').find((each) => each.name === `conformance/${name}`);
  if (!found) throw new Error(`no case ${name}`);
  return caseInput(found);
}

/** A node that has the first case already, and waits for so many seconds. */
function onNode(waitSeconds: number, use: (host: Host, node: LiveNode, told: readonly string[]) => Promise<void>) {
  return withNode(async (host) => {
    const told: string[] = [];
    await load(host, 'legacy', FOREIGN);
    const { target, variant } = await liveNode(host, 'legacy');
    const node = { target: { ...target, waitSeconds, onWait: (what: string) => void told.push(what) }, variant };
    expect((await applyTo(node, first.sources, first.options)).diagnostics).toEqual([]);
    await use(host, node, told);
  });
}

/** Has the lock when this returns. */
async function hold(seconds: number): Promise<ChildProcess> {
  const script = `exec 9>>"$0"; flock 9; echo held; exec sleep ${seconds}`;
  const child = spawn('sh', ['-c', script, lock], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}
