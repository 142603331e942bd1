// What belongs to one run of the tests, and goes with it. A run is told by its jest process: by number, start time and the
// namespace of process numbers, so that none is taken for another. All its processes have VIPC_TEST_RUN in their
// environment; its network namespaces and its folder for temporary files have it in their names. What a run that was
// killed could not remove, the next one does: `sweep()`. Runs that are still going on are left alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Short, for paths of temporary files are in messages, which are cut.
const PREFIX = 'vipc-t-';
const NAME = /^vipc-t-([^-]+)-([^-]+)-([^-]+)(?:-|$)/;

/** The temporary folder before there is one of the run. */
const TEMPORARY = process.env.VIPC_TEST_TMPDIR ?? tmpdir();

/** Begins a run, in this process: removes what others left, makes the folder. jest calls it before all else. */
export function beginRun() {
  // All test files choose at random by this.
  process.env.SEED ??= String(Date.now() % 1_000_000);
  // jest --watch comes here before each run.
  if (process.env.VIPC_TEST_RUN) return;
  const run = idOf('self');
  // Without /proc nothing is named after the run, and nothing swept; the kernel rings do not run there either.
  if (run === undefined) return;
  sweep();
  const folder = join(TEMPORARY, `${PREFIX}${run}`);
  mkdirSync(folder, { recursive: true });
  Object.assign(process.env, { VIPC_TEST_RUN: run, VIPC_TEST_TMPDIR: TEMPORARY, TMPDIR: folder });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** Removes what is left of runs whose process is gone: processes, network namespaces, folders. */
export function sweep() {
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, run] = /(?:^|\0)VIPC_TEST_RUN=([^\0]*)/.exec(contents(`/proc/${pid}/environ`) ?? '') ?? [];
    if (run !== undefined && isOver(PREFIX + run)) kill(Number(pid));
  }
  // Namespaces go when nobody is in them and nothing has their name.
  for (const name of entries('/run/netns').filter(isOver)) tried(() => execFileSync('ip', ['netns', 'del', name]));
  for (const name of entries(TEMPORARY).filter(isOver)) {
    tried(() => rmSync(join(TEMPORARY, name), { recursive: true, force: true }));
  }
}

/** Whether a name is of a run whose process is gone. Of other namespaces of process numbers nobody here can tell. */
function isOver(name) {
  const [, namespace, pid, start] = NAME.exec(name) ?? [];
  if (namespace === undefined || namespace !== pidNamespace()) return false;
  return idOf(Number.parseInt(pid, 36)) !== `${namespace}-${pid}-${start}`;
}

/** `NAMESPACE-PID-START` of a process, its start in ticks since the machine's; undefined when there is none. */
function idOf(pid) {
  const stat = contents(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // Behind the name, which may hold anything, comes field 3.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return [pidNamespace(), short(Number.parseInt(stat, 10)), short(Number(start))].join('-');
}

/** The last digits of its number. */
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

/** What is gone meanwhile, or is of another user, is not ours to remove. */
function tried(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
