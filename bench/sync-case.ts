/**
 * One case of bench:sync.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Host } from '../src/apply/host.js';
import { DEFAULT_FEATURES } from '../src/backends/features.js';
import { DEFAULT_OPTIONS } from '../src/options.js';
import type { SyncReport } from '../src/sync/run.js';
import { newSyncer, type Syncer } from '../src/sync/syncer.js';
import { CHAINS_PER_COMMIT, detect, type Variant } from '../src/tools/iptables/variants.js';
import { newStore, type Store } from '../src/watch/store.js';
import { endpointSlice, type Json, NODE, node, service } from './cluster.js';
import type { Case } from './sync-cases.js';
import { newDry } from './sync-dry.js';
import { inNetns, type Tools, watch } from './sync-node.js';
import { median, megabytes, seconds } from './table.js';

export const ENDPOINTS = Number(process.env['BENCH_ENDPOINTS'] ?? 10);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 15);
const CHANGES = Number(process.env['BENCH_CHANGES'] ?? 1000);

/** The cells of a case's row. */
export function measure(one: Case, size: number): Promise<readonly string[]> {
  return one.variant === undefined ? measureDry(one, size) : measureNode({ ...one, variant: one.variant }, size);
}

/** Without a node. */
async function measureDry(one: Case, size: number): Promise<readonly string[]> {
  const store = filled(size);
  const run = newDry(one, store);
  const sync = async () => {
    const start = performance.now();
    const [own, compile, diff] = await run();
    return { own, beside: performance.now() - start, times: { compile, diff } };
  };
  await collect();
  const before = process.memoryUsage.rss();
  await churn(store, size, sync);
  const times = await changes(store, size, sync);
  await collect();
  return ['-', '-', ...cells(times), megabytes(before), megabytes(process.memoryUsage.rss())];
}

function measureNode(one: NodeCase, size: number): Promise<readonly string[]> {
  return inNetns(async (real) => {
    const watched = watch(real);
    const store = filled(size);
    const sync = timed(store, await newDaemon(one, watched.host), watched.tools);
    watched.record(true);
    const first = await sync();
    watched.record(false);
    // As the daemon does when the rules are there.
    first.compiled?.prepare();
    const alone = await inNetns((host) => watched.replay(host));
    await collect();
    const afterFirst = process.memoryUsage.rss();

    await churn(store, size, sync);
    const times = await changes(store, size, sync);
    await collect();
    return [
      seconds(first.total),
      `${(first.total / alone).toFixed(2)} of ${seconds(alone)}`,
      ...cells(times),
      megabytes(afterFirst),
      megabytes(process.memoryUsage.rss()),
    ];
  });
}

type NodeCase = Case & { readonly variant: Variant };

/** What changes cost. */
interface Times {
  readonly endpoint: readonly Timed[];
  readonly added: readonly Timed[];
  readonly removed: readonly Timed[];
}

function cells({ endpoint, added, removed }: Times): readonly string[] {
  const of = (list: readonly Timed[], what: 'own' | 'beside') => median(list.map((each) => each[what])).toFixed(1);
  const own = (list: readonly Timed[]) => `${of(list, 'beside')}/${of(list, 'own')} ms`;
  const step = (name: string) => median(endpoint.map(({ times }) => times[name] ?? 0)).toFixed(1);
  return [own(endpoint), `${step('compile')}/${step('diff')}`, own(added), own(removed)];
}

/** After it the daemon computes as one that has run for a while: what V8 compiles is compiled. */
async function churn(store: Store, size: number, sync: Sync): Promise<void> {
  for (let i = 0; i < CHANGES; i++) {
    store.put('EndpointSlice', moved(i % size, 100 + i));
    if (i % 10 === 9) await sync();
  }
}

type Sync = () => Promise<Timed>;

function filled(size: number): Store {
  const store = newStore({ onChange: () => {}, onInvalid: () => {} });
  for (let i = 0; i < size; i++) {
    store.put('Service', service(i));
    store.put('EndpointSlice', endpointSlice(i, ENDPOINTS));
  }
  store.put('Node', node(0));
  return store;
}

async function newDaemon({ variant, layout, mode }: NodeCase, host: Host): Promise<Syncer> {
  const found = (await detect(host.run)).find(({ iptables }) => iptables.variant === variant);
  if (!found) throw new Error(`no iptables-${variant}`);
  const target = { host, detected: { iptables: found.iptables }, waitSeconds: 60, onWait: () => {} };
  const how = { target, features: DEFAULT_FEATURES, chainsPerCommit: CHAINS_PER_COMMIT[variant], layout };
  return newSyncer(how, { ...DEFAULT_OPTIONS, nodeName: NODE, mode });
}

function timed(
  store: Store,
  syncer: Syncer,
  tools: () => Tools,
): () => Promise<Timed & { readonly compiled: SyncReport['compiled'] | undefined } & { readonly total: number }> {
  return async () => {
    const [start, cpu, before] = [performance.now(), process.cpuUsage(), tools()];
    const report = await syncer.sync(store, store.takeChanges(), 'partial');
    const total = performance.now() - start;
    if (!report.ok) throw new Error(report.diagnostics.map(({ message }) => message).join('\n'));
    const { ended, milliseconds, computed } = tools();
    const own = (computed.user + computed.system - cpu.user - cpu.system) / 1000;
    const beside = ended - start - (milliseconds - before.milliseconds);
    return { times: report.times, total, own, beside, compiled: report.compiled };
  };
}

async function changes(store: Store, size: number, sync: Sync): Promise<Times> {
  const times = { endpoint: [] as Timed[], added: [] as Timed[], removed: [] as Timed[] };
  for (let i = 0; i < RUNS; i++) {
    store.put('EndpointSlice', moved(0, i + 1));
    times.endpoint.push(await sync());
    store.put('Service', service(size + 1));
    store.put('EndpointSlice', endpointSlice(size + 1, ENDPOINTS));
    times.added.push(await sync());
    store.remove('Service', service(size + 1));
    store.remove('EndpointSlice', endpointSlice(size + 1, ENDPOINTS));
    times.removed.push(await sync());
  }
  return times;
}

interface Timed {
  /** Milliseconds by step. */
  readonly times: Readonly<Record<string, number>>;
  /** Milliseconds from the event until the tools are done, without the time in them. */
  readonly beside: number;
  /** Milliseconds of computing in this process until then; to start a program is a part of it. */
  readonly own: number;
}

/** The slice of a Service with another address for one endpoint. */
function moved(i: number, to: number): unknown {
  const slice = endpointSlice(i, ENDPOINTS) as { readonly endpoints: readonly { readonly addresses: Json }[] };
  const [first, ...rest] = slice.endpoints;
  return { ...slice, endpoints: [{ ...first, addresses: [`10.200.${to >> 8}.${to & 255}`] }, ...rest] };
}

/** Until nothing goes on beside: after a first sync what looks compare with is collected, in slices. */
async function settle(): Promise<void> {
  for (let used = Number.POSITIVE_INFINITY; used > IDLE; ) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
}

/** Microseconds of computing in 300 ms. */
const IDLE = 15_000;

/** Twice, as what was used last may still be referred to the first time; then V8 gives pages back. */
async function collect(): Promise<void> {
  await settle();
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 2; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
