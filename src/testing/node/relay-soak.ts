/**
 * Relay soak: connections that stay open through the relay, while endpoints and Services come and go and a vandal removes
 * rules. It measures; a test judges the numbers and a bench prints them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Crowd, echoServer, manyClients, pace } from '../network/crowd.js';
import { makeTrio, PODS, TRIO_CONFIG, type Trio, trioSnapshot } from '../network/trio.js';
import { pause } from '../run/patience.js';
import { type SyncProcess, startSync } from './sync-process.js';

export interface RelaySoakOptions {
  readonly seconds: number;
  /** That stay open all the time. */
  readonly connections: number;
  /** The program to run as vipc. */
  readonly vipc?: string;
  /** The names of its network namespaces begin with it. */
  readonly name: string;
}

export interface RelaySoak {
  readonly changes: number;
  readonly acts: number;
  /** How often every open connection was asked, and how many of them were missing at worst. */
  readonly asked: number;
  readonly missing: number;
  /** New connections, made and closed again. */
  readonly made: number;
  /** Of the relay: open files before the connections and after they closed, and megabytes. */
  readonly descriptors: readonly [before: number, after: number];
  readonly rss: readonly [before: number, after: number];
}

/** Runs the soak. */
export async function relaySoak(options: RelaySoakOptions): Promise<RelaySoak> {
  const trio = makeTrio(options.name);
  const directory = mkdtempSync(join(tmpdir(), 'vipc-relay-soak-'));
  const [config, snapshot] = [join(directory, 'config.yaml'), join(directory, 'cluster.json')];
  writeFileSync(config, `${TRIO_CONFIG}mode: userspace\n`);
  const serve = (services: Readonly<Record<string, readonly string[]>>): void => {
    // The daemon must never see half of a file.
    writeFileSync(`${snapshot}.new`, trioSnapshot(services));
    renameSync(`${snapshot}.new`, snapshot);
  };
  serve({ web: PODS });
  const server = await echoServer(trio.netns('pod'), 8080, PODS);
  const daemon = startSync(trio.netns('node'), ['-c', config, '--snapshot', snapshot], process.env, options.vipc);
  try {
    await daemon.said('synced');
    return await run(options, trio, daemon, serve);
  } finally {
    await daemon.kill();
    server.end();
    trio.remove();
    rmSync(directory, { recursive: true });
  }
}

async function run(
  { seconds, connections }: RelaySoakOptions,
  { netns }: Trio,
  daemon: SyncProcess,
  serve: (services: Readonly<Record<string, readonly string[]>>) => void,
): Promise<RelaySoak> {
  const pid = relayOf(daemon);
  const [descriptors, rss] = [descriptorsOf(pid), rssOf(pid)];
  const open = manyClients(netns('client'), '10.96.0.1', 80, connections);
  await open.line();
  const count = { changes: 0, acts: 0, asked: 0, missing: 0, made: 0 };
  const until = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < until; round++) {
    // Some endpoints of the Service, never none, and three to five others.
    serve({ web: PODS.filter((_, i) => (round >> i) % 2 === 0 || i === round % 4), ...othersIn(round) });
    count.changes++;
    if (round % 5 === 4) {
      execFileSync('ip', ['netns', 'exec', netns('node'), 'iptables-nft', '-t', 'nat', '-F', CHAINS[round % 2] ?? '']);
      count.acts++;
      await pause(0.5);
    }
    await pause(0.2);
    count.missing = Math.max(count.missing, connections - (await alive(open)));
    count.asked++;
    // Rules that the vandal removed are back after two seconds; until then a cluster IP leads nowhere.
    if (round % 5 !== 3) continue;
    await pace(netns('client'), '10.96.0.1', 80, 50, 5);
    count.made += 50;
  }
  open.end();
  await pause(1);
  return { ...count, descriptors: [descriptors, descriptorsOf(pid)], rss: [rss, rssOf(pid)] };
}

const CHAINS = ['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST'] as const;

function othersIn(round: number): Readonly<Record<string, readonly string[]>> {
  const names = Array.from({ length: 3 + (round % 3) }, (_, i) => `other-${(round + i) % 7}`);
  return Object.fromEntries(names.map((name, i) => [name, PODS.slice(i % 4)]));
}

async function alive(open: Crowd): Promise<number> {
  open.write('are you there');
  const { answers } = JSON.parse(await open.line()) as { answers: number };
  return answers;
}

function relayOf({ child }: SyncProcess): string {
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0] ?? '';
}

function descriptorsOf(pid: string): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function rssOf(pid: string): number {
  const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1000;
}
