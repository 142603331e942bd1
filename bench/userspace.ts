/**
 * The bench of userspace mode: `npm run bench:userspace`. A client, a node and a pod in three network namespaces; connections
 * to the pod itself, and to a cluster IP in iptables mode and in userspace mode, in turns. Prints medians; judges nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bulk, echoServer, pace } from '../src/testing/network/crowd.js';
import { makeTrio, PODS, TRIO_CONFIG, trioSnapshot } from '../src/testing/network/trio.js';
import { type SyncProcess, startSync } from '../src/testing/node/sync-process.js';
import { median, table } from './table.js';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const MEGABYTES = 500;
const CONNECTIONS = 3000;
const CLUSTER_IP = '10.96.0.1';
const [POD] = PODS;
const VIPC = fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url));

const CASES = [
  { name: 'the pod itself', to: POD, port: 8080 },
  { name: 'iptables mode', to: CLUSTER_IP, port: 80, mode: 'iptables' },
  { name: 'userspace mode', to: CLUSTER_IP, port: 80, mode: 'userspace' },
] as const;

interface Run {
  readonly p50: number;
  readonly p99: number;
  readonly rate: number;
  readonly megabytes: number;
  /** CPU seconds of the relay for a connection, and for a gigabyte each way. */
  readonly connection: number;
  readonly gigabyte: number;
}

const trio = makeTrio(`vipc-bench-${process.pid}`);
const { netns } = trio;
const directory = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
const [snapshot, config] = [join(directory, 'cluster.json'), join(directory, 'config.yaml')];
const results = CASES.map((each) => ({ ...each, runs: [] as Run[] }));
try {
  writeFileSync(snapshot, trioSnapshot({ web: [POD] }));
  writeFileSync(config, TRIO_CONFIG);
  const server = await echoServer(netns('pod'), 8080, [POD]);
  for (let run = 0; run < RUNS; run++)
    for (const each of results)
      each.runs.push(await measure(each.to, each.port, 'mode' in each ? each.mode : undefined));
  server.end();
  print();
} finally {
  trio.remove();
  rmSync(directory, { recursive: true });
}

async function measure(to: string, port: number, mode: string | undefined): Promise<Run> {
  const flags = ['--mode', mode ?? '', '-c', config, '--snapshot', snapshot];
  const daemon = mode === undefined ? undefined : startSync(netns('node'), flags, process.env, VIPC);
  await daemon?.said('synced');
  await pace(netns('client'), to, port, 300, 1);
  const one = await pace(netns('client'), to, port, CONNECTIONS, 1);
  const before = relaySeconds(daemon);
  const many = await pace(netns('client'), to, port, CONNECTIONS, 64);
  const after = relaySeconds(daemon);
  const moved = await bulk(netns('client'), to, port, MEGABYTES);
  const end = relaySeconds(daemon);
  if (!moved.isSame) throw new Error(`${to}: bytes were harmed`);
  await daemon?.end();
  return {
    p50: one.p50,
    p99: one.p99,
    rate: CONNECTIONS / many.seconds,
    megabytes: MEGABYTES / moved.seconds,
    connection: (after - before) / CONNECTIONS,
    gigabyte: ((end - after) / MEGABYTES) * 1000,
  };
}

/** CPU seconds of the relay so far. */
function relaySeconds(daemon: SyncProcess | undefined): number {
  if (!daemon) return 0;
  const children = readFileSync(`/proc/${daemon.child.pid}/task/${daemon.child.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  const ticks = children.flatMap((pid) => {
    if (pid === '') return [];
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return [Number(fields[11]) + Number(fields[12])];
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

function print(): void {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} processors, medians of ${RUNS} runs`,
  );
  console.log(
    `${CONNECTIONS} connections, one after the other and 64 at once; ${MEGABYTES} MB there and back through one\n`,
  );
  const rows = results.map(({ name, runs }) => {
    const of = (key: keyof Run) => median(runs.map((run) => run[key]));
    const used = name === 'userspace mode';
    return [
      name,
      `${of('p50').toFixed(2)} ms`,
      `${of('p99').toFixed(2)} ms`,
      `${of('rate').toFixed(0)}/s`,
      `${of('megabytes').toFixed(0)} MB/s`,
      used ? `${(of('connection') * 1e6).toFixed(0)} us` : '',
      used ? `${of('gigabyte').toFixed(1)} s` : '',
    ];
  });
  const headings = ['to', 'median', '99%', 'new', 'bytes', 'CPU, connection', 'CPU, GB'];
  console.log(table(headings, rows));
}
