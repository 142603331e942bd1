/**
 * iptables mode with packets: the rules left by `vipc apply` serve clients, or reject them, as expected.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentHost } from '../testing/machine/agent.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import {
  answers,
  type From,
  NODE_SEEN,
  POD1_SEEN,
  packetsInput,
  type Row,
  SCTP_ROWS,
} from '../testing/network/packets.js';
import { type Connect, connect, hasSctp, makeTopology, resent, type Topology } from '../testing/network/topology.js';
import { applyTo, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const withSctp = await hasSctp(agentHost());

const NODE_SEEN_V6 = [
  'fd00:10:244:1::5 fd00:10:244:1::1',
  'fd00:10:244:1::6 fd00:10:244:1::1',
  'fd00:10:244:2::6 fd00:7::2',
];
const POD1_SEEN_V6 = [
  'fd00:10:244:1::5 fd00:10:244:1::1',
  'fd00:10:244:1::6 fd00:10:244:1::5',
  'fd00:10:244:2::6 fd00:10:244:1::5',
];
/** The answers of Services with two endpoints. */
const TWO_SEE_NODE = ['10.244.1.5 10.244.1.1', '10.244.2.6 192.168.7.2'];
const LOCAL_SEE_CLIENT = ['10.244.1.5 192.168.7.100', '10.244.1.6 192.168.7.100'];
const LOCAL_SEE_CLIENT_V6 = ['fd00:10:244:1::5 fd00:7::100', 'fd00:10:244:1::6 fd00:7::100'];

const REACHED: readonly Row[] = [
  ['ClusterIP', 'client', { to: '10.96.0.1', port: 80 }, NODE_SEEN],
  ['ClusterIP', 'pod1', { to: '10.96.0.1', port: 80 }, POD1_SEEN],
  ['ClusterIP', 'node', { to: '10.96.0.1', port: 80 }, NODE_SEEN],
  ['ClusterIP, UDP', 'client', { to: '10.96.0.1', port: 80, protocol: 'udp' }, NODE_SEEN],
  ['ClusterIP, UDP', 'pod1', { to: '10.96.0.1', port: 80, protocol: 'udp' }, POD1_SEEN],
  ['ClusterIP, IPv6', 'client', { to: 'fd00:10:96::1', port: 80 }, NODE_SEEN_V6],
  ['ClusterIP, IPv6', 'pod1', { to: 'fd00:10:96::1', port: 80 }, POD1_SEEN_V6],
  ['ClusterIP, IPv6', 'node', { to: 'fd00:10:96::1', port: 80 }, NODE_SEEN_V6],
  ['ClusterIP, IPv6, UDP', 'client', { to: 'fd00:10:96::1', port: 80, protocol: 'udp' }, NODE_SEEN_V6],
  ['NodePort', 'client', { to: '192.168.7.2', port: 30080 }, NODE_SEEN],
  ['NodePort', 'pod1', { to: '192.168.7.2', port: 30080 }, NODE_SEEN],
  ['NodePort', 'node', { to: '192.168.7.2', port: 30080 }, NODE_SEEN],
  ['NodePort, UDP', 'client', { to: '192.168.7.2', port: 30081, protocol: 'udp' }, NODE_SEEN],
  ['NodePort, IPv6', 'client', { to: 'fd00:7::2', port: 30080 }, NODE_SEEN_V6],
  ['NodePort, IPv6, UDP', 'client', { to: 'fd00:7::2', port: 30081, protocol: 'udp' }, NODE_SEEN_V6],
  ['NodePort on loopback', 'node', { to: '127.0.0.1', port: 30080 }, NODE_SEEN],
  ['NodePort on loopback, UDP', 'node', { to: '127.0.0.1', port: 30081, protocol: 'udp' }, NODE_SEEN],
  ['load-balancer IP', 'client', { to: '203.0.113.1', port: 80 }, NODE_SEEN],
  ['load-balancer IP', 'pod1', { to: '203.0.113.1', port: 80 }, NODE_SEEN],
  ['load-balancer IP', 'node', { to: '203.0.113.1', port: 80 }, NODE_SEEN],
  ['external IP', 'client', { to: '198.51.100.7', port: 80 }, NODE_SEEN],
  ['external IP', 'node', { to: '198.51.100.7', port: 80 }, NODE_SEEN],
  ['external IP, UDP', 'client', { to: '198.51.100.7', port: 80, protocol: 'udp' }, NODE_SEEN],
  ['itself, by way of its Service', 'pod1', { to: '10.96.0.8', port: 80 }, ['10.244.1.5 10.244.1.1']],
  ['in the source ranges', 'client', { to: '203.0.113.3', port: 80 }, TWO_SEE_NODE],
  ['in the source ranges', 'node', { to: '203.0.113.11', port: 80 }, TWO_SEE_NODE],
  [
    'in the source ranges, IPv6',
    'client',
    { to: '2001:db8::11', port: 80 },
    ['fd00:10:244:1::5 fd00:10:244:1::1', 'fd00:10:244:2::6 fd00:7::2'],
  ],
  ['source ranges are not for node ports', 'client', { to: '192.168.7.2', port: 30084 }, TWO_SEE_NODE],
  ['source ranges are not for ClusterIPs', 'client', { to: '10.96.0.4', port: 80 }, TWO_SEE_NODE],
  ['external policy Local, load-balancer IP', 'client', { to: '203.0.113.5', port: 80 }, LOCAL_SEE_CLIENT],
  ['external policy Local, load-balancer IP', 'pod1', { to: '203.0.113.5', port: 80 }, POD1_SEEN],
  ['external policy Local, load-balancer IP', 'node', { to: '203.0.113.5', port: 80 }, NODE_SEEN],
  ['external policy Local, node port', 'client', { to: '192.168.7.2', port: 30085 }, LOCAL_SEE_CLIENT],
  ['external policy Local, node port', 'node', { to: '192.168.7.2', port: 30085 }, NODE_SEEN],
  ['external policy Local, ClusterIP', 'client', { to: '10.96.0.5', port: 80 }, NODE_SEEN],
  ['external policy Local, IPv6', 'client', { to: '2001:db8::12', port: 80 }, LOCAL_SEE_CLIENT_V6],
  ['external policy Local, IPv6', 'client', { to: 'fd00:7::2', port: 30092 }, LOCAL_SEE_CLIENT_V6],
  ['external policy Local, IPv6', 'pod1', { to: '2001:db8::12', port: 80 }, POD1_SEEN_V6],
  ['external policy Local, none here', 'pod1', { to: '203.0.113.6', port: 80 }, ['10.244.2.6 10.244.1.5']],
  ['external policy Local, none here', 'node', { to: '203.0.113.6', port: 80 }, ['10.244.2.6 192.168.7.2']],
  ['internal policy Local', 'client', { to: '10.96.0.9', port: 80 }, ['10.244.1.5 10.244.1.1']],
  ['internal policy Local', 'node', { to: '10.96.0.9', port: 80 }, ['10.244.1.5 10.244.1.1']],
];

