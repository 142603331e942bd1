/**
 * vipc verify against the kernel: packets are sent through mutations of kube-proxy's rules. Where packets are treated
 * otherwise, verify finds it; what verify reports, packets show.
 */
import { expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { makeNode } from '../testing/network/sent/answers.js';
import { ALL } from '../testing/run/extent.js';
import { NONE, plus, type Sent, sendMutants } from '../testing/verify/sent.js';
import { iptablesSubjects } from '../testing/verify/subject.js';
import { spread, tries } from '../testing/verify/tries.js';

const describeKernel = await describeInKernel();

const { count: MUTATIONS, seed, isTold } = tries(ALL ? 120 : 25);

describeKernel('mutations of rules, and packets', () => {
  it('that are treated otherwise are found, and what is found shows in packets', async () => {
    // Mutations of one subject are sent by one program.
    const of = Math.ceil(MUTATIONS / 10 / FAMILIES.length);
    const subjects = FAMILIES.flatMap((family) => spread(iptablesSubjects(family), of, seed));
    const each = Math.ceil(MUTATIONS / subjects.length);
    let sum: Sent = NONE;
    for (const [i, subject] of subjects.entries()) {
      const sent = await withNetns(async (host) => {
        await makeNode(host);
        return sendMutants(host, subject, each, seed + i * 7919);
      });
      sum = plus(sum, sent);
    }
    const { wrong, ...figures } = sum;
    if (isTold) console.log(JSON.stringify(figures));
    expect(wrong).toEqual([]);
    // Guards against a test without effect.
    expect(figures.changed).toBeGreaterThan(figures.mutations * 0.04);
    expect(figures.confirmed).toBeGreaterThan(figures.found * 0.5);
  });
});
