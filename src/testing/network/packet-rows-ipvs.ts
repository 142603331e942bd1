/**
 * Packet rows of ipvs mode: as packet-rows.ts, seen with packets in the guest ring.
 */
import type { From } from './packets.js';
import type { Connect } from './topology.js';

type Expected = Readonly<Record<string, number>>;

/** Endpoints, as the client knows them by their answers: who it was, and whose address it saw. */
const THREE_MASQUERADED: Expected = {
  '10.244.1.5 10.244.1.1': 1,
  '10.244.1.6 10.244.1.1': 1,
  '10.244.2.6 192.168.7.2': 1,
};
const THREE_MASQUERADED_V6: Expected = {
  'fd00:10:244:1::5 fd00:10:244:1::1': 1,
  'fd00:10:244:1::6 fd00:10:244:1::1': 1,
  'fd00:10:244:2::6 fd00:7::2': 1,
};
/** A pod's own address is kept, but to itself it would look like no answer to what it asked. */
const THREE_FROM_POD1: Expected = {
  '10.244.1.5 10.244.1.1': 1,
  '10.244.1.6 10.244.1.5': 1,
  '10.244.2.6 10.244.1.5': 1,
};

export const ROUND_ROBIN: readonly [string, From, Connect, Expected][] = [
  ['ClusterIP', 'client', { to: '10.96.0.1', port: 80 }, THREE_MASQUERADED],
  ['ClusterIP', 'pod1', { to: '10.96.0.1', port: 80 }, THREE_FROM_POD1],
  ['ClusterIP', 'node', { to: '10.96.0.1', port: 80 }, THREE_MASQUERADED],
  ['ClusterIP, UDP', 'pod1', { to: '10.96.0.1', port: 80, protocol: 'udp' }, THREE_FROM_POD1],
  ['ClusterIP, SCTP', 'client', { to: '10.96.0.1', port: 80, protocol: 'sctp' }, THREE_MASQUERADED],
  ['ClusterIP, IPv6', 'client', { to: 'fd00:10:96::1', port: 80 }, THREE_MASQUERADED_V6],
  ['NodePort', 'client', { to: '192.168.7.2', port: 30080 }, THREE_MASQUERADED],
  ['NodePort', 'node', { to: '192.168.7.2', port: 30080 }, THREE_MASQUERADED],
  ['NodePort, UDP', 'client', { to: '192.168.7.2', port: 30081, protocol: 'udp' }, THREE_MASQUERADED],
  ['NodePort, SCTP', 'client', { to: '192.168.7.2', port: 30082, protocol: 'sctp' }, THREE_MASQUERADED],
  ['NodePort, IPv6', 'client', { to: 'fd00:7::2', port: 30080 }, THREE_MASQUERADED_V6],
  ['load-balancer IP', 'client', { to: '203.0.113.1', port: 80 }, THREE_MASQUERADED],
  ['load-balancer IP', 'node', { to: '203.0.113.1', port: 80 }, THREE_MASQUERADED],
  ['external IP', 'client', { to: '198.51.100.7', port: 80 }, THREE_MASQUERADED],
];

export const OTHERS: readonly [string, From, Connect, readonly string[]][] = [
  ['itself, by way of its Service', 'pod1', { to: '10.96.0.8', port: 80 }, ['10.244.1.5 10.244.1.1']],
  ['no endpoints', 'client', { to: '10.96.0.7', port: 80 }, ['refused']],
  ['no endpoints', 'pod1', { to: '203.0.113.7', port: 80 }, ['refused']],
  ['no endpoints', 'client', { to: '192.168.7.2', port: 30087 }, ['refused']],
  ['no endpoints, UDP', 'client', { to: '10.96.0.7', port: 80, protocol: 'udp' }, ['refused']],
  ['another port of a virtual IP', 'client', { to: '10.96.0.1', port: 22 }, ['refused']],
  [
    'in the source ranges',
    'client',
    { to: '203.0.113.3', port: 80 },
    ['10.244.1.5 10.244.1.1', '10.244.2.6 192.168.7.2'],
  ],
  ['outside of the source ranges', 'client', { to: '203.0.113.4', port: 80 }, ['timeout']],
  ['outside of the source ranges', 'node', { to: '203.0.113.3', port: 80 }, ['timeout']],
  [
    'source ranges are not for node ports',
    'client',
    { to: '192.168.7.2', port: 30084 },
    ['10.244.1.5 10.244.1.1', '10.244.2.6 192.168.7.2'],
  ],
  [
    'policy Local keeps the address',
    'client',
    { to: '203.0.113.5', port: 80 },
    ['10.244.1.5 192.168.7.100', '10.244.1.6 192.168.7.100'],
  ],
  [
    'policy Local keeps the address',
    'client',
    { to: '192.168.7.2', port: 30085 },
    ['10.244.1.5 192.168.7.100', '10.244.1.6 192.168.7.100'],
  ],
  [
    'policy Local, none here: pods reach the others',
    'pod1',
    { to: '203.0.113.6', port: 80 },
    ['10.244.2.6 10.244.1.5'],
  ],
  ['policy Local, none here: answers miss the client', 'client', { to: '203.0.113.6', port: 80 }, ['timeout']],
  ['internal policy Local', 'client', { to: '10.96.0.9', port: 80 }, ['10.244.1.5 10.244.1.1']],
];
