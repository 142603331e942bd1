/**
 * The bench of the evaluator: `npm run bench:packet`. The rules of 10,000 Services of 10 endpoints as a node has them: how long
 * it takes from the file to the first packet, and for 100,000 packets after that. Prints medians; judges nothing.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const scratch = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
try {
  const file = join(scratch, 'iptables-save');
  writeFileSync(file, rules());
  const text = readFileSync(file, 'utf8');
  const runs = Array.from(
    { length: RUNS },
    () =>
      JSON.parse(execFileSync(process.execPath, [CHILD, file], { encoding: 'utf8' })) as Readonly<
        Record<'first' | 'packets' | 'peakKb', number>
      >,
  );
  const of = (key: 'first' | 'packets' | 'peakKb') => median(runs.map((run) => run[key]));
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, medians of ${RUNS}\n`);
  const row = [
    `${SIZE.services} x ${SIZE.endpoints}`,
    String(text.split('\n').length - 1),
    megabytes(text.length),
    seconds(of('first')),
    seconds(of('packets')),
    megabytes(of('peakKb') * 1024),
  ];
  console.log(table(['Services x endpoints', 'lines', 'dump', 'first packet', '100,000 more', 'peak RSS'], [row]));
} finally {
  rmSync(scratch, { recursive: true });
}

/** What iptables-restore is given on a node. */
function rules(): string {
  const { value } = compileState(
    [{ name: 'cluster.json', text: asJson(cluster(SIZE)) }],
    { ...DEFAULT_OPTIONS, nodeName: NODE },
    {},
  );
  const artifact = value && artifactsOf(value).find(({ name }) => name === 'iptables.rules');
  if (!artifact) throw new Error('the cluster does not compile');
  return render(textOf(artifact));
}
