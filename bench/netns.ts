/**
 * Network namespaces to measure in.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Netns {
  /** Runs a program in it; its standard output. */
  readonly run: (program: string, ...args: readonly string[]) => string;
  /** Removes it and all that it has. */
  readonly remove: () => void;
}

/** A namespace with a route to everywhere, which leads nowhere. */
export function makeNetns(): Netns {
  const holder: ChildProcess = spawn('unshare', ['-n', 'sleep', 'infinity'], { stdio: 'ignore' });
  const enter = ['-t', String(holder.pid), '-n'];
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync('nsenter', [...enter, program, ...args], { encoding: 'utf8' });
  const netns = { run, remove: () => void holder.kill('SIGKILL') };
  const own = execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' });
  // unshare(1) has not got there yet just after it was started.
  while (execFileSync('readlink', [`/proc/${holder.pid}/ns/net`], { encoding: 'utf8' }) === own);
  const device = 'ip link add v0 arp off type veth peer name v1; ip address add 192.168.7.2/24 dev v0';
  run('sh', '-ec', `ip link set lo up; ${device}; ip link set v0 up; ip link set v1 up; ip route add default dev v0`);
  return netns;
}

/** The CPU seconds of `tool` for each of `files`, one after the other: those of the tool and of the kernel for it. */
export function cpuSeconds(netns: Netns, tool: string, files: readonly string[], times = 1): number {
  const load = `for i in $(seq ${times}); do for f in "$@"; do ${tool} "$f" || exit; done; done`;
  const out = netns.run('bash', '-ec', `TIMEFORMAT="%U %S"; { time { ${load}; } 2>&3; } 3>&2 2>&1`, 'bash', ...files);
  const [user = Number.NaN, system = Number.NaN] = out.trim().split(' ').map(Number);
  return (user + system) / times;
}

/** Seconds of send() for the first packet of a new UDP flow: the median of `flows`. */
export function firstPacket(netns: Netns, to: string, flows: number, port = 80): number {
  return Number(netns.run('perl', SEND, to, String(flows), String(port))) / 1e6;
}

const SEND = fileURLToPath(new URL('../../../bench/send.pl', import.meta.url));

/** The nft to measure. */
export const NFT = process.env['NFT'] ?? 'nft';
