import { describe, expect, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { type Family, parseCidr, parseIp } from '../../../ip.js';
import { often } from '../../../testing/run/extent.js';
import { printRule } from '../print.js';
import {
  ACCEPT,
  DROP,
  type Header,
  type Match,
  type Negatable,
  RETURN,
  type Rule,
  rule,
  type Target,
} from '../types.js';
import { parseRule } from './rule.js';

describe.each(['ipv4', 'ipv6'] as const)('parseRule, %s', (family) => {
  it('is the inverse of printRule', () => {
    fc.assert(
      fc.property(rules(family), (given) => {
        expect(parseRule(printRule(given, family), family)).toEqual(given);
      }),
      { numRuns: often(600, 3000) },
    );
  });

  it('loses nothing of any line', () => {
    fc.assert(
      fc.property(fc.oneof(SOUP, fc.string({ unit: 'binary' })), (text) => {
        expect(printRule(parseRule(text, family), family)).toBe(text);
      }),
      { numRuns: often(1000, 5000) },
    );
  });

  it('reads other spellings once and for all', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TOKENS, ...OTHER_SPELLINGS)), (tokens) => {
        const read = parseRule(tokens.join(''), family);
        expect(parseRule(printRule(read, family), family)).toEqual(read);
      }),
      { numRuns: often(1000, 5000) },
    );
  });
});

/** The tokens that lines are made of, as iptables 1.8.9 spells them. */
const TOKENS: readonly string[] =
  ` -m, -j, -g, !, -p, tcp, -s, 10.0.0.0/8, 0.0.0.0/0, fd00::/8, -d, ::1.2.3.4/128, -i, -o, eth0, -f, -A, --comment, "a b",
  "a\\"b", "", ", \\, --dport, 80, 1:2, --ctstate, NEW,  , -m comment --comment x, -m tcp --dport 80, -j ACCEPT, -j DROP, -g X,
  -m conntrack --ctstate, -m mark --mark 0x10, -m set --match-set A src, --random, MASQUERADE, LOG, --set-xmark 0x1/0x1,
  -m multiport --dports 80, --log-prefix, -j MASQUERADE, -j REJECT --reject-with icmp-port-unreachable, -m statistic, \t`
    .split(/,\n? /)
    .map((token) => (/^\s*$/.test(token) ? token : ` ${token.trim()}`));

const OTHER_SPELLINGS: readonly string[] = [' -p 17', ' -m comment --comment "x"', ' -j MARK --or-mark 0x1'];

const SOUP = fc.array(fc.constantFrom(...TOKENS)).map((tokens) => tokens.join(''));

function rules(family: Family): Arbitrary<Rule> {
  const targets = fc.option(fc.oneof(typedTargets(family), UNKNOWN_TARGETS), { nil: undefined });
  return fc
    .tuple(headers(family), fc.array(fc.oneof(typedMatches(family), UNKNOWN_MATCHES)), targets)
    .map(([header, matches, target]) => rule(header, matches, target));
}

function headers(family: Family): Arbitrary<Header> {
  const networks = fc
    .tuple(ips(family), fc.integer({ min: 1, max: family === 'ipv4' ? 32 : 128 }))
    .map(([ip, prefix]) => parseCidr(`${ip}/${prefix}`)?.text ?? '');
  const fields = {
    source: negatable(networks),
    destination: negatable(networks),
    inInterface: negatable(NAMES),
    outInterface: negatable(NAMES),
    protocol: fc.oneof(L4, negatable(fc.constantFrom('esp', 'icmp', '200')), fc.constant({ not: true, value: 'tcp' })),
    other: fc.constantFrom(' -f', ' ! -f', ' -s 10.0.0.0/255.0.255.0 -p tcp'),
  };
  return fc.record(fields, { requiredKeys: [] });
}

