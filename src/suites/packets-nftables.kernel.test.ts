/**
 * nftables mode with packets: the compiled file of each layout, loaded by nft, serves clients, or rejects them, as in
 * iptables mode. Exceptions, as in kube-proxy: no node ports on loopback, and a cluster IP rejects other ports.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compile, textOf } from '../pipeline.js';
import { agentHost } from '../testing/machine/agent.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { itDropsAndKeeps } from '../testing/network/packet-tests.js';
import { answers, type From, NODE_SEEN, packetsInput } from '../testing/network/packets.js';
import { type Connect, connect, makeTopology, type Topology } from '../testing/network/topology.js';
import { sample } from '../testing/run/extent.js';
import { render } from '../text.js';

const describeKernel = await describeInKernel();

/** Each layout, and the layout that is on the node before it: the files replace each other in one transaction. */
const LAYOUTS = [
  ['kube-proxy', 'fast'],
  ['fast', 'kube-proxy'],
] as const;

const ALSO_REFUSED: readonly [string, From, Connect][] = [
  ['another port of a ClusterIP', 'client', { to: '10.96.0.1', port: 81 }],
  ['another port of a ClusterIP, IPv6', 'node', { to: 'fd00:10:96::1', port: 81 }],
];

function rulesOf(layout: string): string {
  const { sources, options } = packetsInput();
  const { value, diagnostics } = compile(sources, { ...options, mode: 'nftables' }, { layout });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return value.flatMap((artifact) => (artifact.name === 'nftables.rules' ? [render(textOf(artifact))] : [])).join('');
}

describeKernel('packets through nftables', () => {
  describe.each(sample(LAYOUTS, 2, 'nftables packets'))('layout %s', (layout, before) => {
    let topology: Topology;

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      for (const each of [before, layout])
        succeeded(await topology.node.run(['nft', '-f', '-'], rulesOf(each)), `nft, ${each}`);
      // By default the kernel limits the rate of ICMP errors, and many rejections would go unanswered.
      const unlimited = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
      succeeded(await topology.node.run(['sysctl', '-q', ...unlimited]), 'sysctl');
    });

    afterAll(() => topology?.remove());

    const reached = REACHED.filter(([what]) => !what.startsWith('NodePort on loopback'));

    it.each(sample(reached, 12, layout))('%s, from %s: reached', async (...row) => {
      expect(await answers(topology, row)).toEqual(row[3]);
    });

    it('load-balancer IP, from client: every endpoint has its share', async () => {
      const seen = await connect(topology.client, { to: '203.0.113.1', port: 80, count: 300 });
      for (const answer of NODE_SEEN) expect(seen.filter((each) => each === answer).length).toBeGreaterThan(50);
    });

    it.each(sample([...REFUSED, ...ALSO_REFUSED], 4, layout))('%s, from %s: refused at once', async (_, from, to) => {
      expect(await connect(topology[from], { ...to, count: 3 })).toEqual(['refused', 'refused', 'refused']);
    });

    itDropsAndKeeps(() => topology);
  });
});
