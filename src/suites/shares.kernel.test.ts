/**
 * Shares: in iptables mode every endpoint gets its share of the connections.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentHost } from '../testing/machine/agent.js';
import { NODES } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { type From, packetsInput } from '../testing/network/packets.js';
import { type Connect, connect, makeTopology, type Topology, tally } from '../testing/network/topology.js';
import { applyTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

/**
 * The limit that the chi-squared statistic of fair shares exceeds once in a million runs, by the number of endpoints.
 * If each rule's probability is off by one endpoint, 1/(n + 1) instead of 1/n, the statistic is about CONNECTIONS / 10;
 * other mistakes make it larger.
 */
const LIMITS: Readonly<Record<number, number>> = { 3: 27.63, 6: 35.89 };
const CONNECTIONS = 3000;

const SHARES: readonly [string, From, Connect, number][] = [
  ['three', 'client', { to: '10.96.0.1', port: 80 }, 3],
  ['three, node port', 'client', { to: '192.168.7.2', port: 30080 }, 3],
  ['three, UDP', 'pod1', { to: '10.96.0.1', port: 80, protocol: 'udp' }, 3],
  ['three, IPv6', 'client', { to: 'fd00:10:96::1', port: 80 }, 3],
  ['six', 'client', { to: '10.96.0.14', port: 80 }, 6],
  ['six', 'node', { to: '10.96.0.14', port: 80 }, 6],
  ['six, IPv6', 'pod1', { to: 'fd00:10:96::e', port: 80 }, 6],
];

function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('chiSquared', () => {
  it.each([
    ['fair', [10, 10, 10], 0],
    ['a bit off', [12, 8], 0.8],
    // 1/4, then 1/3 of the rest, and the remainder.
    ['off by one endpoint', [CONNECTIONS / 4, CONNECTIONS / 4, CONNECTIONS / 2], CONNECTIONS / 8],
  ])('%s', (_, counts, expected) => expect(chiSquared(counts)).toBeCloseTo(expected));
});

describeKernel('shares', () => {
  describe.each(sample(NODES, 1, 'shares', 2))('$variant, layout $layout', ({ variant, layout }) => {
    let topology: Topology;

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      const { sources, options } = packetsInput();
      await applyTo({ ...(await liveNode(topology.node, variant)), layout }, sources, options);
    });

    afterAll(() => topology?.remove());

    it.each(sample(SHARES, 3, `${variant} ${layout}`))('%s endpoints, from %s', async (_, from, to, endpoints) => {
      const servers = (await connect(topology[from], { ...to, count: CONNECTIONS })).map(
        (answer) => answer.split(' ')[0],
      );
      const counts = Object.values(tally(servers.map(String)));
      expect(counts).toHaveLength(endpoints);
      expect(chiSquared(counts)).toBeLessThan(LIMITS[endpoints] ?? 0);
    });
  });
});
