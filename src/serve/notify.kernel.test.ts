/**
 * notify, through the real systemd-notify, to a socket as systemd has one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { describeInKernel } from '../testing/machine/rings.js';
import { eventually } from '../testing/run/patience.js';
import { notifier } from './notify.js';

const describeKernel = await describeInKernel();

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
const socket = join(directory, 'notify');
afterAll(() => rmSync(directory, { recursive: true }));

/** Prints each datagram; Node has no such sockets. */
const RECEIVER = `
use Socket; $| = 1;
my $s; socket($s, AF_UNIX, SOCK_DGRAM, 0) and bind($s, sockaddr_un($ARGV[0])) or die $!;
print "listening\\n";
while (defined recv($s, my $m, 4096, 0)) { print join(" ", split(/\\n/, $m)), "\\n" if $m !~ /^BARRIER=/ }`;

let receiver: ChildProcess | undefined;
afterEach(() => void receiver?.kill());

/** What is told to systemd from now on, line by line. */
async function listenAsSystemd(): Promise<readonly string[]> {
  const heard: string[] = [];
  const child = spawn('perl', ['-e', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  receiver = child;
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      heard.push(...String(data).trimEnd().split('\n'));
      resolve();
    });
  });
  return heard;
}

describeKernel('notifier', () => {
  it('tells systemd', async () => {
    const heard = await listenAsSystemd();
    const problems: string[] = [];
    const env = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '200000' };
    const notify = notifier(() => true, { env, onProblem: (message) => void problems.push(message) });
    await notify.ready();
    await notify.reloading();
    await eventually('the watchdog is fed', () => heard.includes('WATCHDOG=1'));
    notify.close();
    await notify.stopping();
    await eventually('it is heard', () => heard.includes('STOPPING=1'));
    expect(problems).toEqual([]);
    expect(heard).toEqual(expect.arrayContaining(['READY=1', 'WATCHDOG=1', 'STOPPING=1']));
    expect(heard.find((line) => line.startsWith('RELOADING=1'))).toMatch(/^RELOADING=1 MONOTONIC_USEC=\d+$/);
  });
});
