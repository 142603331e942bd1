/**
 * Rules of nftables on packets: what the kernel does with base chains, jumps, sets and translations; and that what is not
 * known is said, never guessed.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../../ip.js';
import { parse as parseIptables } from '../../tools/iptables/parse.js';
import { parse } from '../../tools/nft/parse.js';
import { stepsOf } from '../branch.js';
import { newEvaluator } from '../evaluate.js';
import type { PacketClass } from '../packet.js';
import { answerOf } from '../verdict.js';

const OWN = new Set(['192.168.7.2', 'fd00:7::2']);

function packet(to: string, port: number, more: Partial<PacketClass> = {}): PacketClass {
  const [source, destination] = [to.includes(':') ? 'fd00:7::100' : '192.168.7.100', to].map((text) => parseIp(text));
  if (!source || !destination) throw new Error(`no address: ${to}`);
  const head = { family: destination.family, source, destination, protocol: 'tcp', destinationPort: port };
  return { ...head, sourcePort: 40_000, inInterface: 'eth0', ...more };
}

function evaluatorOf(rules: string, iptables = '') {
  const { value: nftTables, diagnostics } = parse(rules);
  expect(diagnostics).toEqual([]);
  const { value: ruleSet } = parseIptables(iptables, 'ipv4');
  return newEvaluator({
    ruleSets: [ruleSet],
    sets: [],
    otherSets: [],
    virtualServers: [],
    nftTables,
    addresses: OWN,
  });
}

/** `DROP`, `DNAT 10.1.1.1:80 1/2`, and the unknown conditions after `?`. */
function answer(rules: string, asked: PacketClass, iptables?: string): readonly string[] {
  const { results, depends } = answerOf(evaluatorOf(rules, iptables).evaluate(asked));
  const told = results.map(({ verdict, address, port, share: { n, d } }) =>
    [verdict, address && `${address}:${port}`, n === d ? '' : `${n}/${d}`].filter(Boolean).join(' '),
  );
  return [...told, ...depends.map((each) => `? ${each}`)];
}

/** A table whose base chain in `hook` has the rules; `more` is what else the table has. */
function table(
  rules: readonly string[],
  { hook = 'forward', priority = 0, policy = 'accept', more = '', of = 'ip', type = 'filter' } = {},
) {
  return `table ${of} t${priority < 0 ? 'before' : ''}${Math.abs(priority)}${type} {
${more}
	chain base {
		type ${type} hook ${hook} priority ${priority}; policy ${policy};
${rules.map((each) => `\t\t${each}`).join('\n')}
	}
}
`;
}

const TO = packet('10.244.1.5', 80);

describe('what is not known is said', () => {
  it.each([
    ['limit rate 10/second drop', 'limit rate 10/second'],
    ['ct count over 5 drop', 'ct count over 5'],
    ['meta cpu 1 drop', 'meta cpu 1'],
    ['xt match "recent" drop', 'xt match "recent"'],
    ['ip ttl < 3 drop', 'ip ttl < 3'],
    ['ct mark 0x1 ct helper "ftp" drop', undefined],
    ['oifname "eth1" drop', '-o eth1'],
    ['quota over 25 mbytes drop', 'quota over 25 mbytes'],
    ['jhash ip saddr mod 2 seed 0x1 0 drop', 'jhash ip saddr mod 2 seed 0x1 0'],
    ['ct state new tcp dport vmap @nothing', undefined],
  ])('%s', (rule, unknown) => {
    const found = answer(table([rule]), TO);
    if (unknown === undefined) return;
    expect(found[0]).toBe('UNKNOWN');
    expect(found.slice(1)).toEqual([`? ${unknown}`]);
  });

  it('a map that hashes the client', () => {
    const rule = 'dnat to jhash ip saddr mod 2 map { 0 : 10.1.1.1, 1 : 10.1.1.2 }';
    const [verdict, ...depends] = answer(table([rule], { hook: 'prerouting', type: 'nat', priority: -100 }), TO);
    expect(verdict).toBe('UNKNOWN');
    expect(depends).toHaveLength(1);
  });

  it('a set that the packets fill has no new client', () => {
    const more = '\tset seen {\n\t\ttype ipv4_addr\n\t\tflags dynamic,timeout\n\t}\n';
    expect(answer(table(['ip saddr @seen drop'], { more }), TO)).toEqual(['NONE']);
  });

  it('after a condition that fails, or a verdict, nothing is asked', () => {
    expect(answer(table(['tcp dport 81 limit rate 10/second drop']), TO)).toEqual(['NONE']);
    expect(answer(table(['accept', 'limit rate 10/second drop']), TO)).toEqual(['NONE']);
  });

  it('what ends alike either way is certain', () => {
    expect(answer(table(['limit rate 10/second drop', 'drop']), TO)[0]).toBe('DROP');
  });

  it('flow tables do not hide the rules after them', () => {
    const more = '\tflowtable ft {\n\t\thook ingress priority 0\n\t\tdevices = { eth0 }\n\t}\n';
    expect(answer(table(['ip protocol tcp flow add @ft', 'tcp dport 80 drop'], { more }), TO)[0]).toBe('DROP');
  });
});

