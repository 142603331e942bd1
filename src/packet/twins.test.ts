/**
 * The law of twins: what becomes of connections to each of several endpoints is what would become of them if it were the
 * only one, whatever the rules behind the decision ask. A node with one endpoint has no twins.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ip, parseIp } from '../ip.js';
import { often, seed } from '../testing/run/extent.js';
import { parse } from '../tools/iptables/parse.js';
import { parse as parseNft } from '../tools/nft/parse.js';
import { stepsOf } from './branch.js';
import { newEvaluator, type Outcome } from './evaluate.js';
import { type Fraction, fraction, ONE, times } from './fraction.js';
import type { NodeRules } from './node.js';
import { type Flow, flowOf } from './packet.js';
import { joined } from './twins.js';

/** Endpoints; the last but one is this node. */
const ENDPOINTS = ['10.244.1.1:8080', '10.244.1.2:8080', '10.244.2.1:9376', '192.168.7.2:8080', '10.244.1.1:9376'];

const CONDITIONS = [
  '-d 10.244.1.1/32',
  '! -d 10.244.1.2/32',
  '-d 10.244.1.0/24',
  '-p tcp -m tcp --dport 8080',
  '-p tcp -m multiport --dports 9376,443',
  '-m iprange --dst-range 10.244.1.2-10.244.2.9',
  '-m addrtype --dst-type LOCAL',
  '-m conntrack --ctstate DNAT',
  '-m conntrack --ctorigdst 10.96.0.1',
  '-m mark --mark 0x4000/0x4000',
  '-m set --match-set unknown dst',
  '-m statistic --mode random --probability 0.50000000000',
  '-o docker0',
  '',
];
const TARGETS = ['DROP', 'ACCEPT', 'RETURN', 'LOG', 'OTHER', 'MARK --set-xmark 0x4000/0x4000', 'NFQUEUE'];
const TRANSLATIONS = ['MASQUERADE', 'OTHER', 'MARK --set-xmark 0x4000/0x4000', 'SNAT --to-source 10.0.0.1'];

const NFT = [
  'ip daddr 10.244.1.1 drop',
  'ip daddr != 10.244.1.2 meta mark set meta mark | 0x00004000',
  'ip daddr 10.244.1.0/24 jump other',
  'ip daddr . tcp dport vmap { 10.244.1.1 . 9376 : drop, 10.244.1.2 . 8080 : goto other }',
  'meta mark set meta mark | 0x00000001 ip daddr vmap { 10.244.2.1 : accept, 10.244.1.1 : jump other }',
  'tcp dport 9376 ct status dnat accept',
  'fib daddr type local accept',
  'oifname "docker0" drop',
  'meta mark & 0x00004000 != 0x00000000 drop',
  'numgen random mod 2 0 ip daddr 10.244.1.1 return',
];

const iptables = fc
  .record({ filter: rulesOf(TARGETS), other: rulesOf(['DROP', 'ACCEPT']), nat: rulesOf(TRANSLATIONS) })
  .map(({ filter, other, nat }) => {
    const chain = (name: string, rules: readonly string[]) => rules.map((rule) => `-A ${name}${rule}\n`).join('');
    const base = (names: readonly string[]) => names.map((name) => `:${name} ACCEPT [0:0]\n`).join('');
    const filters = ['INPUT', 'FORWARD'].map((name) => chain(name, filter)).join('');
    return (endpoints: readonly string[]): NodeRules => {
      const half = ' -m statistic --mode random --probability 0.50000000000';
      const dnat = endpoints.map(
        (each, i) => `-A SVC -p tcp${i < endpoints.length - 1 ? half : ''} -j DNAT --to-destination ${each}\n`,
      );
      return node({
        ruleSets: [
          parse(
            `*filter\n${base(['INPUT', 'FORWARD', 'OUTPUT'])}:OTHER - [0:0]\n${filters}${chain('OTHER', other)}COMMIT\n` +
              `*nat\n${base(['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'])}:OTHER - [0:0]\n:SVC - [0:0]\n` +
              `-A PREROUTING -d 10.96.0.1/32 -j SVC\n${dnat.join('')}${chain('POSTROUTING', nat)}COMMIT\n`,
            'ipv4',
          ).value,
        ],
      });
    };
  });

