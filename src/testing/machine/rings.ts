/**
 * Rings: which tests can run here. The pure ring runs anywhere; the kernel ring needs Linux, root, network namespaces
 * and both variants of iptables; the guest ring boots its own kernel and needs QEMU; the browser ring needs Chromium. A
 * ring that cannot run says why and counts as skipped; in CI, or with VIPC_RINGS=all, that is a failure.
 */
import { describe, it } from '@jest/globals';
import { browserRingProblem } from './browser.js';
import { guestRingProblem } from './guest.js';
import { kernelRingProblem } from './probe.js';

/**
 * describe() for tests of the kernel ring: the real one where they can run, else describe.skip with a printed reason.
 */
export async function describeInKernel(): Promise<typeof describe.skip> {
  return describeUnless('kernel', await kernelRingProblem());
}

/** The same for tests of the guest ring. */
export async function describeInGuest(): Promise<typeof describe.skip> {
  return describeUnless('guest', await guestRingProblem());
}

/** The same for tests of the browser ring. */
export function describeInBrowser(): typeof describe.skip {
  return describeUnless('browser', browserRingProblem());
}

function describeUnless(ring: string, reason: string | undefined): typeof describe.skip {
  if (reason === undefined) return describe;
  process.stderr.write(`\n${ring.toUpperCase()} RING CANNOT RUN: ${reason}\n`);
  const required = !['', 'false', undefined].includes(process.env.CI) || process.env.VIPC_RINGS === 'all';
  if (required) {
    it(`the ${ring} ring can run`, () => {
      throw new Error(reason);
    });
  } else it.skip(`RING SKIPPED: ${ring}: ${reason.split('\n')[0]}`, () => {});
  return describe.skip;
}
