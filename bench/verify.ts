/**
 * Benchmark of `vipc verify` as a process: `npm run bench:verify`. Compares a cluster with itself, with a copy that has one
 * endpoint changed, and its dump with this copy, in mode iptables and in both layouts of mode nftables. Prints seconds and
 * memory, without a limit to pass. BENCH_SIZES=1000,5000 sets the numbers of Services.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asJson, cluster, NODE } from './cluster.js';
import { table } from './table.js';

const ENDPOINTS = 10;
const SIZES = (process.env['BENCH_SIZES'] ?? '1000,10000').split(',').map(Number);
const WAYS = [
  ['iptables', 'kube-proxy'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
] as const;
const VIPC = fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url));

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  const rows = SIZES.flatMap((services) => WAYS.flatMap(([mode, layout]) => measure(services, mode, layout)));
  console.log(table(['Services x endpoints', 'mode, layout', 'compared', 'seconds', 'MB', 'answer'], rows));
} finally {
  rmSync(scratch, { recursive: true });
}

function measure(services: number, mode: string, layout: string): readonly (readonly string[])[] {
  const before = write('before.json', asJson(cluster({ services, endpoints: ENDPOINTS })));
  const text = asJson(cluster({ services, endpoints: ENDPOINTS }));
  const after = write('after.json', text.replace('"10.128.1.2"', '"10.250.1.2"'));
  const dump = join(scratch, `dump-${services}-${mode}-${layout}`);
  const how = ['--node', NODE, '--mode', mode, '--layout', layout];
  vipc('compile', ...how, before, '-o', dump);
  return [
    ['itself', [before, before]],
    ['one endpoint changed', [before, after]],
    ['its dump, one endpoint changed', [dump, after]],
  ].map(([what, paths]) => {
    const begin = process.hrtime.bigint();
    const { stdout, memory } = vipc('verify', ...how, ...(paths as readonly string[]));
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    const [answer = ''] = stdout.split('\n');
    return [`${services} x ${ENDPOINTS}`, `${mode}, ${layout}`, String(what), seconds.toFixed(1), memory, answer];
  });
}

function write(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

/** Runs vipc under time(1), which prints the peak memory. */
function vipc(...argv: readonly string[]): { readonly stdout: string; readonly memory: string } {
  const { stdout, stderr, status } = spawnSync('/usr/bin/time', ['-f', 'max %M', process.execPath, VIPC, ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status === null || status > 1) throw new Error(stderr);
  return { stdout, memory: String(Math.round(Number(/max (\d+)/.exec(stderr)?.[1] ?? 0) / 1024)) };
}
