/**
 * The bench of the evaluator: `npm run bench:packet`. The rules of 10,000 Services of 10 endpoints as a node has them, in
 * iptables and in both layouts of nftables: the CPU time from the file to the first packet, and for 100,000 packets after
 * that. Runs of all three take turns. Prints medians; judges nothing.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { artifactsOf, compileState, textOf } from '../src/pipeline.js';
import { render } from '../src/text.js';
import { asJson, cluster, NODE } from './cluster.js';
import { median, megabytes, seconds, table } from './table.js';

const SIZE = { services: 10_000, endpoints: 10 };
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const CHILD = fileURLToPath(new URL('packet-phases.js', import.meta.url));
const CASES = [
  { mode: 'iptables', layout: 'kube-proxy', artifact: 'iptables.rules' },
  { mode: 'nftables', layout: 'kube-proxy', artifact: 'nftables.rules' },
  { mode: 'nftables', layout: 'fast', artifact: 'nftables.rules' },
];

type Run = Readonly<Record<'first' | 'packets' | 'peakKb', number>>;

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  const text = asJson(cluster(SIZE));
  const dumps = CASES.map((each, i) => {
    const file = join(scratch, String(i));
    const rules = rulesOf(text, each);
    writeFileSync(file, rules);
    return { ...each, file, lines: rules.split('\n').length - 1, bytes: rules.length, runs: [] as Run[] };
  });
  for (let run = 0; run < RUNS; run++)
    for (const { file, mode, runs } of dumps)
      runs.push(JSON.parse(execFileSync(process.execPath, [CHILD, file, mode], { encoding: 'utf8' })) as Run);
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${SIZE.services} x ${SIZE.endpoints},`);
  console.log(`medians of ${RUNS} runs, CPU time in user mode of all threads\n`);
  const rows = dumps.map(({ mode, layout, lines, bytes, runs }) => {
    const of = (key: keyof Run) => median(runs.map((run) => run[key]));
    return [
      `${mode}, ${layout}`,
      String(lines),
      megabytes(bytes),
      seconds(of('first')),
      seconds(of('packets')),
      megabytes(of('peakKb') * 1024),
    ];
  });
  console.log(table(['mode, layout', 'lines', 'dump', 'first packet', '100,000 more', 'peak RSS'], rows));
} finally {
  rmSync(scratch, { recursive: true });
}

/** What iptables-restore or nft is given on a node. */
function rulesOf(text: string, { mode, layout, artifact: name }: (typeof CASES)[number]): string {
  const { value } = compileState(
    [{ name: 'cluster.json', text }],
    { ...DEFAULT_OPTIONS, mode, nodeName: NODE },
    { layout },
  );
  const artifact = value && artifactsOf(value).find((each) => each.name === name);
  if (!artifact) throw new Error('the cluster does not compile');
  return render(textOf(artifact));
}
