/**
 * Packets: expected results of connections to the Services of fixtures/packets/services in iptables mode, where each
 * connection takes a random endpoint.
 */
import { caseInput, cases } from '../cases/cases.js';
import { type Connect, connect, type Topology } from './topology.js';

/** The input of compile() from the fixture. */
export function packetsInput(): ReturnType<typeof caseInput> {
  const found = cases('packets').find(({ name }) => name === 'packets/services');
  if (!found) throw new Error('no packets/services');
  return caseInput(found);
}

/** The sources of connections. */
export type From = 'client' | 'node' | 'pod1';

/** The target, the source, and every possible answer: an endpoint, and the client address that it sees. */
export type Row = readonly [what: string, from: From, to: Connect, answers: readonly string[]];

/** With so many connections, one of three endpoints is missed once in 10^10 runs. */
const ENOUGH = 60;

/** The observed answers. One in a few hundred SCTP associations is lost, with or without rules. */
export async function answers(topology: Topology, [, from, to, expected]: Row): Promise<readonly string[]> {
  const all = new Set(await connect(topology[from], { ...to, count: expected.length > 1 ? ENOUGH : 3 }));
  if (to.protocol === 'sctp') all.delete('timeout');
  return [...all].sort();
}

/** The answer of an endpoint to a client that has the source address `from`, or whose source becomes the node's. */
export function answerFrom(endpoint: string, from: string, isMasqueraded: boolean): string {
  const isV6 = endpoint.includes(':');
  const isHere = endpoint.startsWith(isV6 ? 'fd00:10:244:1:' : '10.244.1.');
  const node = isHere ? (isV6 ? 'fd00:10:244:1::1' : '10.244.1.1') : isV6 ? 'fd00:7::2' : '192.168.7.2';
  return `${endpoint} ${isMasqueraded ? node : from}`;
}

/** All endpoints, with the node as the source of every client. */
export const NODE_SEEN: readonly string[] = [
  '10.244.1.5 10.244.1.1',
  '10.244.1.6 10.244.1.1',
  '10.244.2.6 192.168.7.2',
];

/** All endpoints see pod-1, except pod-1 itself, which sees the node: otherwise its reply would not pass the node. */
export const POD1_SEEN: readonly string[] = ['10.244.1.5 10.244.1.1', '10.244.1.6 10.244.1.5', '10.244.2.6 10.244.1.5'];

const SCTP = { protocol: 'sctp', seconds: 1 } as const;

export const SCTP_ROWS: readonly Row[] = [
  ['ClusterIP', 'client', { ...SCTP, to: '10.96.0.1', port: 80 }, NODE_SEEN],
  ['ClusterIP', 'pod1', { ...SCTP, to: '10.96.0.1', port: 80 }, POD1_SEEN],
  ['NodePort', 'client', { ...SCTP, to: '192.168.7.2', port: 30082 }, NODE_SEEN],
  ['NodePort', 'node', { ...SCTP, to: '192.168.7.2', port: 30082 }, NODE_SEEN],
  ['load-balancer IP', 'client', { ...SCTP, to: '203.0.113.1', port: 80 }, NODE_SEEN],
];
