/**
 * Rings: which tests can run here. The pure ring runs anywhere; the kernel ring needs Linux, root, network namespaces and
 * both variants of iptables. Where it cannot run it says why and counts as skipped; in CI, or with VIPC_RINGS=all, that
 * is a failure.
 */
import { describe, it } from '@jest/globals';
import { kernelRingProblem } from './probe.js';

/** describe() for the tests of the kernel ring: itself where they can run, else describe.skip with a loud reason. */
export async function describeInKernel(): Promise<typeof describe.skip> {
  const reason = await kernelRingProblem();
  if (reason === undefined) return describe;
  process.stderr.write(`\nKERNEL RING CANNOT RUN: ${reason}\n`);
  const required = !['', 'false', undefined].includes(process.env.CI) || process.env.VIPC_RINGS === 'all';
  if (required) {
    it('the kernel ring can run', () => {
      throw new Error(reason);
    });
  } else it.skip(`RING SKIPPED: kernel: ${reason}`, () => {});
  return describe.skip;
}