function typedMatches(family: Family): Arbitrary<Match> {
  return fc.oneof<Arbitrary<Match>[]>(
    record({ kind: fc.constant('comment'), text: fc.string().filter((text) => !/[\u0000-\u001f\u007f]/.test(text)) }),
    record({ kind: fc.constant('l4'), protocol: L4 }),
    record({ kind: fc.constant('l4'), protocol: L4, destinationPort: PORTS }),
    record({
      kind: fc.constant('ports'),
      protocol: L4,
      ports: fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1000, max: 65535 })),
    }),
    record({ kind: fc.constant('same-address') }),
    record({
      kind: fc.constant('conntrack'),
      states: negatable(
        fc.array(fc.constantFrom('INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'DNAT'), { minLength: 1 }),
      ),
    }),
    record({ kind: fc.constant('mark'), mark: negatable(record({ value: BITS, mask: BITS })) }),
    record({
      kind: fc.constant('addrtype'),
      side: fc.constantFrom('source', 'destination'),
      type: negatable(fc.constant('LOCAL')),
    }),
    record({
      kind: fc.constant('set'),
      set: NAMES,
      sides: fc.array(fc.constantFrom('src', 'dst'), { minLength: 1, maxLength: 6 }),
    }),
    record({ kind: fc.constant('physdev-in'), in: negatable(fc.constant(true)) }),
    record({ kind: fc.constant('ipvs'), protocol: L4, address: ips(family), port: PORTS }),
    record({ kind: fc.constant('statistic'), probability: fc.integer({ min: 0, max: 2 ** 31 }) }),
    record({ kind: fc.constant('recent'), list: NAMES, check: record({ kind: fc.constant('set') }) }),
    record({
      kind: fc.constant('recent'),
      list: NAMES,
      check: record({ kind: fc.constant('rcheck'), seconds: fc.integer({ min: 1, max: 2 ** 31 - 1 }) }),
    }),
  );
}

function typedTargets(family: Family): Arbitrary<Target> {
  return fc.oneof<Arbitrary<Target>[]>(
    fc.constantFrom(ACCEPT, DROP, RETURN, { kind: 'reject' }),
    record({ kind: fc.constantFrom('jump', 'goto'), chain: NAMES }),
    record({ kind: fc.constant('mark'), value: BITS, mask: BITS }),
    record({ kind: fc.constant('dnat'), ip: ips(family), port: fc.integer({ min: 1, max: 65535 }) }),
    record({ kind: fc.constant('masquerade'), randomFully: fc.boolean() }),
  );
}

const UNKNOWN_MATCHES: Arbitrary<Match> = fc
  .constantFrom(' -m multiport --dports 80,443', ' -m string --string "a -j b" --algo bm', ' -m tcp ! --dport 80')
  .map((text) => ({ kind: 'unknown', text }));

const UNKNOWN_TARGETS: Arbitrary<Target> = fc
  .constantFrom(' -j LOG --log-prefix "a \\" -m b"', ' -j LOG', ' -j MASQUERADE --random', ' -g A --x')
  .map((text) => ({ kind: 'unknown', text }));

/** Names of chains, sets and interfaces; some look like an option. */
const NAMES = fc.oneof(fc.stringMatching(/^[a-zA-Z0-9._:+-]{1,15}$/), fc.constantFrom('-j', '-m', '--name'));
const L4 = fc.constantFrom('tcp', 'udp', 'sctp');
const PORTS = fc.integer({ min: 0, max: 65535 });
const BITS = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 0x4000, 2 ** 31, 2 ** 32 - 1));

function ips(family: Family): Arbitrary<string> {
  const ipv6 = fc.oneof(fc.ipV6(), fc.constantFrom('::102:304', '::1', '::1:0', '1::'));
  return (family === 'ipv4' ? fc.ipV4() : ipv6)
    .map((text) => parseIp(text))
    .filter((ip) => ip?.family === family)
    .map((ip) => ip?.text ?? '');
}

function negatable<T>(values: Arbitrary<T>): Arbitrary<Negatable<T>> {
  return record({ not: fc.boolean(), value: values });
}

/** Objects with the prototype of those in rule.ts; fc.record makes objects without one by default. */
function record<const T>(fields: { readonly [Key in keyof T]: Arbitrary<T[Key]> }): Arbitrary<T> {
  return fc.record(fields as { [Key in keyof T]: Arbitrary<T[Key]> }, { noNullPrototype: true }) as Arbitrary<T>;
}
