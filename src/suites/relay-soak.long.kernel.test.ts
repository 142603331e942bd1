/** Some seconds of churn and vandalism with open connections; `npm run bench:relay-soak` is the long form. */
import { expect, it } from '@jest/globals';
import { newName } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { relaySoak } from '../testing/node/relay-soak.js';

const describeKernel = await describeInKernel();

describeKernel('churn', () => {
  it('loses no open connection, and no descriptor', async () => {
    const done = await relaySoak({ seconds: 8, connections: 100, name: newName() });
    expect(done.asked).toBeGreaterThan(3);
    expect(done.acts).toBeGreaterThan(0);
    expect(done.missing).toBe(0);
    // The other Services' listeners come and go.
    expect(done.descriptors[1]).toBeLessThanOrEqual(done.descriptors[0] + 8);
  });
});
