/**
 * Soak: the daemon as a process, against a test API server whose objects change in bursts, while a vandal breaks rules
 * on the node. It measures; a test judges the numbers and a bench prints them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Host } from '../../apply/host.js';
import { DEFAULT_OPTIONS } from '../../options.js';
import { type ApiServer, startApiServer } from '../api-server.js';
import { ROOT } from '../cases/cases.js';
import { withNode } from '../machine/netns.js';
import { eventually, pause, within } from '../run/patience.js';
import { clusterObjects, randomChange } from './churn.js';
import { differenceTo, type LiveNode, liveNode } from './live.js';

export interface SoakOptions {
  readonly seconds: number;
  /** Excluded from the memory measurements. */
  readonly warmUpSeconds: number;
  readonly services: number;
  readonly namespaces: number;
  /** Changes come in bursts of half a second. */
  readonly changesPerSecond: number;
  /** Time between two acts of vandalism. */
  readonly vandalSeconds: number;
  /** The program to run as vipc. */
  readonly vipc?: string;
}

export interface Soak {
  readonly changes: number;
  readonly acts: number;
  readonly syncs: number;
  /** Syncs that failed. */
  readonly failed: number;
  /** Lines of drift that were reported. */
  readonly drift: number;
  /** Seconds of computing of the daemon, without those of its tools. */
  readonly cpu: number;
  /** Answers of /healthz by status. */
  readonly healthz: Readonly<Record<string, number>>;
  /** Megabytes: the median of the first and of the last third of the time after warming up. */
  readonly rss: { readonly first: number; readonly last: number };
  /** The difference between node and cluster some seconds after the last change. */
  readonly difference: readonly string[];
  /** Seconds from the last change until there was no difference. */
  readonly settled: number;
}

/** Long enough for two full reads of the node. */
const SETTLE_SECONDS = 20;
const SYNC_SECONDS = 5;
/** The node of the daemon. */
export const NODE = 'node-a';

/** Runs the soak. */
export function soak(options: SoakOptions): Promise<Soak> {
  return withNode(async (host, netns) => {
    const directory = mkdtempSync(join(tmpdir(), 'vipc-soak-'));
    const api = await startApiServer();
    for (const object of clusterObjects(options.services, options.namespaces)) api.put(object);
    const daemon = await startDaemon(directory, netns, api, options.vipc ?? `${ROOT}bin/vipc.js`);
    try {
      return await run(options, host, api, daemon);
    } finally {
      daemon.child.kill('SIGTERM');
      await daemon.ended;
      await api.close();
      rmSync(directory, { recursive: true });
    }
  });
}

interface Daemon {
  readonly child: ChildProcess;
  readonly healthz: string;
  readonly counts: { syncs: number; failed: number; drift: number };
  readonly ended: Promise<void>;
}

async function startDaemon(directory: string, netns: string, api: ApiServer, vipc: string): Promise<Daemon> {
  const [config, kubeconfig] = [join(directory, 'config.yaml'), join(directory, 'kubeconfig')];
  const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
  const listen = 'healthzBindAddress: 127.0.0.1:0\nmetricsBindAddress: 127.0.0.1:0\n';
  writeFileSync(config, `${head}${listen}iptables: {syncPeriod: ${SYNC_SECONDS}s, minSyncPeriod: 200ms}\n`);
  writeFileSync(kubeconfig, api.kubeconfig());
  const argv = [
    'sync',
    '--netns',
    netns,
    '--iptables',
    'nft',
    '--node',
    NODE,
    '-c',
    config,
    '--kubeconfig',
    kubeconfig,
  ];
  const child = spawn(process.execPath, [vipc, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  const counts = { syncs: 0, failed: 0, drift: 0 };
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said: string[] = [];
  const healthz = await new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error(`the daemon ended: ${said.join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.splice(0, said.length - 20, line);
      const { msg, healthzPort } = JSON.parse(line) as { msg: string; healthzPort?: number };
      if (healthzPort !== undefined) resolve(`http://127.0.0.1:${healthzPort}/healthz`);
      if (msg === 'synced') counts.syncs++;
      if (msg.startsWith('sync failed')) counts.failed++;
      if (msg === 'drift') counts.drift++;
    });
  });
  return { child, healthz, counts, ended };
}

