/**
 * Random rules of nftables that a kernel accepts, in canonical form.
 */
import fc from 'fast-check';
import { listed } from '../../tools/nft/listed.js';
import { merged } from '../../tools/nft/merged.js';
import type { Expression, MapReference, NatTarget, Operator, Rule, Statement } from '../../tools/nft/types.js';

export function optional<K extends string, V>(name: K, value: V | undefined): { readonly [Name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [Name in K]: V });
}

/** Anything that nft lets through: all but a quote and control characters, in 128 bytes. */
export const COMMENT = fc.option(
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((text) => !/["\p{Cc}]/u.test(text)),
  { nil: undefined },
);

export type IpFamily = 'ip' | 'ip6';

export function address(family: IpFamily): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 1, max: 254 });
  return family === 'ip'
    ? fc.tuple(byte, byte).map(([a, b]) => `10.${a}.0.${b}`)
    : fc.tuple(byte, byte).map(([a, b]) => `fd00:${a.toString(16)}::${b.toString(16)}`);
}

export const PROTOCOL = fc.constantFrom('tcp', 'udp', 'sctp');

export function network(family: IpFamily): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 1, max: 254 });
  return byte.map((a) => (family === 'ip' ? `10.${a}.0.0/16` : `fd00:${a.toString(16)}::/64`));
}

export const VERDICT = fc.constantFrom('drop', 'accept', 'goto tail', 'jump tail', 'return', 'continue');

export function rule(family: IpFamily, last: fc.Arbitrary<Statement>): fc.Arbitrary<Rule> {
  return fc
    .tuple(fc.option(match(family)), fc.option(match(family)), fc.option(neutral()), last, COMMENT)
    .map(([first, second, between, end, comment]) => ({
      statements: listed([first, second, between, end].filter((each) => each !== null)),
      ...optional('comment', comment),
    }));
}

function neutral(): fc.Arbitrary<Statement> {
  return fc
    .oneof(
      fc
        .constantFrom('counter', 'log prefix "a b" level debug', 'meta nftrace set 1')
        .map((text) => ({ kind: 'neutral' as const, text })),
      fc
        .tuple(fc.constantFrom('meta' as const, 'ct' as const), MARK, MARK)
        .map(([target, mask, xor]) => ({ kind: 'mark' as const, target, mask, xor })),
      // Nothing is left to do for the kernel: nft lists another statement.
    )
    .filter((statement) => statement.kind !== 'mark' || statement.mask !== ALL || statement.xor !== 0);
}

const ALL = 0xffffffff;
const MARK = fc.constantFrom(0, 1, 0x4000, 0xff00, 0xffffbfff, ALL);

function match(family: IpFamily): fc.Arbitrary<Statement> {
  const field = (header: string, name: string): Expression => ({ kind: 'payload', header, field: name });
  const one = (left: Expression, value: fc.Arbitrary<string>): fc.Arbitrary<Statement> =>
    fc
      .tuple(fc.uniqueArray(value, { minLength: 1, maxLength: 3 }), fc.constantFrom<Operator>('==', '!='))
      .map(([values, operator]) => ({
        kind: 'match',
        left,
        operator,
        values: merged(values),
      }));
  const mark: Expression = { kind: 'masked', of: { kind: 'meta', key: 'mark' }, mask: 0x4000 };
  const upper: Expression = { ...mark, mask: 0xf0000000 };
  const lookup = (left: Expression, set: string): fc.Arbitrary<Statement> =>
    fc.boolean().map((not) => ({ kind: 'lookup', left, not, set }));
  const source = field(family, 'saddr');
  const triple: Expression = {
    kind: 'concat',
    parts: [field(family, 'daddr'), { kind: 'meta', key: 'l4proto' }, field('th', 'dport')],
  };
  return fc.oneof(
    one(source, address(family)),
    one(source, network(family)),
    // A rule of other protocols could not use a map of TCP.
    one({ kind: 'meta', key: 'l4proto' }, PROTOCOL).filter(
      (each) => each.kind !== 'match' || each.operator === '!=' || each.values.join() === 'tcp',
    ),
    one({ kind: 'fib', flags: ['daddr'], result: 'type' }, fc.constantFrom('local')),
    one({ kind: 'meta', key: 'iifname' }, fc.constantFrom('"eth0"', '"cni*"')),
    one(mark, fc.constantFrom('0x00004000', '0x00000000')),
    one(upper, fc.constantFrom('0x10000000', '0x00000000')),
    fc.constantFrom<Statement>(
      { kind: 'match', left: { kind: 'ct', key: 'state' }, operator: '==', values: ['established', 'related'] },
      { kind: 'match', left: { kind: 'ct', key: 'status' }, operator: '==', values: ['dnat'] },
      { kind: 'match', left: { kind: 'numgen', mode: 'random', mod: 3, offset: 0 }, operator: '==', values: ['0'] },
    ),
    lookup(source, 'ips'),
    lookup(source, 'nets'),
    lookup(triple, 'triples'),
  );
}

