/**
 * Packet rows: connections to the Services of fixtures/packets/services in iptables mode, and how each ends: seen with
 * packets in the kernel ring, and foretold from the rules by src/packet.
 */
import { type From, NODE_SEEN, POD1_SEEN, type Row } from './packets.js';
import type { Connect } from './topology.js';

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
/** Of Services that two endpoints serve. */
const TWO_SEE_NODE = ['10.244.1.5 10.244.1.1', '10.244.2.6 192.168.7.2'];
const LOCAL_SEE_CLIENT = ['10.244.1.5 192.168.7.100', '10.244.1.6 192.168.7.100'];
const LOCAL_SEE_CLIENT_V6 = ['fd00:10:244:1::5 fd00:7::100', 'fd00:10:244:1::6 fd00:7::100'];

export const REACHED: readonly Row[] = [
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

export const REFUSED: readonly [string, From, Connect][] = [
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

export const DROPPED: readonly [string, From, Connect][] = [
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
