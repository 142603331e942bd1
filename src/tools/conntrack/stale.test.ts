import { describe, expect, it } from '@jest/globals';
import { hasUdp, servedFlows } from '../../backends/served.js';
import { assume } from '../../diff/assume.js';
import { plan } from '../../diff/plan.js';
import { type Compiled, compileState } from '../../pipeline.js';
import { SMALL_OPTIONS, type SmallService, smallCluster } from '../../testing/cases/small-cluster.js';
import type { ObservedState } from '../tools.js';
import type { Flow } from './flows.js';
import { staleFlows } from './stale.js';

const address = (ip: string, family: 'ipv4' | 'ipv6') => ({ ip, prefix: 24, family, scope: 'global' });

const EMPTY: ObservedState = {
  iptables: [
    { family: 'ipv4', tables: [] },
    { family: 'ipv6', tables: [] },
  ],
  addresses: [{ name: 'eth0', addresses: [address('192.168.7.2', 'ipv4'), address('fd00:7::2', 'ipv6')] }],
};

function compiled(services: readonly SmallService[]): Compiled {
  const { value } = compileState(smallCluster(services), SMALL_OPTIONS, {});
  if (!value) throw new Error('the small cluster does not compile');
  return value;
}

/** A flow to an address and port that the endpoint `back` answers. */
function flow(to: string, port: number, back: string, backPort = 8080): Flow {
  const source = to.includes(':') ? 'fd00:7::100' : '192.168.7.100';
  const sent = { source, sourcePort: 40000, destination: to, destinationPort: port };
  return { protocol: 'udp', ...sent, replySource: back, replySourcePort: backPort };
}

const POD1 = '10.244.1.5';
const POD1_V6 = 'fd00:10:244:1::5';
const REMOTE = '10.244.2.6';
const REMOTE_V6 = 'fd00:10:244:2::6';

const web = (service: Partial<SmallService>): SmallService => ({ name: 'web', number: 1, ...service });
const BOTH = web({ ready: ['pod1', 'remote'] });
const ONE = web({ ready: ['pod1'] });
const LEAVING = web({ ready: ['pod1'], terminating: ['remote'] });
const NONE = web({});

const ROWS: readonly [string, readonly SmallService[], readonly SmallService[], Flow, boolean][] = [
  ['ClusterIP: its endpoint stays', [BOTH], [ONE], flow('10.96.1.1', 80, POD1), false],
  ['ClusterIP: its endpoint goes', [BOTH], [ONE], flow('10.96.1.1', 80, REMOTE), true],
  ['ClusterIP: another port of an endpoint', [BOTH], [ONE], flow('10.96.1.1', 80, POD1, 8081), true],
  ['ClusterIP, IPv6: its endpoint stays', [BOTH], [ONE], flow('fd00:10:96::101', 80, POD1_V6), false],
  ['ClusterIP, IPv6: its endpoint goes', [BOTH], [ONE], flow('fd00:10:96::101', 80, REMOTE_V6), true],
  ['load-balancer IP: its endpoint goes', [BOTH], [ONE], flow('203.0.113.1', 80, REMOTE), true],
  ['node port: its endpoint stays', [BOTH], [ONE], flow('192.168.7.2', 31003, POD1), false],
  ['node port: its endpoint goes', [BOTH], [ONE], flow('192.168.7.2', 31003, REMOTE), true],
  ['node port, IPv6: its endpoint stays', [BOTH], [ONE], flow('fd00:7::2', 31003, POD1_V6), false],
  ['node port, IPv6: its endpoint goes', [BOTH], [ONE], flow('fd00:7::2', 31003, REMOTE_V6), true],
  ['the same port of another host', [BOTH], [ONE], flow('192.168.7.3', 31003, REMOTE), false],
  ['on its way out, still serving', [BOTH], [LEAVING], flow('10.96.1.1', 80, REMOTE), false],
  ['nothing changes, but it is stale', [ONE], [ONE], flow('10.96.1.1', 80, REMOTE), true],
  ['all go', [BOTH], [NONE], flow('10.96.1.1', 80, POD1), true],
  ['none before', [NONE], [ONE], flow('10.96.1.1', 80, '10.96.1.1', 80), true],
  ['the Service comes', [], [ONE], flow('192.168.7.2', 31003, '192.168.7.2', 31003), true],
  ['the Service goes: ClusterIP', [BOTH], [], flow('10.96.1.1', 80, POD1), true],
  ['the Service goes: IPv6', [BOTH], [], flow('fd00:10:96::101', 80, POD1_V6), true],
  ['the Service goes: node port', [BOTH], [], flow('192.168.7.2', 31003, POD1), true],
  ['the Service goes: node port, IPv6', [BOTH], [], flow('fd00:7::2', 31003, POD1_V6), true],
  ['the Service goes: the port of another host', [BOTH], [], flow('192.168.7.3', 31003, POD1), false],
  ['TCP', [BOTH], [ONE], { ...flow('10.96.1.1', 80, REMOTE), protocol: 'tcp' }, false],
  ['to a pod', [BOTH], [ONE], flow(REMOTE, 8080, REMOTE), false],
  ['another port of a virtual IP', [BOTH], [ONE], flow('10.96.1.1', 53, '10.96.1.1', 53), false],
  ['TCP only by that number', [BOTH], [ONE], flow('192.168.7.2', 31002, '192.168.7.2', 31002), false],
  ['no Service at all', [], [], flow('10.96.1.1', 80, POD1), false],
];

describe('staleFlows', () => {
  it.each(ROWS)('%s', (_, before, after, each, stale) => {
    const there = assume(EMPTY, compiled(before).desired);
    const { desired, resolved } = compiled(after);
    const { differences } = plan(there, desired, { chainsPerCommit: 1000, excludeCIDRs: [] });
    expect(staleFlows([each], servedFlows(resolved, there, differences))).toEqual(stale ? [each] : []);
  });
});

it('a relay answers from a port of the node; flows to endpoints themselves are those of another mode', () => {
  const { value } = compileState(smallCluster([BOTH]), { ...SMALL_OPTIONS, mode: 'userspace' }, {});
  const listener = value?.desired.relay?.find(({ protocol, address: at }) => protocol === 'udp' && at === '0.0.0.0');
  if (!value || !listener) throw new Error('it has no listener');
  const { differences } = plan(EMPTY, value.desired, { chainsPerCommit: 1000, excludeCIDRs: [] });
  const served = servedFlows(value.resolved, EMPTY, differences, value.desired);
  const relayed = flow('10.96.1.1', 80, '192.168.7.2', listener.port);
  const direct = flow('10.96.1.1', 80, POD1);
  expect(staleFlows([relayed, direct], served)).toEqual([direct]);
});

describe('hasUdp', () => {
  it.each([
    ['no Service', [], false],
    ['TCP and UDP', [ONE], true],
    ['TCP', [web({ spec: { ports: [{ port: 80 }] } })], false],
  ])('%s', (_, services, expected) => expect(hasUdp(compiled(services).resolved)).toBe(expected));
});
