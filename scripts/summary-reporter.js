// A jest reporter that ends a run with one plain line, `N passed, N failed, N skipped`, after the reason for each
// skipped ring and the seed of the run's random choices. With VIPC_COUNTS set it also writes the three numbers to that
// file, for scripts/test.sh to add up.
import { writeFileSync } from 'node:fs';

/** Longer than the longest test on a machine ten times as busy as a quiet one. */
const QUIET_MINUTES = 60;

export default class SummaryReporter {
  #files = new Set();
  #quiet;

  onTestFileStart({ path }) {
    this.#files.add(path);
    this.#progress();
  }

  onTestFileResult({ path }) {
    this.#files.delete(path);
    this.#progress();
  }

  onTestCaseResult() {
    this.#progress();
  }

  /**
   * A worker in an endless loop receives no messages. The run ends without it, and the next run kills it
   * (scripts/run.js).
   */
  #progress() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      process.stdout.write(`no test has ended for ${QUIET_MINUTES} minutes: ${[...this.#files].join(', ')}\n`);
      writeCounts(0, 1, 0);
      process.exit(1);
    }, QUIET_MINUTES * 60_000).unref();
  }

  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const reasons = new Set(tests.map(({ title }) => title).filter((title) => title.startsWith('RING SKIPPED')));
    const passed = results.numPassedTests;
    // A file that does not load has no failed tests; it counts as one.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (results.runExecError ? 1 : 0);
    const skipped = results.numPendingTests + results.numTodoTests;
    writeCounts(passed, failed, skipped);
    // jest prints its own summary after all reporters, so this line waits for the exit.
    process.once('exit', () => {
      const lines = [...reasons, `SEED=${process.env.SEED}`, `${passed} passed, ${failed} failed, ${skipped} skipped`];
      process.stdout.write(`\n${lines.join('\n\n')}\n`);
    });
  }
}

function writeCounts(...numbers) {
  const counts = process.env.VIPC_COUNTS;
  if (counts) writeFileSync(counts, `${numbers.join(' ')}\n`);
}
