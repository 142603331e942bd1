// Whether a test still gets anywhere: this process computes, or reads what a program, a server or the guest says. One that
// did neither for long waits for what never comes, on the busiest machine, and fails. A loop that looks again and again
// must end by itself: `eventually` in src/testing/run/patience.ts does.
import { readFileSync } from 'node:fs';

/** More than the longest that a program which a test starts may take, which is ten minutes (src/testing/run/patience.ts). */
const STANDSTILL_SECONDS = Number(process.env.VIPC_STANDSTILL_SECONDS ?? 700);
/** So many in a row find nothing done. */
const LOOKS = 10;
const LOOK_SECONDS = STANDSTILL_SECONDS / LOOKS;
/** What a process at rest does between two looks, and the look itself. */
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
    /** The function, failing when it makes no progress. */
    watched(fn, what) {
      // A hook runs many times.
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

/** What this process has done so far: seconds of computing, its own and of programs that ended; how often it read. */
export function activity() {
  const { user, system } = process.cpuUsage();
  // In clock ticks, of which there are a hundred a second on all of Linux that Node runs on.
  const stat = contents('/proc/self/stat');
  const [children, theirs] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number);
  const reads = Number(/^syscr: (\d+)$/m.exec(contents('/proc/self/io'))?.[1] ?? 0);
  return { cpuSeconds: (user + system) / 1e6 + ((children ?? 0) + (theirs ?? 0)) / 100, reads };
}

/** Of another system there is no more than its own computing to see. */
function contents(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
