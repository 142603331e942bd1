/**
 * vipc verify against IPVS: packets are sent through mutations of the state of ipvs mode, as in verify.kernel.test.ts.
 */
import { expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases } from '../testing/cases/cases.js';
import { compiledState } from '../testing/cases/compiled.js';
import { withGuestNetns } from '../testing/machine/guest.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { makeNode } from '../testing/network/sent/answers.js';
import { loadState } from '../testing/node/load-state.js';
import { often } from '../testing/run/extent.js';
import { NONE, plus, type Sent, sendMutants } from '../testing/verify/sent.js';
import { ipvsSubject } from '../testing/verify/subject.js';
import { spread, tries } from '../testing/verify/tries.js';

const describeGuest = await describeInGuest();

const { count: MUTATIONS, seed, isTold } = tries(often(4, 8));

describeGuest('mutations of the state of ipvs mode, and packets', () => {
  it('that are treated otherwise are found, and what is found shows in packets', async () => {
    const cases = spread(conformanceCases(), often(1, 2), seed);
    const each = Math.ceil(MUTATIONS / cases.length);
    let sum: Sent = NONE;
    for (const [i, found] of cases.entries()) {
      const family = FAMILIES[(seed + i) % 4 === 3 ? 1 : 0];
      const sent = await withGuestNetns(async (host) => {
        await makeNode(host);
        await loadState(host, compiledState(found), 'nft');
        return sendMutants(host, ipvsSubject(found, family ?? 'ipv4'), each, seed + i * 7919);
      });
      sum = plus(sum, sent);
    }
    const { wrong, ...figures } = sum;
    if (isTold) console.log(JSON.stringify(figures));
    expect(wrong).toEqual([]);
    expect(figures.mutations).toBeGreaterThan(0);
  });
});
