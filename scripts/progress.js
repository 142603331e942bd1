// Whether a test makes progress: this process computes, or reads output of a program, a server or the guest. A test
// that has done neither for long waits for something that never comes, even on the busiest machine, and fails. A loop
// that polls must end by itself, like `eventually` in src/testing/run/patience.ts.
import { readFileSync } from 'node:fs';

/** Longer than the time limit of a program that a test starts, ten minutes (src/testing/run/patience.ts). */
const STANDSTILL_SECONDS = Number(process.env.VIPC_STANDSTILL_SECONDS ?? 700);
/** The number of consecutive looks without progress that fail a test. */
const LOOKS = 10;
const LOOK_SECONDS = STANDSTILL_SECONDS / LOOKS;
/** The activity of an idle process between two looks, including the look itself. */
const REST = { cpuSeconds: 0.02 * LOOK_SECONDS, reads: 8 };

/** Watches one test or hook at a time. */
export function watchProgress() {
  let running;
  let before = activity();
  const timer = setInterval(() => {
    const now = activity();
    const rests = now.cpuSeconds - before.cpuSeconds < REST.cpuSeconds && now.reads - before.reads < REST.reads;
    before = now;
    if (running === undefined) return;
    running.looks = rests ? running.looks + 1 : 0;
    if (running.looks < LOOKS) return;
    running.fail(
      new Error(`no progress: for ${STANDSTILL_SECONDS} s, ${running.what} has neither computed nor read anything`),
    );
  }, LOOK_SECONDS * 1000).unref();
  return {
    /** The function wrapped to fail when it makes no progress. */
    watched(fn, what) {
      // A hook runs many times, but must be wrapped once.
      if (fn?.isWatched) return fn;
      const isWatched = async function () {
        let mine;
        const stuck = new Promise((_, reject) => {
          mine = { what, looks: 0, fail: reject };
        });
        running = mine;
        try {
          return await Promise.race([fn.call(this), stuck]);
        } finally {
          if (running === mine) running = undefined;
        }
      };
      return Object.assign(isWatched, { isWatched: true });
    },
    stop: () => clearInterval(timer),
  };
}

/** The activity of this process so far: CPU seconds, its own and of ended children; number of reads. */
export function activity() {
  const { user, system } = process.cpuUsage();
  // In clock ticks: a hundred per second on every Linux that Node supports.
  const stat = contents('/proc/self/stat');
  const [children, theirs] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number);
  const reads = Number(/^syscr: (\d+)$/m.exec(contents('/proc/self/io'))?.[1] ?? 0);
  return { cpuSeconds: (user + system) / 1e6 + ((children ?? 0) + (theirs ?? 0)) / 100, reads };
}

/** On other systems only its own CPU time is known. */
function contents(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
