// The jest environment of every test file. It gives each file its own lock of iptables-legacy, and fails a test without
// progress. No test has a time limit, because the same steps take longer on a busy machine. VIPC_TIMES names a file for
// the duration of each test.
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { activity, watchProgress } from './progress.js';

/** The longest delay of a timer. */
const NEVER = 2 ** 31 - 1;

export default class Environment extends TestEnvironment {
  #progress = watchProgress();
  #begun = { at: performance.now(), ...activity() };
  #file;

  constructor(config, context) {
    // Set before the sandbox copies the environment. The lock in /run is shared by all network namespaces, unlike
    // between two containers.
    process.env.XTABLES_LOCKFILE = join(tmpdir(), `xtables-${process.pid}.lock`);
    super(config, context);
    this.#file = context.testPath;
  }

  async handleTestEvent({ name, test, hook }) {
    // jest-circus and run.js read the test's function after this event.
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

  /**
   * Total seconds and CPU seconds: the latter do not depend on the load of the machine, except for work of the guest.
   */
  #times() {
    const seconds = [performance.now() - this.#begun.at, (activity().cpuSeconds - this.#begun.cpuSeconds) * 1000];
    return `${seconds.map((ms) => (ms / 1000).toFixed(1)).join('\t')}\t${relative('', this.#file)}\n`;
  }
}
