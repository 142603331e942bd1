import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../testing/run/patience.js';
import { localHost } from './host.js';
import { takeLock } from './lock.js';

const directory = mkdtempSync(join(tmpdir(), 'vipc-lock-'));
afterAll(() => rmSync(directory, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that has the lock and has written its number there, as vipc does; `start` is what it does before that. */
async function holder(path: string, start = ''): Promise<ChildProcess> {
  const script = `exec 9>>"$0"; flock 9; echo $$ >"$0"; ${start} echo held; exec sleep 60`;
  const child = spawn('sh', ['-c', script, path], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('takeLock', () => {
  const waits: string[] = [];
  const take = (path: string, seconds: number) => takeLock({ path, seconds, onWait: (holder) => waits.push(holder) });
  afterEach(() => void waits.splice(0));

  it('makes the directory, and names the holder in the file', async () => {
    const path = join(directory, 'new', 'lock');
    const { release } = await take(path, 0);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    release();
    expect(waits).toEqual([]);
  });

  it('overwrites no file that is not a lock', async () => {
    const path = join(directory, 'precious');
    writeFileSync(path, 'kind: Service\n');
    await expect(take(path, 0)).rejects.toThrow(/holds something else; --lock-file names another/);
    expect(readFileSync(path, 'utf8')).toBe('kind: Service\n');
  });

  it('says what to do where no file can be', async () => {
    await expect(take('/proc/vipc/lock', 0)).rejects.toThrow(/^the lock cannot be taken: .*--lock-file PATH/);
  });

  it('can be taken again when it was given back', async () => {
    const path = join(directory, 'again');
    for (let i = 0; i < 3; i++) (await take(path, 0)).release();
    expect(waits).toEqual([]);
  });

  it('lets one have it at a time, in one process too', async () => {
    const path = join(directory, 'one');
    const { release } = await take(path, 0);
    const second = take(path, 600);
    setTimeout(release, 300);
    (await second).release();
    expect(waits).toEqual([`another vipc (process ${process.pid})`]);
  });

  it('gives up after the wait, and names the holder', async () => {
    const path = join(directory, 'late');
    const { pid } = await holder(path);
    const named = `another vipc (process ${pid})`;
    await expect(take(path, 1)).rejects.toThrow(`${path} is held by ${named}, for more than 1 s`);
    expect(waits).toEqual([named]);
  });

  it('is free when its holder is killed', async () => {
    const path = join(directory, 'killed');
    const child = await holder(path);
    const second = take(path, 600);
    child.kill('SIGKILL');
    (await second).release();
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  });

  it('is held while a tool of the killed holder still runs', async () => {
    const path = join(directory, 'tool');
    const busy = join(directory, 'tool-busy');
    writeFileSync(busy, '');
    const child = await holder(path, `while [ -e ${busy} ]; do sleep 0.05; done >/dev/null &`);
    child.kill('SIGKILL');
    await expect(take(path, 0.2)).rejects.toThrow('is held by');
    rmSync(busy);
    (await take(path, 600)).release();
  });

  it('goes to the tools that a host runs, and stays theirs', async () => {
    const path = join(directory, 'inherited');
    const { fd, release } = await take(path, 0);
    const busy = join(directory, 'inherited-busy');
    const running = localHost({ inherit: fd }).run([
      'sh',
      '-c',
      `touch ${busy}; while [ -e ${busy} ]; do sleep 0.05; done`,
    ]);
    // The program is there before this one lets go.
    await eventually('it runs', () => existsSync(busy));
    release();
    await expect(take(path, 0)).rejects.toThrow('is held by');
    rmSync(busy);
    expect((await running).code).toBe(0);
    (await take(path, 0)).release();
  });
});
