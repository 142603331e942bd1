/**
 * A killed run leaves network namespaces, processes and files; the next run removes them, and nothing of a run in
 * progress.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { localHost } from '../../apply/host.js';
import { ROOT } from '../cases/cases.js';
import { succeeded } from '../machine/netns.js';
import { describeInKernel } from '../machine/rings.js';
import { eventually } from './patience.js';

const describeKernel = await describeInKernel();

const directory = mkdtempSync(join(tmpdir(), 'vipc-run-'));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await sweep();
  rmSync(directory, { recursive: true });
});

/** A separate run, with its own folder for temporary files. */
const OWN = { VIPC_TEST_TMPDIR: directory, VIPC_TEST_RUN: '' };
const IMPORT = `const run = await import('${ROOT}scripts/run.js');`;

/** The things that a run has made, and the `name` that identifies it. */
interface Run {
  readonly jest: ChildProcess;
  readonly netns: string;
  readonly folder: string;
  /** Two processes: one in the namespace, and one outside, like a daemon. */
  readonly pids: readonly number[];
}

/** Begins a run that makes one of each, and then waits. */
async function begin(): Promise<Run> {
  const script = `${IMPORT}
    import { execFileSync, spawn } from 'node:child_process';
    run.beginRun();
    const netns = 'vipc-t-' + process.env.VIPC_TEST_RUN + '-0';
    execFileSync('ip', ['netns', 'add', netns]);
    const start = (...argv) => spawn('setsid', argv, { stdio: 'ignore' }).pid;
    const pids = [start('ip', 'netns', 'exec', netns, 'sleep', '1000'), start('sleep', '1000')];
    console.log(JSON.stringify({ netns, folder: process.env.TMPDIR, pids }));
    setInterval(() => {}, 1000);`;
  const argv = ['--input-type=module', '-e', script];
  const jest = spawn(process.execPath, argv, { env: { ...process.env, ...OWN }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(jest);
  const [line] = await once(jest.stdout, 'data');
  return { jest, ...(JSON.parse(String(line)) as Omit<Run, 'jest'>) };
}

async function sweep(): Promise<void> {
  const argv = [process.execPath, '--input-type=module', '-e', `${IMPORT} run.sweep();`];
  succeeded(await localHost().run(['env', `VIPC_TEST_TMPDIR=${directory}`, ...argv]), 'sweep');
}

/** Those of its things that still exist. */
function left({ netns, folder, pids }: Run): readonly unknown[] {
  const alive = pids.filter((pid) => existsSync(`/proc/${pid}/exe`) && isRunning(pid));
  return [existsSync(`/run/netns/${netns}`), existsSync(folder), alive.length];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeKernel('what is left of a run', () => {
  it('goes with the next one when it was killed, and stays while it goes on', async () => {
    const [killed, other] = [await begin(), await begin()];
    killed.jest.kill('SIGKILL');
    await once(killed.jest, 'close');
    expect([left(killed), left(other)]).toEqual([
      [true, true, 2],
      [true, true, 2],
    ]);
    await sweep();
    await eventually('nothing is left', () => left(killed).every((each) => !each));
    expect(left(other)).toEqual([true, true, 2]);
    other.jest.kill('SIGKILL');
    await once(other.jest, 'close');
    // Every run begins with a sweep.
    const third = await begin();
    await eventually('nothing is left', () => left(other).every((each) => !each));
    expect(left(third)).toEqual([true, true, 2]);
    third.jest.kill('SIGKILL');
    await once(third.jest, 'close');
  });

  it('a run that ends by itself removes its folder', async () => {
    const { jest, folder } = await begin();
    jest.kill('SIGTERM');
    await once(jest, 'close');
    await sweep();
    expect(existsSync(folder)).toBe(false);
  });
});

describeKernel('the lock of iptables-legacy in /run', () => {
  /** The lock is held, in a private /run. */
  const HELD = 'mount -t tmpfs run /run; exec 9>/run/xtables.lock; flock 9; iptables-legacy -w 1 -A INPUT -j ACCEPT';
  const beside = (...env: readonly string[]) =>
    localHost().run(['env', ...env, 'unshare', '--net', '--mount', 'sh', '-ec', HELD]);

  it('keeps no test waiting', async () => expect(await beside()).toMatchObject({ code: 0 }));

  it('would, if tests had no other', async () =>
    expect(await beside('-u', 'XTABLES_LOCKFILE')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/xtables lock/),
    }));
});
