/**
 * The bench of compile: `npm run bench`. First the phases for three sizes, then the whole command against the tool that
 * loads its output, alternately. Prints medians; judges nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelRingProblem } from '../src/testing/machine/probe.js';
import { asJson, asYaml, cluster, type Json, manifests, NODE } from './cluster.js';
import type { Phases } from './phases.js';
import { median, megabytes, seconds, table } from './table.js';

const ENDPOINTS = 10;
const SIZES = [1000, 5000, 10_000];
const LANGUAGES = {
  JSON: (data: Json) => asJson(data),
  'kubectl JSON': (data: Json) => asJson(data, 4),
  YAML: asYaml,
};
/**
 * The inputs and flags of whole runs; the last are Deployments and Services, for which pods and addresses are made up.
 */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  JSON: ['--node', NODE],
  'kubectl JSON': ['--node', NODE],
  'manifests, simulated': ['--simulate', '--nodes', '100'],
};
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const PHASES = fileURLToPath(new URL('phases.js', import.meta.url));
const VIPC = fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url));

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, medians of ${RUNS}\n`);
  phases();
  startup();
  await wholeProcess();
} finally {
  rmSync(scratch, { recursive: true });
}

/** The phases by size and language, each run in its own process. */
function phases(): void {
  const rows = SIZES.flatMap((services) =>
    Object.entries(LANGUAGES).map(([language, write]) => {
      const file = inputFile(services, language);
      const text = write(cluster({ services, endpoints: ENDPOINTS }));
      writeFileSync(file, text);
      const runs = Array.from({ length: RUNS }, () => phasesOf(file));
      const of = (key: keyof Phases) => median(runs.map((run) => run[key]));
      return [
        `${services} x ${ENDPOINTS} ${language}`,
        megabytes(text.length),
        ...(['load', 'resolve', 'print'] as const).map((key) => seconds(of(key))),
        String(of('lines')),
        megabytes(of('bytes')),
        megabytes(of('peakKb') * 1024),
      ];
    }),
  );
  const headings = ['Services x endpoints', 'input', 'load', 'resolve', 'lower+print', 'lines', 'output', 'peak RSS'];
  console.log(`${table(headings, rows)}\n`);
}

function inputFile(services: number, language: string): string {
  return join(scratch, `${services} ${language}`);
}

function phasesOf(file: string): Phases {
  return JSON.parse(execFileSync(process.execPath, [PHASES, file], { encoding: 'utf8' })) as Phases;
}

function startup(): void {
  const times = Array.from({ length: 20 }, () => timed(() => run(process.execPath, [VIPC, '--version'])));
  console.log(`vipc --version: ${median(times).toFixed(0)} ms (median of 20)\n`);
}

/** `vipc compile` of the largest size, against iptables-legacy-restore of what it wrote. */
async function wholeProcess(): Promise<void> {
  const services = SIZES.at(-1) ?? 0;
  const problem = await kernelRingProblem();
  if (problem !== undefined) console.log(`iptables-legacy-restore not measured: ${problem}\n`);
  writeFileSync(inputFile(services, 'manifests, simulated'), asJson(manifests({ services, endpoints: ENDPOINTS })));
  const rows = Object.entries(WHOLE).map(([language, flags]) => {
    const [input, output, rss] = [inputFile(services, language), join(scratch, 'rules'), join(scratch, 'rss')];
    const [compiles, restores, peaks]: [number[], number[], number[]] = [[], [], []];
    for (let i = 0; i < RUNS; i++) {
      compiles.push(timed(() => compileTo(input, flags, output, rss)));
      peaks.push(Number(readFileSync(rss, 'utf8')));
      if (problem === undefined) restores.push(restore(output));
    }
    return [
      `${services} x ${ENDPOINTS} ${language}`,
      seconds(median(compiles)),
      range(compiles),
      megabytes(median(peaks) * 1024),
      restores.length > 0 ? seconds(median(restores)) : '-',
      restores.length > 0 ? range(restores) : '-',
      restores.length > 0 ? (median(compiles) / median(restores)).toFixed(2) : '-',
    ];
  });
  const headings = ['vipc compile', 'median', 'range', 'peak RSS', 'iptables-legacy-restore', 'range', 'ratio'];
  console.log(table(headings, rows));
}

function compileTo(input: string, flags: readonly string[], output: string, rss: string): void {
  const out = openSync(output, 'w');
  // The process reports its own peak as it exits.
  const report = `import fs from 'node:fs'; process.on('exit', () => fs.writeFileSync(${JSON.stringify(rss)}, /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]))`;
  const hook = `--import=data:text/javascript,${encodeURIComponent(report)}`;
  run(process.execPath, [hook, VIPC, 'compile', ...flags, input], out);
  closeSync(out);
}

/** Milliseconds to load the file in a fresh network namespace. */
function restore(file: string): number {
  const netns = `vipc-bench-${process.pid}`;
  run('ip', ['netns', 'add', netns]);
  try {
    return timed(() => run('ip', ['netns', 'exec', netns, 'iptables-legacy-restore', file]));
  } finally {
    run('ip', ['netns', 'del', netns]);
  }
}

function run(program: string, args: readonly string[], stdout: number | 'ignore' = 'ignore'): void {
  const result = spawnSync(program, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (result.status !== 0) throw result.error ?? new Error(`${program} ${args.join(' ')}: exit ${result.status}`);
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function range(times: readonly number[]): string {
  return `${seconds(Math.min(...times))} - ${seconds(Math.max(...times))}`;
}
