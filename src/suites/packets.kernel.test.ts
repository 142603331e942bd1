/**
 * iptables mode with packets: the rules left by `vipc apply` serve clients, or reject them, as expected.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentHost } from '../testing/machine/agent.js';
import { NODES } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { DROPPED, REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { answers, packetsInput, SCTP_ROWS } from '../testing/network/packets.js';
import { connect, hasSctp, makeTopology, resent, type Topology } from '../testing/network/topology.js';
import { applyTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const withSctp = await hasSctp(agentHost());

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

    it('dropped: no answer at all', async () => {
      const seen = await Promise.all(
        DROPPED.map(async ([what, from, to]) => [what, from, await connect(topology[from], { ...to, seconds: 2 })]),
      );
      expect(seen).toEqual(DROPPED.map(([what, from]) => [what, from, ['timeout']]));
    });

    it.each(['client', 'pod1', 'node'] as const)('affinity keeps %s on one endpoint', async (from) => {
      const first = await connect(topology[from], { to: '10.96.0.2', port: 80 });
      const then = await connect(topology[from], { to: '10.96.0.2', port: 80, count: 40 });
      expect(new Set(then)).toEqual(new Set(first));
    });

    // A kernel without SCTP is covered by the guest ring: packets-sctp.guest.test.ts.
    if (withSctp)
      it.each(SCTP_ROWS)('SCTP: %s, from %s: reached', async (...row) => {
        expect(await answers(topology, row)).toEqual(row[3]);
      });
  });
});
