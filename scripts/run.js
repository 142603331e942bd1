// The resources of one test run, which are removed with it. A run is identified by its jest process: number, start time
// and PID namespace, so that no two runs are confused. All its processes have VIPC_TEST_RUN in their environment; its
// network namespaces and its temporary folder have it in their names. The next run removes what a killed run left:
// `sweep()`. Runs in progress are left alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Short, because temporary paths appear in messages, which are cut.
const PREFIX = 'vipc-t-';
const NAME = /^vipc-t-([^-]+)-([^-]+)-([^-]+)(?:-|$)/;

/** The temporary folder outside of the run. */
const TEMPORARY = process.env.VIPC_TEST_TMPDIR ?? tmpdir();

/** Begins a run in this process: removes leftovers of other runs, makes the folder. jest calls it first. */
export function beginRun() {
  // The seed of random choices in all test files.
  process.env.SEED ??= String(Date.now() % 1_000_000);
  // jest --watch calls this before each run.
  if (process.env.VIPC_TEST_RUN) return;
  const run = idOf('self');
  // Without /proc nothing is named after the run or swept; the kernel rings do not run there either.
  if (run === undefined) return;
  sweep();
  const folder = join(TEMPORARY, `${PREFIX}${run}`);
  mkdirSync(folder, { recursive: true });
  Object.assign(process.env, { VIPC_TEST_RUN: run, VIPC_TEST_TMPDIR: TEMPORARY, TMPDIR: folder });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** Removes the leftovers of runs whose process is gone: processes, network namespaces, folders. */
export function sweep() {
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, run] = /(?:^|\0)VIPC_TEST_RUN=([^\0]*)/.exec(contents(`/proc/${pid}/environ`) ?? '') ?? [];
    if (run !== undefined && isOver(PREFIX + run)) kill(Number(pid));
  }
  // The kernel removes a namespace without processes and names.
  for (const name of entries('/run/netns').filter(isOver)) tried(() => execFileSync('ip', ['netns', 'del', name]));
  for (const name of entries(TEMPORARY).filter(isOver)) {
    tried(() => rmSync(join(TEMPORARY, name), { recursive: true, force: true }));
  }
}

/** Whether a name belongs to a run whose process is gone. Runs in other PID namespaces cannot be checked. */
function isOver(name) {
  const [, namespace, pid, start] = NAME.exec(name) ?? [];
  if (namespace === undefined || namespace !== pidNamespace()) return false;
  return idOf(Number.parseInt(pid, 36)) !== `${namespace}-${pid}-${start}`;
}

/** `NAMESPACE-PID-START` of a process, its start in clock ticks since boot; undefined when it does not exist. */
function idOf(pid) {
  const stat = contents(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // Field 3 follows the name, which may contain anything.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return [pidNamespace(), short(Number.parseInt(stat, 10)), short(Number(start))].join('-');
}

/** The last digits of the inode number of the PID namespace. */
function pidNamespace() {
  const [number] = /\d+/.exec(tried(() => readlinkSync('/proc/self/ns/pid')) ?? '') ?? [];
  return number && short(Number(number) % 36 ** 3);
}

function short(number) {
  return number.toString(36);
}

function kill(pid) {
  tried(() => process.kill(pid, 'SIGKILL'));
}

function entries(folder) {
  return tried(() => readdirSync(folder)) ?? [];
}

function contents(path) {
  return tried(() => readFileSync(path, 'latin1'));
}

/** Resources that are already gone, or belong to another user, are skipped. */
function tried(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
