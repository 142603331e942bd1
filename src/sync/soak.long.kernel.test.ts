/**
 * Over a minute of a daemon under churn and vandalism: no change is missed, drift is repaired, memory does not grow,
 * and it is healthy all the time. bench/soak.ts is the long form.
 */
import { beforeAll, expect, it } from '@jest/globals';
import { describeInKernel } from '../testing/machine/rings.js';
import { type Soak, soak } from '../testing/node/soak.js';

const describeKernel = await describeInKernel();

const SECONDS = 75;

describeKernel(`${SECONDS} seconds of churn and vandalism`, () => {
  let done: Soak;

  beforeAll(async () => {
    done = await soak({
      seconds: SECONDS,
      warmUpSeconds: 40,
      services: 60,
      namespaces: 5,
      changesPerSecond: 100,
      vandalSeconds: 2,
    });
  });

  it('had much to do', () => {
    expect(done.changes).toBeGreaterThan(SECONDS * 20);
    expect(done.acts).toBeGreaterThan(SECONDS / 10);
    expect(done.syncs).toBeGreaterThan(SECONDS / 8);
  });

  it('misses no change', () => expect(done.difference).toEqual([]));

  it('reports the changes by other programs', () => expect(done.drift).toBeGreaterThan(done.acts / 10));

  it('is healthy all the time', () => expect(done.healthz).toEqual({ 200: expect.any(Number) }));

  // In so short a time the moods of the collector weigh more than a small leak; the long form shows that.
  it('does not grow', () => expect(done.rss.last).toBeLessThan(done.rss.first * 1.25));
});
