/**
 * The evaluator predicts the connections of the kernel and guest rings: the rows whose packets are sent there are
 * evaluated here.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../ip.js';
import { compileState } from '../pipeline.js';
import { DROPPED, REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { OTHERS, ROUND_ROBIN } from '../testing/network/packet-rows-ipvs.js';
import { type From, packetsInput, SCTP_ROWS } from '../testing/network/packets.js';
import type { Connect } from '../testing/network/topology.js';
import { rulesOf } from './desired.js';
import { newEvaluator } from './evaluate.js';
import { toNumber } from './fraction.js';
import { answerOf, type Result } from './verdict.js';

/** The senders of the topology, each with the input interface of its packets. */
const SENDERS: Readonly<Record<From, { readonly v4: string; readonly v6: string; readonly inInterface?: string }>> = {
  client: { v4: '192.168.7.100', v6: 'fd00:7::100', inInterface: 'eth0' },
  pod1: { v4: '10.244.1.5', v6: 'fd00:10:244:1::5', inInterface: 'pod1' },
  node: { v4: '192.168.7.2', v6: 'fd00:7::2' },
};

const NODE = ['127.0.0.1', '::1', '192.168.7.2', 'fd00:7::2', '10.244.1.1', 'fd00:10:244:1::1'];

function evaluatorOf(mode: string, layout?: string) {
  const { sources, options } = packetsInput();
  const { value } = compileState(sources, { ...options, mode }, { layout });
  if (!value) throw new Error('fixtures/packets does not compile');
  return newEvaluator(rulesOf(value.desired, NODE));
}

const evaluators = {
  iptables: evaluatorOf('iptables'),
  ipvs: evaluatorOf('ipvs'),
  'kube-proxy': evaluatorOf('nftables', 'kube-proxy'),
  fast: evaluatorOf('nftables', 'fast'),
};

function ip(text: string) {
  const found = parseIp(text);
  if (!found) throw new Error(`no address: ${text}`);
  return found;
}

function answers(
  mode: keyof typeof evaluators,
  from: From,
  { to, port, protocol = 'tcp' }: Connect,
): readonly Result[] {
  const destination = ip(to);
  const { v4, v6, inInterface } = SENDERS[from];
  // To a local address, such as a virtual IP on kube-ipvs0, a node sends from the same address.
  const isOwn = from === 'node' && evaluators[mode].isLocal(destination);
  const source = isOwn ? destination : ip(destination.family === 'ipv4' ? v4 : v6);
  const { results, depends } = answerOf(
    evaluators[mode].evaluate({
      family: destination.family,
      source,
      destination,
      protocol,
      sourcePort: 40000,
      destinationPort: port,
      ...(inInterface !== undefined && { inInterface }),
    }),
  );
  expect(depends).toEqual([]);
  expect(results.reduce((sum, { share }) => sum + toNumber(share), 0)).toBeCloseTo(1, 12);
  return results;
}

/** `10.244.1.5 10.244.1.1`: an endpoint, and the source address that it sees. */
function seen(from: From, { address = '', masquerade }: Result): string {
  const { v4, v6 } = SENDERS[from];
  const six = address.includes(':');
  const here = /^10\.244\.1\.|^fd00:10:244:1:/.test(address);
  const own = here ? (six ? 'fd00:10:244:1::1' : '10.244.1.1') : six ? 'fd00:7::2' : '192.168.7.2';
  return `${address} ${masquerade ? own : six ? v6 : v4}`;
}

const LOOPBACK = 'NodePort on loopback';

describe.each([
  ['iptables mode', 'iptables'],
  ['nftables mode, layout kube-proxy', 'kube-proxy'],
  ['nftables mode, layout fast', 'fast'],
] as const)('%s', (_, mode) => {
  const isNft = mode !== 'iptables';
  const rows = [...REACHED, ...SCTP_ROWS];

  it.each(rows.filter(([what]) => !(isNft && what.startsWith(LOOPBACK))))(
    '%s, from %s: reached',
    (_, from, to, expected) => {
      const results = answers(mode, from, to);
      expect(results.map(({ verdict }) => verdict)).toEqual(results.map(() => 'DNAT'));
      expect(results.map((result) => seen(from, result)).sort()).toEqual([...expected].sort());
      for (const { share } of results) expect(toNumber(share)).toBeCloseTo(1 / results.length, 7);
    },
  );

  it.each(REFUSED)('no endpoints: %s, from %s: refused', (_, from, to) => {
    expect(answers(mode, from, to).map(({ verdict }) => verdict)).toEqual(['REJECT']);
  });

  it.each(DROPPED)('%s, from %s: dropped', (_, from, to) => {
    expect(answers(mode, from, to).map(({ verdict }) => verdict)).toEqual(['DROP']);
  });

  if (isNft) {
    const loopback = rows.filter(([what]) => what.startsWith(LOOPBACK));
    it('there are node ports on loopback', () => expect(loopback.length).toBeGreaterThan(0));

    it.each(loopback)('%s, from %s: no rule takes it', (_, from, to) => {
      expect(answers(mode, from, to).map(({ verdict }) => verdict)).toEqual(['NONE']);
    });

    it.each(['10.96.0.1', 'fd00:10:96::1'])('another port of %s is refused', (to) => {
      expect(answers(mode, 'client', { to, port: 81 }).map(({ verdict }) => verdict)).toEqual(['REJECT']);
    });
  }
});

describe('ipvs mode', () => {
  it.each(ROUND_ROBIN)('%s from %s: every endpoint in turn', (_, from, to, expected) => {
    const results = answers('ipvs', from, to);
    expect(results.map((result) => seen(from, result)).sort()).toEqual(Object.keys(expected).sort());
    for (const { share } of results) expect(share).toEqual({ n: 1n, d: BigInt(results.length) });
  });

  it.each(OTHERS)('%s, from %s', (what, from, to, expected) => {
    const results = answers('ipvs', from, to);
    const ends = results.map((result) => (result.verdict === 'DNAT' ? seen(from, result) : result.verdict)).sort();
    const told = expected.map((answer) => ({ refused: 'REJECT', timeout: 'DROP' })[answer] ?? answer).sort();
    // The packet reaches an endpoint on another node, whose answer does not come back through this node.
    if (what.includes('answers miss the client')) expect(ends).toEqual(['10.244.2.6 192.168.7.100']);
    else expect(ends).toEqual(told);
  });
});
