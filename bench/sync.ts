/**
 * The bench of the daemon: `npm run bench:sync`. One endpoint changes in a large cluster: measures the time from the
 * event to the kernel, against a restore of all rules in one input, alternately in one network namespace. Prints
 * medians; judges nothing. BENCH_SIZES sets the numbers of Services, BENCH_RUNS the number of measurements.
 */
import { spawnSync } from 'node:child_process';
import { netnsHost } from '../src/apply/host.js';
import { DEFAULT_FEATURES } from '../src/backends/features.js';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { artifactsOf, type Compiled, textOf } from '../src/pipeline.js';
import { newSyncer } from '../src/sync/syncer.js';
import { chunks } from '../src/text.js';
import { CHAINS_PER_COMMIT, detect, VARIANTS, type Variant } from '../src/tools/iptables/variants.js';
import { newStore } from '../src/watch/store.js';
import { cluster, type Json, NODE } from './cluster.js';
import { median, seconds, table } from './table.js';

const ENDPOINTS = 10;
const SIZES = (process.env['BENCH_SIZES'] ?? '1000,5000').split(',').map(Number);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
/**
 * iptables-nft takes minutes to load all rules of a large cluster in one input; for those only the daemon is measured.
 */
const MOST_FOR_NFT = 2000;

const rows: (readonly string[])[] = [];
for (const services of SIZES) for (const variant of VARIANTS) rows.push(await measure(services, variant));
const headings = [
  'Services x endpoints',
  'first sync',
  'restore',
  'one endpoint',
  'ratio',
  'compile',
  'diff',
  'apply',
  'lines sent',
];
console.log(`medians of ${RUNS}\n\n${table(headings, rows)}`);

type Item = Json & { readonly kind: string };

async function measure(services: number, variant: Variant): Promise<readonly string[]> {
  const netns = `vipc-bench-${process.pid}`;
  run('ip', ['netns', 'add', netns]);
  try {
    const host = netnsHost(netns);
    const found = (await detect(host.run)).find((each) => each.iptables.variant === variant);
    if (!found) throw new Error(`no iptables-${variant}`);
    const store = newStore({ onChange: () => {}, onInvalid: () => {} });
    const { items } = cluster({ services, endpoints: ENDPOINTS }) as { readonly items: readonly Item[] };
    for (const kind of ['Service', 'EndpointSlice', 'Node'] as const) {
      store.replace(
        kind,
        items.filter((item) => item.kind === kind),
      );
    }
    const target = { host, detected: { iptables: found.iptables }, waitSeconds: 60, onWait: () => {} };
    const syncer = newSyncer(
      { target, features: DEFAULT_FEATURES, chainsPerCommit: CHAINS_PER_COMMIT[variant] },
      { ...DEFAULT_OPTIONS, nodeName: NODE },
    );
    const first = await syncer.sync(store.snapshot(), 'full');
    if (!first.ok) throw new Error(first.diagnostics.map(({ message }) => message).join('\n'));

    const slice = JSON.stringify(items.find((item) => item.kind === 'EndpointSlice'));
    const times = { change: [] as number[], restore: [] as number[] };
    const steps: Record<string, number[]> = { compile: [], diff: [], apply: [] };
    let sent = 0;
    for (let i = 0; i < RUNS; i++) {
      const object = JSON.parse(slice.replace(/"10\.128\.1\.1"/, `"10.200.0.${i + 1}"`)) as unknown;
      const start = performance.now();
      store.put('EndpointSlice', object);
      const report = await syncer.sync(store.snapshot(), 'partial');
      times.change.push(performance.now() - start);
      if (!report.ok) throw new Error(report.diagnostics.map(({ message }) => message).join('\n'));
      for (const [step, list] of Object.entries(steps)) list.push(report.times[step] ?? 0);
      sent = report.sent['iptables'] ?? 0;
      if (variant === 'legacy' || services <= MOST_FOR_NFT) {
        const text = ownRules(report.compiled ?? fail('nothing was compiled'));
        const begin = performance.now();
        const { code, stderr } = await host.run([`iptables-${variant}-restore`, '--noflush', '--wait'], text);
        times.restore.push(performance.now() - begin);
        if (code !== 0) throw new Error(stderr);
      }
    }
    const [changed, restored] = [median(times.change), median(times.restore)];
    return [
      `${services} x ${ENDPOINTS}, ${variant}`,
      seconds(first.times['total'] ?? 0),
      times.restore.length > 0 ? seconds(restored) : '-',
      seconds(changed),
      times.restore.length > 0 ? (changed / restored).toFixed(3) : '-',
      ...Object.values(steps).map((list) => seconds(median(list))),
      String(sent),
    ];
  } finally {
    run('ip', ['netns', 'del', netns]);
  }
}

/** All rules, without those in built-in chains, which would be duplicated. */
function ownRules(compiled: Compiled): string {
  const artifact = artifactsOf(compiled).find(({ name }) => name === 'iptables.rules') ?? fail('no rules');
  return [...chunks(textOf(artifact))]
    .join('')
    .replace(/^(?::\S+ ACCEPT|-A (?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)) .*\n/gm, '');
}

function fail(message: string): never {
  throw new Error(message);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
