// A jest reporter that ends a run with one plain line, `N passed, N failed, N skipped`, preceded by why a ring was
// skipped. With VIPC_COUNTS set it also leaves the three numbers in that file, for scripts/test.sh to add up.
import { writeFileSync } from 'node:fs';

export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const reasons = new Set(tests.map(({ title }) => title).filter((title) => title.startsWith('RING SKIPPED')));
    const passed = results.numPassedTests;
    // A file that does not load has no tests to fail; it counts as one.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (results.runExecError ? 1 : 0);
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = process.env.VIPC_COUNTS;
    if (counts) writeFileSync(counts, `${passed} ${failed} ${skipped}\n`);
    // jest's own summary always comes after all reporters, hence the wait for the very end.
    process.once('exit', () => {
      const lines = [...reasons, `${passed} passed, ${failed} failed, ${skipped} skipped`];
      process.stdout.write(`\n${lines.join('\n\n')}\n`);
    });
  }
}