describe('sets and values', () => {
  const more =
    '\tset nets {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { 10.0.0.0/8, 192.0.2.5-192.0.2.9 }\n\t}\n';

  it.each([
    ['tcp dport { 22, 80-90 } drop', 80, 'DROP'],
    ['tcp dport { 22, 80-90 } drop', 90, 'DROP'],
    ['tcp dport { 22, 80-90 } drop', 91, 'NONE'],
    ['tcp dport != 80-90 drop', 80, 'NONE'],
    ['tcp dport != 80-90 drop', 79, 'DROP'],
    ['tcp dport >= 1024 drop', 1024, 'DROP'],
    ['tcp dport >= 1024 drop', 1023, 'NONE'],
    ['udp dport 80 drop', 80, 'NONE'],
    ['th dport 80 drop', 80, 'DROP'],
    ['meta l4proto { udp, sctp } drop', 80, 'NONE'],
    ['meta nfproto ipv6 drop', 80, 'NONE'],
    ['ip daddr @nets drop', 80, 'DROP'],
    ['ip saddr @nets drop', 80, 'NONE'],
    ['ip daddr . tcp dport { 10.244.1.5 . 80, 10.244.1.5 . 81 } drop', 81, 'DROP'],
    ['ip daddr . tcp dport vmap { 10.244.1.5 . 80 : drop, 10.244.1.6 . 81 : accept }', 80, 'DROP'],
    ['iifname "eth*" drop', 80, 'DROP'],
    ['iifname { "cni0", "lo" } drop', 80, 'NONE'],
    ['fib daddr type local drop', 80, 'NONE'],
    ['ct state established,related drop', 80, 'NONE'],
    ['ct state { new, untracked } drop', 80, 'DROP'],
    ['ct status dnat drop', 80, 'NONE'],
  ])('%s, port %i: %s', (rule, port, told) => {
    expect(answer(table([rule], { more }), packet('10.244.1.5', port))).toEqual([told]);
  });

  it.each([
    ['192.0.2.4', 'NONE'],
    ['192.0.2.5', 'DROP'],
    ['192.0.2.9', 'DROP'],
    ['192.0.2.10', 'NONE'],
  ])('%s in an interval: %s', (to, told) => {
    expect(answer(table(['ip daddr @nets drop'], { more }), packet(to, 80))).toEqual([told]);
  });
});

describe('chains', () => {
  const chains = (text: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(text)
      .map(([name, rules]) => `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`)
      .join('\n');

  it.each([
    ['jump comes back to the next rule', ['jump a', 'drop'], { a: ['tcp dport 81 accept'] }, 'DROP'],
    ['return comes back to the next rule', ['jump a', 'drop'], { a: ['return', 'accept'] }, 'DROP'],
    ['goto does not come back', ['goto a', 'drop'], { a: ['tcp dport 81 accept'] }, 'NONE'],
    [
      'goto in a jumped chain comes back behind the jump',
      ['jump a', 'drop'],
      { a: ['goto b', 'accept'], b: [] },
      'DROP',
    ],
    ['return after a goto, too', ['jump a', 'drop'], { a: ['goto b', 'accept'], b: ['return', 'accept'] }, 'DROP'],
    ['continue is no verdict', ['continue', 'drop'], {}, 'DROP'],
    ['a rule acts statement by statement', ['meta mark set 0x1 tcp dport 81 drop', 'meta mark 0x1 drop'], {}, 'DROP'],
  ])('%s', (_, rules, others, told) => {
    expect(answer(table(rules, { more: chains(others) }), TO)).toEqual([told]);
  });

  it('a return from a base chain leaves the packet to the policy', () => {
    expect(answer(table(['return', 'accept'], { policy: 'drop' }), TO)).toEqual(['DROP']);
    const [way] = evaluatorOf(table(['return'], { policy: 'drop' })).ways(TO);
    expect(way && stepsOf(way).map(({ rule, text }) => [rule, text])).toEqual([
      [1, 'return'],
      [0, 'policy drop'],
    ]);
  });

  it('each branch of a map of the rule tells its own chain', () => {
    const rule = 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }';
    const ways = evaluatorOf(table([rule], { more: chains({ a: ['drop'], b: ['drop'] }) })).ways(TO);
    expect(ways.map((way) => stepsOf(way).map(({ chain, did }) => [chain, did]))).toEqual([
      [
        ['base', { kind: 'goto', chain: 'a' }],
        ['a', { kind: 'drop' }],
      ],
      [
        ['base', { kind: 'goto', chain: 'b' }],
        ['b', { kind: 'drop' }],
      ],
    ]);
  });
});