const REFUSED: readonly [string, From, Connect][] = [
  ['ClusterIP', 'client', { to: '10.96.0.7', port: 80 }],
  ['ClusterIP', 'pod1', { to: '10.96.0.7', port: 80 }],
  ['ClusterIP', 'node', { to: '10.96.0.7', port: 80 }],
  ['ClusterIP, UDP', 'client', { to: '10.96.0.7', port: 80, protocol: 'udp' }],
  ['ClusterIP, IPv6', 'client', { to: 'fd00:10:96::d', port: 80 }],
  ['ClusterIP, IPv6', 'node', { to: 'fd00:10:96::d', port: 80 }],
  ['load-balancer IP', 'client', { to: '203.0.113.7', port: 80 }],
  ['load-balancer IP', 'pod1', { to: '203.0.113.7', port: 80 }],
  ['node port', 'client', { to: '192.168.7.2', port: 30087 }],
  ['node port, UDP', 'client', { to: '192.168.7.2', port: 30088, protocol: 'udp' }],
  ['node port, IPv6', 'client', { to: 'fd00:7::2', port: 30093 }],
];

const DROPPED: readonly [string, From, Connect][] = [
  ['outside of the source ranges', 'client', { to: '203.0.113.4', port: 80 }],
  ['outside of the source ranges', 'node', { to: '203.0.113.3', port: 80 }],
  ['outside of the source ranges', 'pod1', { to: '203.0.113.11', port: 80 }],
  ['outside of the source ranges, IPv6', 'node', { to: '2001:db8::11', port: 80 }],
  ['external policy Local, none here', 'client', { to: '203.0.113.6', port: 80 }],
  ['external policy Local, none here', 'client', { to: '192.168.7.2', port: 30086 }],
  ['internal policy Local, none here', 'client', { to: '10.96.0.10', port: 80 }],
  ['internal policy Local, none here', 'pod1', { to: '10.96.0.10', port: 80 }],
  ['internal policy Local, none here', 'node', { to: '10.96.0.10', port: 80 }],
];

describeKernel('packets through iptables', () => {
  describe.each(sample(VARIANTS, 1, 'packets'))('%s', (variant) => {
    let topology: Topology;

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      const { sources, options } = packetsInput();
      const { diagnostics, rest } = await applyTo(await liveNode(topology.node, variant), sources, options);
      expect([...diagnostics, ...rest.steps]).toEqual([]);
      // By default the kernel limits the rate of ICMP errors, and many rejections would go unanswered.
      const unlimited = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
      succeeded(await topology.node.run(['sysctl', '-q', ...unlimited]), 'sysctl');
    });

    afterAll(() => topology?.remove());

    it.each(sample(REACHED, 15, variant))('%s, from %s: reached', async (...row) => {
      expect(await answers(topology, row)).toEqual(row[3]);
    });

    it.each(sample(REFUSED, 5, variant))('no endpoints: %s, from %s: refused at once', async (_, from, to) => {
      const before = await resent(topology[from]);
      expect(await connect(topology[from], { ...to, count: 3 })).toEqual(['refused', 'refused', 'refused']);
      expect(await resent(topology[from])).toBe(before);
    });

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
