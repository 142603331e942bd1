/**
 * The bench of the daemon: `npm run bench:sync`. For each mode and layout, in a process and a network namespace of its
 * own: the first sync against the tools alone with the same input; for a change, what passes beside the tools from the event to
 * their end, and what vipc computes until then; memory. Prints medians; judges nothing. BENCH_SIZES sets the numbers of
 * Services, BENCH_ENDPOINTS that of the endpoints of each, BENCH_RUNS and BENCH_CHANGES those of measurements, and
 * BENCH_CASES chooses cases by name.
 */
import { spawnSync } from 'node:child_process';
import { ENDPOINTS, measure } from './sync-case.js';
import { CASES, type Case } from './sync-cases.js';
import { table } from './table.js';

const SIZES = (process.env['BENCH_SIZES'] ?? '10000').split(',').map(Number);
const CHOSEN = (process.env['BENCH_CASES'] ?? '').split(',');

const HEADINGS = [
  `Services x ${ENDPOINTS}`,
  'first sync',
  'against the tools',
  'endpoint',
  'compile/diff',
  'Service added',
  'removed',
  'RSS after first',
  'after changes',
];

const [, , which] = process.argv;
if (which === undefined) compareAll();
else await measureOne(which);

async function measureOne(name: string): Promise<void> {
  const [size = '', ...rest] = name.split(' ');
  const one = CASES.find((each) => each.name === rest.join(' '));
  if (!one) throw new Error(`no case ${name}`);
  process.stdout.write(JSON.stringify(await measure(one, Number(size))));
}

function compareAll(): void {
  const rows: (readonly string[])[] = [];
  for (const size of SIZES)
    for (const one of CASES.filter(({ name }) => CHOSEN.some((some) => name.includes(some)))) {
      rows.push(run(one, size));
      // The whole takes minutes.
      console.error(rows.at(-1)?.join('  '));
    }
  console.log(table(HEADINGS, rows));
}

function run({ name }: Case, size: number): readonly string[] {
  const script = process.argv[1] ?? '';
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, `${size} ${name}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return [`${size} ${name}`, ...(JSON.parse(stdout) as readonly string[])];
}
