/**
 * The bench of nftables mode: `npm run bench:nft`, as root; NFT=PATH measures another nft. Layout fast against layout
 * kube-proxy, whose rules are loaded with kube-proxy's commands in one transaction. Runs of both take turns. Prints
 * medians and their spread, and ratios; judges nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { compileState } from '../src/pipeline.js';
import type { Table } from '../src/tools/nft/types.js';
import { asJson, cluster, NODE } from './cluster.js';
import { cpuSeconds, firstPacket, makeNetns, type Netns, NFT } from './netns.js';
import { changing, loading, type Sender } from './nft-commands.js';
import { median, table } from './table.js';

const ENDPOINTS = Number(process.env['BENCH_ENDPOINTS'] ?? 10);
const SIZES = (process.env['BENCH_SIZES'] ?? '1000,10000').split(',').map(Number);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
/** Changes last milliseconds, so each is made this often, and undone. */
const CHANGES = 20;
const LATENCY_SIZES = [10, 100, 1000, 10_000];
const FLOWS = 2000;
const LOAD = `${NFT} -f`;
const LAYOUTS = [
  ['kube-proxy', 'kube-proxy'],
  ['fast', 'vipc'],
] as const;

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  console.log(`${machine()}, medians of ${RUNS} runs (lowest to highest), CPU of nft and kernel\n`);
  for (const services of SIZES) console.log(`${loads(services)}\n`);
  console.log(firstPackets());
} finally {
  rmSync(scratch, { recursive: true });
}

function machine(): string {
  const netns = makeNetns();
  const version = netns.run('sh', '-c', `${NFT} --version; uname -r`).trim().replaceAll('\n', ', Linux ');
  netns.remove();
  return `${version}, ${cpus().length} x ${cpus()[0]?.model.trim()}`;
}

/** The input of one layout at one size, as files. */
interface Inputs {
  readonly load: string;
  readonly replace: readonly string[];
  readonly add: string;
  readonly remove: string;
}

/** Loads and changes of one size. */
function loads(services: number): string {
  const inputs = LAYOUTS.map(([layout, sender]) => inputsOf(services, layout, sender));
  const measured = inputs.map(() => [[], [], [], []] as number[][]);
  for (let run = 0; run < RUNS; run++)
    for (const [i, { load, replace, add, remove }] of inputs.entries()) {
      const netns = makeNetns();
      const [loaded, replaced, added, removed] = measured[i] ?? [];
      loaded?.push(cpuSeconds(netns, LOAD, [load]));
      replaced?.push(cpuSeconds(netns, LOAD, replace, CHANGES) / 2);
      const changes = Array.from({ length: CHANGES }, () => [
        cpuSeconds(netns, LOAD, [add]),
        cpuSeconds(netns, LOAD, [remove]),
      ]);
      added?.push(mean(changes.map(([each = 0]) => each)));
      removed?.push(mean(changes.map(([, each = 0]) => each)));
      netns.remove();
    }
  const rows = ['all loaded', 'one endpoint replaced', 'Service added', 'Service removed'].map((what, i) => {
    const [slow = [], fast = []] = measured.map((each) => each[i] ?? []);
    return [what, spread(slow), spread(fast), `${(median(slow) / median(fast)).toFixed(1)}x`];
  });
  return table([`${services} x ${ENDPOINTS}, ms`, 'kube-proxy', 'fast', 'ratio'], rows);
}

function inputsOf(services: number, layout: string, sender: Sender): Inputs {
  const text = clusterText(services);
  const before = tableOf(text, layout);
  const element = [...(before.sets.find(({ name }) => name === 'service-ips')?.elements() ?? [])][services >> 1];
  const service = Number(element?.owner?.service.replace('app-', ''));
  const ip = `10.128.${((service * ENDPOINTS) >> 8) & 255}.${(service * ENDPOINTS) & 255}`;
  const replaced = tableOf(text.replaceAll(`"${ip}"`, '"10.250.0.1"'), layout);
  const more = tableOf(clusterText(services + 1), layout);
  const file = (name: string, content: string) => {
    const path = join(scratch, `${services}-${layout}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  return {
    load: file('load', loading(before, sender)),
    replace: [file('replace', changing(before, replaced, sender)), file('restore', changing(replaced, before, sender))],
    add: file('add', changing(before, more, sender)),
    remove: file('remove', changing(more, before, sender)),
  };
}

/** The time that the first packet of a connection takes through the rules, by the number of Services. */
function firstPackets(): string {
  const made = LATENCY_SIZES.flatMap((services) =>
    LAYOUTS.map(([layout, sender]) => {
      const loaded = tableOf(clusterText(services), layout);
      const path = join(scratch, 'latency');
      writeFileSync(path, loading(loaded, sender));
      const netns = makeNetns();
      netns.run(NFT, '-f', path);
      const last = [...(loaded.sets.find(({ name }) => name === 'service-ips')?.elements() ?? [])].at(-1);
      return { services, layout, netns, last: last?.key.split(' ')[0] ?? '', times: { last: [], none: [] } as Times };
    }),
  );
  for (let run = 0; run < RUNS; run++)
    for (const { netns, last, times } of made) {
      times.last.push(send(netns, last));
      times.none.push(send(netns, '10.95.0.1'));
    }
  for (const { netns } of made) netns.remove();
  const rows = made.map(({ services, layout, times }) => [
    `${services} x ${ENDPOINTS}, ${layout}`,
    spread(times.last, 1e6),
    spread(times.none, 1e6),
  ]);
  return table(['first packet of a flow, µs', 'to the last Service', 'to no Service'], rows);
}

interface Times {
  readonly last: number[];
  readonly none: number[];
}

function send(netns: Netns, to: string): number {
  return firstPacket(netns, to, FLOWS);
}

/** UDP, which needs no server. */
function clusterText(services: number): string {
  return asJson(cluster({ services, endpoints: ENDPOINTS })).replaceAll('"protocol":"TCP"', '"protocol":"UDP"');
}

function tableOf(text: string, layout: string): Table {
  const options = { ...DEFAULT_OPTIONS, mode: 'nftables', nodeName: NODE };
  const { value } = compileState([{ name: 'cluster.json', text }], options, { layout });
  const found = value?.desired.nft?.tables.find(({ family }) => family === 'ip');
  if (!found) throw new Error('the cluster does not compile');
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds as `12.3 (11.9-14.0)`, in milliseconds or another `unit`. */
function spread(values: readonly number[], unit = 1e3): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${format(median(values) * unit)} (${format(low * unit)}-${format(high * unit)})`;
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
