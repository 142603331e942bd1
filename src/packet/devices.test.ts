/**
 * What is known of the interface that a packet leaves by: the kernel's counters in a namespace with the address 192.0.2.1 said
 * so. Where OUTPUT translates 192.0.2.1 to an address elsewhere, filter OUTPUT sees lo, and POSTROUTING the other interface.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../ip.js';
import { parse } from '../tools/iptables/parse.js';
import { parse as parseNft } from '../tools/nft/parse.js';
import { newEvaluator } from './evaluate.js';
import type { NodeRules } from './node.js';
import { answerOf } from './verdict.js';

const EMPTY: NodeRules = {
  ruleSets: [],
  sets: [],
  otherSets: [],
  virtualServers: [],
  addresses: new Set(['192.0.2.1', '192.0.2.9']),
};
const NAT = [
  '*nat',
  ':OUTPUT ACCEPT [0:0]',
  '-A OUTPUT -d 192.0.2.9/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.9:80',
  'COMMIT',
];

function answer(node: Partial<NodeRules>, to: string, inInterface?: string): string {
  const [source, destination] = [parseIp('192.0.2.1'), parseIp(to)];
  if (!source || !destination) throw new Error('no address');
  const packet = {
    family: 'ipv4',
    source,
    destination,
    protocol: 'tcp',
    sourcePort: 40000,
    destinationPort: 80,
  } as const;
  const { evaluate } = newEvaluator({ ...EMPTY, ...node });
  const { results } = answerOf(evaluate({ ...packet, ...(inInterface && { inInterface }) }));
  return results.map(({ verdict }) => verdict).join();
}

function iptables(chain: string, match: string): Partial<NodeRules> {
  const text = [...NAT, '*filter', `:${chain} ACCEPT [0:0]`, `-A ${chain} ${match} -j DROP`, 'COMMIT', ''].join('\n');
  return { ruleSets: [parse(text, 'ipv4').value] };
}

function nftables(chain: string, match: string): Partial<NodeRules> {
  const name = match
    .replace('-o', 'oifname')
    .replace(/! oifname/, 'oifname !=')
    .replace(/\S+$/, '"$&"');
  const hook = `type filter hook ${chain.toLowerCase()} priority 0; policy accept;`;
  const { value } = parseNft(`table ip t {\n\tchain c {\n\t\t${hook}\n\t\t${name} drop\n\t}\n}\n`);
  return { ruleSets: [parse([...NAT, ''].join('\n'), 'ipv4').value], nftTables: value };
}

describe.each([
  ['iptables', iptables],
  ['nftables', nftables],
] as const)('%s', (_, rules) => {
  it.each([
    ['to itself', '-o lo', '192.0.2.1', 'DROP'],
    ['to itself', '-o eth0', '192.0.2.1', 'NONE'],
    ['to itself', '! -o lo', '192.0.2.1', 'NONE'],
    ['to another', '-o lo', '203.0.113.1', 'NONE'],
    ['to another', '! -o lo', '203.0.113.1', 'DROP'],
    ['to another', '-o eth0', '203.0.113.1', 'UNKNOWN'],
    ['to itself, translated to another', '-o lo', '192.0.2.9', 'UNKNOWN'],
  ])('the node, %s: %s', (_what, match, to, expected) => {
    expect(answer(rules('OUTPUT', match), to)).toBe(expected);
  });

  it.each([
    ['-o lo', 'NONE'],
    ['! -o lo', 'DROP'],
    ['-o eth1', 'UNKNOWN'],
  ])('forwarded: %s', (match, expected) => {
    expect(answer(rules('FORWARD', match), '203.0.113.1', 'eth0')).toBe(expected);
  });
});
