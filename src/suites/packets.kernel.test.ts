/**
 * iptables mode with packets: the rules left by `vipc apply` serve clients, or reject them, as expected.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentHost } from '../testing/machine/agent.js';
import { NODES } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { itDropsAndKeeps } from '../testing/network/packet-tests.js';
import { answers, packetsInput } from '../testing/network/packets.js';
import { connect, makeTopology, resent, type Topology } from '../testing/network/topology.js';
import { applyTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

describeKernel('packets through iptables', () => {
  describe.each(sample(NODES, 1, 'packets', 3))('$variant, layout $layout', ({ variant, layout }) => {
    let topology: Topology;

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      const { sources, options } = packetsInput();
      const { diagnostics, rest } = await applyTo(
        { ...(await liveNode(topology.node, variant)), layout },
        sources,
        options,
      );
      expect([...diagnostics, ...rest.steps]).toEqual([]);
      // By default the kernel limits the rate of ICMP errors, and many rejections would go unanswered.
      const unlimited = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
      succeeded(await topology.node.run(['sysctl', '-q', ...unlimited]), 'sysctl');
    });

    afterAll(() => topology?.remove());

    it.each(sample(REACHED, 15, `${variant} ${layout}`))('%s, from %s: reached', async (...row) => {
      expect(await answers(topology, row)).toEqual(row[3]);
    });

    it.each(sample(REFUSED, 5, `${variant} ${layout}`))(
      'no endpoints: %s, from %s: refused at once',
      async (_, from, to) => {
        const before = await resent(topology[from]);
        expect(await connect(topology[from], { ...to, count: 3 })).toEqual(['refused', 'refused', 'refused']);
        expect(await resent(topology[from])).toBe(before);
      },
    );

    itDropsAndKeeps(() => topology);
  });
});
