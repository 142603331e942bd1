import { expect, it } from '@jest/globals';
import { readDumps } from '../dumps/dumps.js';
import { parseIp } from '../ip.js';
import { stepsOf } from '../packet/branch.js';
import { newEvaluator } from '../packet/evaluate.js';
import type { State } from '../packet/packet.js';

const DUMP = [
  { name: 'ipvsadm', text: '-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 1\n' },
  {
    name: 'iptables',
    text: '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m statistic --mode random --probability x -j DROP\nCOMMIT\n',
  },
];

function outcomes(dump: typeof DUMP, state: State) {
  const [source, destination] = [parseIp('192.0.2.1'), parseIp('10.0.0.1')];
  if (!source || !destination) throw new Error('no addresses');
  const { value } = readDumps(dump);
  const inInterface = 'eth0';
  return newEvaluator(value.rules).evaluate({
    family: 'ipv4',
    source,
    destination,
    protocol: 'tcp',
    destinationPort: 80,
    inInterface,
    state,
  });
}

// net/netfilter/ipvs/ip_vs_proto_tcp.c, tcp_conn_schedule: without SYN no connection begins.
it.each<[State, string]>([
  ['NEW', '10.1.0.1'],
  ['INVALID', '10.0.0.1'],
  ['ESTABLISHED', '10.0.0.1'],
])('IPVS and a packet that is %s', (state, to) => {
  expect(outcomes(DUMP.slice(0, 1), state).map(({ flow }) => flow.destination.text)).toEqual([to]);
});

it('a probability that is no number depends', () => {
  const found = outcomes(DUMP.slice(1), 'NEW');
  expect(found.map(({ end, depends }) => [end, depends.length])).toEqual([
    ['drop', 1],
    ['forwarded', 1],
  ]);
});

// nf_nat_initialized() in net/netfilter/nf_nat_core.c: each side of a connection is translated once.
it.each<[string, string | undefined, boolean]>([
  ['sent to the node itself', undefined, false],
  ['from outside', 'eth0', true],
])('SNAT in INPUT and a packet %s', (_, inInterface, isChanged) => {
  const text = '*nat\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j SNAT --to-source 192.0.2.9\nCOMMIT\n';
  const [source, destination] = [parseIp('192.0.2.1'), parseIp('127.0.0.1')];
  if (!source || !destination) throw new Error('no addresses');
  const { rules } = readDumps([{ name: 'iptables', text }]).value;
  const packet = { family: 'ipv4' as const, source, destination, protocol: 'tcp' as const, destinationPort: 80 };
  const found = newEvaluator(rules).evaluate({ ...packet, ...(inInterface !== undefined && { inInterface }) });
  expect(found.map((each) => [each.end, stepsOf(each).some(({ chain }) => chain === 'INPUT')])).toEqual([
    ['delivered', isChanged],
  ]);
});