export function action(family: IpFamily): fc.Arbitrary<Statement> {
  const key: Expression = {
    kind: 'concat',
    parts: [
      { kind: 'payload', header: family, field: 'daddr' },
      { kind: 'meta', key: 'l4proto' },
      { kind: 'payload', header: 'th', field: 'dport' },
    ],
  };
  return fc.oneof(
    fc.constantFrom<Statement>(
      { kind: 'verdict', verdict: { kind: 'accept' } },
      { kind: 'verdict', verdict: { kind: 'jump', chain: 'tail' } },
      { kind: 'verdict', verdict: { kind: 'goto', chain: 'tail' } },
      { kind: 'reject' },
      { kind: 'reject', with: family === 'ip' ? 'icmp host-unreachable' : 'icmpv6 admin-prohibited' },
      { kind: 'vmap', key, map: { kind: 'named', name: 'verdicts' } },
      { kind: 'set', operation: 'update', set: 'seen', key: { kind: 'payload', header: family, field: 'saddr' } },
      {
        kind: 'set',
        operation: 'add',
        set: 'seen',
        key: { kind: 'payload', header: family, field: 'saddr' },
        timeout: 90,
      },
    ),
    entries(VERDICT).map((map) => ({
      kind: 'vmap' as const,
      key: { kind: 'numgen' as const, mode: 'inc' as const, mod: 9, offset: 0 },
      map,
    })),
  );
}

function entries(data: fc.Arbitrary<string>): fc.Arbitrary<MapReference> {
  return fc
    .array(data, { minLength: 1, maxLength: 4 })
    .map((list) => ({ kind: 'inline', entries: list.map((each, i) => ({ key: `${i}`, data: each })) }));
}

export function natStatement(family: IpFamily): fc.Arbitrary<Statement> {
  const ip = address(family);
  const key: Expression = { kind: 'numgen', mode: 'random', mod: 4, offset: 0 };
  const flags = fc.constantFrom<readonly string[]>([], ['random'], ['persistent']);
  const dnat = (to: fc.Arbitrary<NatTarget>): fc.Arbitrary<Statement> =>
    fc.tuple(to, flags).map(([target, names]) => ({ kind: 'dnat', to: target, flags: names }));
  return fc.oneof(
    dnat(ip.map((each) => ({ kind: 'address', ip: each }))),
    dnat(entries(ip).map((map) => ({ kind: 'map', key, map }))),
    dnat(
      fc.constant({
        kind: 'map',
        key: {
          kind: 'concat',
          parts: [
            { kind: 'payload', header: family, field: 'daddr' },
            { kind: 'payload', header: 'tcp', field: 'dport' },
            { kind: 'numgen', mode: 'random', mod: 2, offset: 0 },
          ],
        },
        map: { kind: 'named', name: 'endpoints' },
      }),
    ),
    fc.constant({ kind: 'redirect' as const, flags: [] }),
  );
}

export function masquerade(): fc.Arbitrary<Statement> {
  return fc
    .constantFrom<readonly string[]>([], ['fully-random'], ['random', 'persistent'])
    .map((flags) => ({ kind: 'masquerade', flags }));
}
