/**
 * The bench of apply: `npm run bench:apply`. Measures `vipc apply`, the whole process, against the tool loading all
 * rules in one input, as kube-proxy does; alternately, in network namespaces. Then the same with one endpoint changed.
 * Prints medians; judges nothing. BENCH_SIZES=1000,5000 sets the numbers of Services; at 5000 iptables-nft-restore
 * needs minutes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VARIANTS, type Variant } from '../src/tools/iptables/variants.js';
import { asJson, cluster, NODE } from './cluster.js';
import { median, seconds, table } from './table.js';

const ENDPOINTS = 10;
const SIZES = (process.env['BENCH_SIZES'] ?? '500,1000,2000').split(',').map(Number);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const VIPC = fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url));
const NETNS = `vipc-bench-${process.pid}`;

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  console.log(`medians of ${RUNS}; "restore" is one input with all rules\n`);
  const rows = SIZES.flatMap((services) => VARIANTS.map((variant) => measure(services, variant)));
  const headings = [
    'Services x endpoints',
    'first: restore',
    'vipc apply',
    'ratio',
    'one endpoint: restore',
    'vipc apply',
    'ratio',
    'lines sent',
  ];
  console.log(table(headings, rows));
} finally {
  rmSync(scratch, { recursive: true });
}

function measure(services: number, variant: Variant): readonly string[] {
  const [before, after] = snapshots(services);
  const rules = run(process.execPath, [VIPC, 'compile', '--node', NODE, before]);
  const all = join(scratch, 'rules');
  // Without the lines of built-in chains, because the node decides their policies.
  writeFileSync(all, rules.replace(/^:\S+ ACCEPT.*\n/gm, ''));
  const apply = (path: string, ...more: readonly string[]) =>
    run(process.execPath, [VIPC, 'apply', ...more, '--netns', NETNS, '--iptables', variant, '--node', NODE, path]);
  const restore = () => run('ip', ['netns', 'exec', NETNS, `iptables-${variant}-restore`, '--noflush', all]);

  const times = { restore: [] as number[], apply: [] as number[], again: [] as number[], change: [] as number[] };
  let sent = 0;
  for (let i = 0; i < RUNS; i++) {
    withNetns(() => {
      times.restore.push(timed(restore));
      times.again.push(timed(restore));
    });
    withNetns(() => {
      times.apply.push(timed(() => apply(before)));
      sent = apply(after, '--dry-run').split('\n').length - 2;
      times.change.push(timed(() => apply(after)));
    });
  }
  const [restored, applied, again, changed] = [times.restore, times.apply, times.again, times.change].map(median) as [
    number,
    number,
    number,
    number,
  ];
  return [
    `${services} x ${ENDPOINTS}, ${variant}`,
    seconds(restored),
    seconds(applied),
    (applied / restored).toFixed(2),
    seconds(again),
    seconds(changed),
    (changed / again).toFixed(2),
    String(sent),
  ];
}

/** A cluster, and the same with a changed address of one endpoint. */
function snapshots(services: number): readonly [string, string] {
  const text = asJson(cluster({ services, endpoints: ENDPOINTS }));
  const [before, after] = [join(scratch, `${services}.json`), join(scratch, `${services}-changed.json`)];
  writeFileSync(before, text);
  writeFileSync(after, text.replace('"10.128.1.7"', '"10.200.0.1"'));
  return [before, after];
}

function withNetns(use: () => void): void {
  run('ip', ['netns', 'add', NETNS]);
  try {
    use();
  } finally {
    run('ip', ['netns', 'del', NETNS]);
  }
}

function run(program: string, args: readonly string[]): string {
  const result = spawnSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1e9 });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr || result.error}`);
  return result.stdout;
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
