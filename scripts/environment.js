// jest's environment of every test file. It gives each a lock of iptables-legacy of its own, and ends a test that has come
// to a standstill. No test has a limit on the clock: on a busy machine the same steps take longer. VIPC_TIMES names a file
// for how long each took.
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { activity, watchProgress } from './progress.js';

/** The longest that a timer can be. */
const NEVER = 2 ** 31 - 1;

export default class Environment extends TestEnvironment {
  #progress = watchProgress();
  #begun = { at: performance.now(), ...activity() };
  #file;

  constructor(config, context) {
    // Before the sandbox gets its copy. The lock in /run is one for all network namespaces and all programs, as no two
    // containers have it.
    process.env.XTABLES_LOCKFILE = join(tmpdir(), `xtables-${process.pid}.lock`);
    super(config, context);
    this.#file = context.testPath;
  }

  async handleTestEvent({ name, test, hook }) {
    // What runs is looked up after this: jest-circus, run.js.
    if (name === 'test_fn_start') this.#watch(test, test.name);
    if (name === 'hook_start') this.#watch(hook, hook.type);
  }

  #watch(runnable, what) {
    runnable.fn = this.#progress.watched(runnable.fn, what);
    runnable.timeout = NEVER;
  }

  async teardown() {
    this.#progress.stop();
    if (process.env.VIPC_TIMES) appendFileSync(process.env.VIPC_TIMES, this.#times());
    await super.teardown();
  }

  /** Seconds in all, seconds of computing: the second is the same on a busy machine, but for what the guest computes. */
  #times() {
    const seconds = [performance.now() - this.#begun.at, (activity().cpuSeconds - this.#begun.cpuSeconds) * 1000];
    return `${seconds.map((ms) => (ms / 1000).toFixed(1)).join('\t')}\t${relative('', this.#file)}\n`;
  }
}