const nftables = fc
  .record({ filter: some(fc.constantFrom(...NFT)), other: some(fc.constantFrom(...NFT.slice(0, 2), NFT[7] ?? '')) })
  .map(({ filter, other }) => (endpoints: readonly string[]): NodeRules => {
    const targets = endpoints.map((each, i) => `${i} : ${each.replace(':', ' . ')}`).join(', ');
    const chains = ['forward', 'input'].map(
      (hook) => `chain ${hook} {\ntype filter hook ${hook} priority 0; policy accept;\n${filter.join('\n')}\n}\n`,
    );
    const to = `numgen random mod ${endpoints.length} map { ${targets} }`;
    const text =
      `table ip t {\nchain other {\n${other.join('\n')}\n}\n${chains.join('')}chain pre {\n` +
      `type nat hook prerouting priority -100; policy accept;\nip daddr 10.96.0.1 dnat ip to ${to}\n}\n}\n`;
    return node({ nftTables: parseNft(text).value });
  });

it('iptables: endpoints together fare as each alone', () => {
  holds(iptables, (i) => fraction(1n, 2n ** BigInt(Math.min(i + 1, ENDPOINTS.length - 1))));
});

it('nftables: endpoints together fare as each alone', () => {
  holds(nftables, () => fraction(1n, BigInt(ENDPOINTS.length)));
});

/** Checks the law; `shareOf` is the share of the connections that the endpoint at a place gets. */
function holds(nodes: fc.Arbitrary<(endpoints: readonly string[]) => NodeRules>, shareOf: (i: number) => Fraction) {
  fc.assert(
    fc.property(nodes, (nodeWith) => {
      const together = waysIn(nodeWith(ENDPOINTS)).map((each) => told(each, ONE));
      const alone = ENDPOINTS.flatMap((each, i) => waysIn(nodeWith([each])).map((way) => told(way, shareOf(i))));
      expect(together.length).toBeGreaterThan(0);
      expect([...together].sort()).toEqual([...alone].sort());
    }),
    { numRuns: often(100, 600), seed },
  );
}

const PACKET = {
  source: ip('192.168.7.100'),
  destination: ip('10.96.0.1'),
  protocol: 'tcp',
  sourcePort: 40_000,
  destinationPort: 80,
  inInterface: 'eth0',
};

/** Another value of each field of a flow. */
const OTHER: { readonly [F in keyof Flow]: Flow[F] } = {
  family: 'ipv6',
  source: ip('192.168.7.101'),
  destination: ip('10.244.1.2'),
  protocol: 'udp',
  sourcePort: 40_001,
  destinationPort: 8081,
  inInterface: 'eth1',
  notInterfaces: ['lo'],
  outInterface: 'eth2',
  isLocal: true,
  state: 'ESTABLISHED',
  mark: 1,
  connmark: 1,
  original: { destination: ip('10.96.0.2'), port: 80 },
  isDestinationSet: true,
  isSourceSet: true,
  virtualServer: '10.96.0.1:80',
  sourceNat: 'snat',
  affinity: 'list',
  lists: '\nlist\n',
  remembered: { list: 'list', seconds: 1 },
};

describe('branches walk as one', () => {
  const flow = flowOf({ family: 'ipv4', ...PACKET });
  const branch = { flow, weight: ONE, trail: undefined, depends: [], twins: undefined };
  it.each(Object.keys(OTHER) as (keyof Flow)[])('or not, if they differ in %s', (field) => {
    const other = { ...branch, flow: { ...flow, [field]: OTHER[field] } };
    expect(other.flow[field]).not.toEqual(flow[field]);
    expect(joined([branch, other])).toHaveLength(field.startsWith('destination') ? 1 : 2);
  });
});

function ip(text: string): Ip {
  const found = parseIp(text);
  if (!found) throw new Error(`no address: ${text}`);
  return found;
}

function waysIn(rules: NodeRules): readonly Outcome[] {
  return newEvaluator(rules).ways({ family: 'ipv4', ...PACKET });
}

/** A way in words, with its steps behind the decision for an endpoint, and a part of its share. */
function told(outcome: Outcome, part: Fraction): string {
  const { n, d } = times(outcome.share, part);
  const steps = stepsOf(outcome).filter(({ hook }) => hook !== 'PREROUTING');
  const { end, flow, depends } = outcome;
  return JSON.stringify([`${end} ${n}/${d}`, flow, depends, steps]);
}

function node(rules: Partial<NodeRules>): NodeRules {
  const addresses = new Set(['192.168.7.2']);
  return { ruleSets: [], sets: [], otherSets: [], virtualServers: [], addresses, ...rules };
}

function rulesOf(targets: readonly string[]): fc.Arbitrary<readonly string[]> {
  const rule = fc.tuple(fc.constantFrom(...CONDITIONS), fc.constantFrom(...targets));
  return some(rule.map(([condition, target]) => `${condition && ` ${condition}`} -j ${target}`));
}

function some<T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(each, { maxLength: 5 });
}