async function run(options: SoakOptions, host: Host, api: ApiServer, daemon: Daemon): Promise<Soak> {
  const node = await liveNode(host, 'nft');
  const rss: number[] = [];
  const healthz: Record<string, number> = {};
  let [changes, acts] = [0, 0];
  await eventually('the first sync', () => daemon.counts.syncs > 0);

  const start = Date.now();
  const cpuBefore = cpuOf(daemon.child.pid ?? 0);
  const passed = () => (Date.now() - start) / 1000;
  const every = (seconds: number, act: () => Promise<void> | void) =>
    loop(() => passed() < options.seconds, seconds, act);
  await Promise.all([
    every(0.5, () => {
      for (let i = 0; i < options.changesPerSecond / 2; i++, changes++) randomChange(api, options.namespaces);
    }),
    every(options.vandalSeconds, async () => {
      if (await vandalise(host)) acts++;
    }),
    every(0.2, async () => {
      const status = await fetch(daemon.healthz).then(
        ({ status }) => String(status),
        () => 'no answer',
      );
      healthz[status] = (healthz[status] ?? 0) + 1;
    }),
    every(0.5, () => {
      if (passed() > options.warmUpSeconds) rss.push(rssOf(daemon.child.pid ?? 0));
    }),
  ]);

  const end = Date.now();
  const cpu = cpuOf(daemon.child.pid ?? 0) - cpuBefore;
  let difference: readonly string[] = [];
  await within(SETTLE_SECONDS, async () => {
    difference = await differenceOn(node, api);
    return difference.length === 0;
  });
  const third = Math.floor(rss.length / 3);
  return {
    ...daemon.counts,
    changes,
    acts,
    cpu,
    healthz,
    rss: { first: median(rss.slice(0, third)), last: median(rss.slice(-third)) },
    difference,
    settled: (Date.now() - end) / 1000,
  };
}

/** The difference between the node and the current objects of the server. */
export async function differenceOn(node: LiveNode, api: ApiServer): Promise<readonly string[]> {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: api.objects() });
  return differenceTo(node, [{ name: 'api.json', text }], { ...DEFAULT_OPTIONS, nodeName: NODE });
}

/** Chains of single Services, of both layouts; names in docs/iptables.md. */
const OF_A_SERVICE = /^-N ((?:KUBE-(?:SVC|SEP)|VIPC-(?:SVC|SVL|EXT))-\S+)$/gm;

const ACTS: readonly ((chain: string) => readonly string[])[] = [
  (chain) => ['-t', 'nat', '-F', chain],
  (chain) => ['-t', 'nat', '-D', chain, '1'],
  (chain) => ['-t', 'nat', '-I', chain, '-s', '192.0.2.1', '-j', 'RETURN'],
  () => ['-t', 'nat', '-F', 'KUBE-POSTROUTING'],
  () => ['-D', 'FORWARD', '1'],
  () => ['-F', 'KUBE-FORWARD'],
];

/** Breaks a rule; returns whether there was one. */
async function vandalise(host: Host): Promise<boolean> {
  const { stdout } = await host.run(['iptables-nft', '-w', '-t', 'nat', '-S']);
  const chains = [...stdout.matchAll(OF_A_SERVICE)].map(([, chain = '']) => chain);
  const act = ACTS[Math.floor(Math.random() * ACTS.length)];
  const chain = chains[Math.floor(Math.random() * chains.length)];
  if (!act || chain === undefined) return false;
  return (await host.run(['iptables-nft', '-w', ...act(chain)])).code === 0;
}

async function loop(going: () => boolean, seconds: number, act: () => Promise<void> | void): Promise<void> {
  while (going()) {
    await act();
    await pause(seconds);
  }
}

/** Seconds of computing so far; the kernel counts hundredths. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