describe('base chains', () => {
  it('accept ends one base chain only', () => {
    const rules = table(['accept']) + table(['drop'], { priority: 10 });
    expect(answer(rules, TO)).toEqual(['DROP']);
  });

  it('a policy that drops is not undone by an accept elsewhere', () => {
    expect(answer(table(['accept']) + table([], { priority: 10, policy: 'drop' }), TO)).toEqual(['DROP']);
  });

  it.each(['10.244.1.5', 'fd00:10:244:1::5'])('a table inet sees %s', (to) => {
    expect(answer(table(['tcp dport 80 drop'], { of: 'inet' }), packet(to, 80))).toEqual(['DROP']);
  });

  it('a field of the other family does not match', () => {
    const rules = table(['ip daddr != 10.0.0.1 drop'], { of: 'inet' });
    expect(answer(rules, packet('fd00:10:244:1::5', 80))).toEqual(['NONE']);
    expect(answer(rules, TO)).toEqual(['DROP']);
    expect(answer(table(['drop'], { of: 'ip6' }), TO)).toEqual(['NONE']);
  });

  const nat = (priority: number, to: string) =>
    table([`tcp dport 80 dnat to ${to}`], { hook: 'prerouting', type: 'nat', priority });

  it('of several that translate, the first to match decides', () => {
    expect(answer(nat(-99, '10.1.1.1:1') + nat(-110, '10.1.1.2:2'), TO)).toEqual(['DNAT 10.1.1.2:2']);
    const first = table(['accept'], { hook: 'prerouting', type: 'nat', priority: -120 });
    expect(answer(first + nat(-99, '10.1.1.1:1'), TO)).toEqual(['DNAT 10.1.1.1:1']);
  });

  it('filter chains see the destination that is valid at their priority', () => {
    const before = table(['ip daddr 10.1.1.1 drop'], { hook: 'prerouting', priority: -101 });
    const after = table(['ip daddr 10.1.1.1 drop'], { hook: 'prerouting', priority: -99 });
    expect(answer(nat(-100, '10.1.1.1:1') + before, TO)).toEqual(['DNAT 10.1.1.1:1']);
    expect(answer(nat(-100, '10.1.1.1:1') + after, TO)).toEqual(['DROP']);
  });

  it('only the first packet of a connection is translated', () => {
    expect(answer(nat(-100, '10.1.1.1:1'), { ...TO, state: 'INVALID' })).toEqual(['NONE']);
  });

  const iptablesNat =
    '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 10.2.2.2:2\nCOMMIT\n';

  it.each([
    [-101, 'DNAT 10.1.1.1:1'],
    [-99, 'DNAT 10.2.2.2:2'],
  ])('nat at %i against table nat of iptables: %s', (priority, told) => {
    expect(answer(nat(priority, '10.1.1.1:1'), TO, iptablesNat)).toEqual([told]);
  });

  const marks = '*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n';

  it.each([
    [-151, 'NONE'],
    [-149, 'DROP'],
  ])('filter at %i against table mangle of iptables: %s', (priority, told) => {
    expect(answer(table(['meta mark 0x1 drop'], { hook: 'prerouting', priority }), TO, marks)).toEqual([told]);
  });

  it('an address and a port of maps; without an element for the port the rule does not match', () => {
    const more =
      '\tmap to {\n\t\ttype ipv4_addr : ipv4_addr\n\t\telements = { 10.96.0.1 : 10.1.1.1 }\n\t}\n' +
      '\tmap ports {\n\t\ttype ipv4_addr . inet_service : inet_service\n\t\telements = { 10.96.0.1 . 80 : 8080 }\n\t}\n';
    const rule = 'meta l4proto tcp dnat to ip daddr map @to:ip daddr . tcp dport map @ports';
    const rules = table([rule], { hook: 'prerouting', type: 'nat', priority: -100, more });
    expect(answer(rules, packet('10.96.0.1', 80))).toEqual(['DNAT 10.1.1.1:8080']);
    expect(answer(rules, packet('10.96.0.1', 81))).toEqual(['NONE']);
    expect(answer(rules, packet('10.96.0.2', 80))).toEqual(['NONE']);
  });
});
