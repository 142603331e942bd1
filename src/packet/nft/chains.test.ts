/**
 * Chains of nftables on packets: jumps, policies, and the order of base chains, of iptables' tables among them.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../../ip.js';
import { answer, evaluatorOf, packet, table } from '../../testing/network/nft-answers.js';
import { stepsOf } from '../branch.js';

const TO = packet('10.244.1.5', 80);

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

  it.each([
    ['a chain that is not there', 'jump b', {}, 'jump b, a chain that is not there'],
    ['a loop', 'goto a', { a: ['goto b'], b: ['goto a'] }, /^goto [ab], a loop, or deeper than the kernel goes$/],
  ])('what the kernel refuses is not known: %s', (_, rule, others, why) => {
    const [way] = evaluatorOf(table([rule], { more: chains(others) })).ways(TO);
    expect(way?.depends).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)]);
  });

  it.each([
    ['jump {\n ip saddr 192.168.7.9 accept\n tcp dport { 80, 81 } drop\n}', 'DROP'],
    ['jump { tcp dport 81 drop; }', 'NONE'],
    ['jump { accept; }\ntcp dport 80 drop', 'NONE'],
    ['jump { return; drop; }\ntcp dport 80 drop', 'DROP'],
    ['goto { log prefix "jump {"; }\ntcp dport 80 drop', 'NONE'],
    ['jump { tcp dport 81 jump { accept; }; }\njump { jump { drop; }; accept; }', 'DROP'],
  ])('a chain in braces: %s', (rule, told) => {
    expect(answer(table(rule.split('\n')), TO)).toEqual([told]);
    const [way] = evaluatorOf(table(['jump { meta mark set 0x1; }', 'jump { drop; }'])).ways(TO);
    expect(way && stepsOf(way).map(({ chain, text }) => `${chain}: ${text}`)).toEqual([
      'base: jump base{1}',
      'base{1}: meta mark set 0x00000001',
      'base: jump base{2}',
      'base{2}: drop',
    ]);
  });

  it('those of an interface are passed over, as docs/trace.md says', () => {
    const [on, rules] = ['ingress device "eth0"', ['drop']];
    expect(answer(table(rules, { hook: on, of: 'inet' }), TO)).toEqual(['NONE']);
    for (const hook of [on, 'egress device "eth0"'])
      expect(answer(table(rules, { hook, of: 'netdev' }), TO)).toEqual(['NONE']);
    expect(answer(table(rules, { of: 'bridge' }), TO)).toEqual(['NONE']);
    expect(answer(table(rules, { of: 'inet' }), TO)).toEqual(['DROP']);
  });

  it('endless ways are refused', () => {
    const half = (next: number) => `numgen random mod 2 vmap { 0 : jump c${next}, 1 : jump c${next} }`;
    const all = Object.fromEntries(
      Array.from({ length: 14 }, (__, i): readonly [string, readonly string[]] => [
        `c${i}`,
        [half(i + 1), half(i + 1)],
      ]),
    );
    const evaluator = evaluatorOf(table(['jump c0'], { more: chains({ ...all, c14: [] }) }));
    expect(() => evaluator.ways(TO)).toThrow(/^table ip \S+: too many ways of a packet through chain c\d+$/);
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

  it.each([
    ['192.168.7.100', 'snat'],
    ['192.168.7.101', 'masquerade'],
  ])('a source of a map has an element for %s, or the rule does not match: %s', (source, told) => {
    const rules = ['snat to ip saddr map { 192.168.7.100 : 192.0.2.1 }', 'masquerade'];
    const evaluator = evaluatorOf(table(rules, { hook: 'postrouting', type: 'nat', priority: 100 }));
    const asked = { ...TO, source: parseIp(source) ?? TO.source };
    expect(evaluator.evaluate(asked).map(({ flow }) => flow.sourceNat)).toEqual([told]);
  });
});
