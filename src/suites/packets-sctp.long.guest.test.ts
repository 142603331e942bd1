/**
 * iptables mode with SCTP: like packets.kernel.test.ts, on a kernel that certainly supports it.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guestHost } from '../testing/machine/guest.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { answers, packetsInput, SCTP_ROWS } from '../testing/network/packets.js';
import { makeTopology, type Topology } from '../testing/network/topology.js';
import { applyTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

describeGuest('SCTP through iptables', () => {
  describe.each(sample(VARIANTS, 1, 'sctp'))('%s', (variant) => {
    let topology: Topology;

    beforeAll(async () => {
      topology = await makeTopology(guestHost());
      const { sources, options } = packetsInput();
      await applyTo(await liveNode(topology.node, variant), sources, options);
    });

    afterAll(() => topology?.remove());

    it.each(SCTP_ROWS)('%s, from %s: reached', async (...row) => {
      expect(await answers(topology, row)).toEqual(row[3]);
    });
  });
});
