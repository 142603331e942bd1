/**
 * Rule sets of nftables: their values without functions, their text line by line, and random ones.
 */
import fc from 'fast-check';
import { inKeyOrder } from '../../tools/nft/key-order.js';
import type {
  BaseChain,
  Chain,
  Element,
  Expression,
  MapReference,
  NamedSet,
  NatTarget,
  Operator,
  Rule,
  Statement,
  Table,
} from '../../tools/nft/types.js';

/** Tables as plain data, to compare them; elements by their key. */
export function data(tables: readonly Table[]): readonly Plain[] {
  const plain = (name: string, value: unknown): unknown => {
    if (typeof value !== 'function') return value;
    const list = [...value()];
    return name === 'elements' ? list.sort((a, b) => (a.key < b.key ? -1 : 1)) : list;
  };
  return JSON.parse(JSON.stringify(tables, plain));
}

/** What JSON says of a table. */
interface Plain {
  readonly [name: string]: unknown;
}

/** A listing with one element a line, sorted within each set: versions of nft order and break them differently. */
export function listingLines(text: string): readonly string[] {
  return text
    .replace(ELEMENTS, (_, list: string) => {
      const elements = list.split(/,\s*/).filter((element) => element !== '');
      return elements
        .sort()
        .map((element) => `element ${element}`)
        .join('\n');
    })
    .split('\n');
}

const ELEMENTS = /\t\telements = \{\s*((?:"[^"]*"|[^}"])*?),?\s*\}/g;

/** A listing without the elements of its sets. */
export function withoutElements(text: string): string {
  return text.replace(ELEMENTS, '\t\telements');
}

/** A random table that a kernel accepts, with every kind of statement, in canonical form. */
export function randomTable(): fc.Arbitrary<Table> {
  return fc
    .constantFrom<'ip' | 'ip6'>('ip', 'ip6')
    .chain((family) =>
      fc.record({ family: fc.constant(family), comment: COMMENT, sets: sets(family), chains: chains(family) }),
    )
    .map(({ comment, ...table }) => ({ ...table, name: 'generated', ...optional('comment', comment) }));
}

function optional<K extends string, V>(name: K, value: V | undefined): { readonly [Name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [Name in K]: V });
}

/** Anything that nft lets through: all but a quote and control characters, in 128 bytes. */
const COMMENT = fc.option(
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((text) => !/["\p{Cc}]/u.test(text)),
  { nil: undefined },
);

type IpFamily = 'ip' | 'ip6';

function address(family: IpFamily): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 1, max: 254 });
  return family === 'ip'
    ? fc.tuple(byte, byte).map(([a, b]) => `10.${a}.0.${b}`)
    : fc.tuple(byte, byte).map(([a, b]) => `fd00:${a.toString(16)}::${b.toString(16)}`);
}

const PORT = fc.integer({ min: 1, max: 65535 });
const PROTOCOL = fc.constantFrom('tcp', 'udp', 'sctp');

function network(family: IpFamily): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 1, max: 254 });
  return byte.map((a) => (family === 'ip' ? `10.${a}.0.0/16` : `fd00:${a.toString(16)}::/64`));
}

function elements(
  key: fc.Arbitrary<string>,
  more: fc.Arbitrary<Partial<Element>>,
): fc.Arbitrary<() => readonly Element[]> {
  const element = fc
    .record({ key, comment: COMMENT, more })
    .map(({ comment, more, ...rest }) => ({ ...rest, ...optional('comment', comment), ...more }));
  return fc.uniqueArray(element, { maxLength: 6, selector: (each) => each.key }).map((list) => () => list);
}

const VERDICT = fc.constantFrom('drop', 'accept', 'goto tail', 'jump tail', 'return', 'continue');

function sets(family: IpFamily): fc.Arbitrary<readonly NamedSet[]> {
  const type = family === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
  const ip = address(family);
  const triple = fc.tuple(ip, PROTOCOL, PORT).map((parts) => parts.join(' . '));
  const pair = fc.tuple(ip, PORT).map((parts) => parts.join(' . '));
  const none = fc.constant({});
  const set = (
    name: string,
    head: Partial<NamedSet> & Pick<NamedSet, 'key'>,
    list: fc.Arbitrary<() => readonly Element[]>,
  ): fc.Arbitrary<NamedSet> =>
    fc.tuple(list, COMMENT).map(([elements, comment]) => ({
      kind: head.data === undefined ? 'set' : 'map',
      name,
      by: 'type',
      flags: [],
      ...head,
      ...optional('comment', comment),
      elements,
    }));
  const timeout = fc.integer({ min: 1000, max: 200_000 }).map((seconds) => ({ timeout: seconds }));
  return fc.tuple(
    set('ips', { key: type }, elements(ip, none)),
    set('nets', { key: type, flags: ['interval'] }, elements(network(family), none)),
    set('triples', { key: `${type} . inet_proto . inet_service` }, elements(triple, none)),
    set('timed', { key: type, flags: ['timeout'], timeout: 3600 }, elements(ip, timeout)),
    set('seen', { key: type, flags: ['dynamic', 'timeout'], timeout: 10_800 }, elements(ip, none)),
    set(
      'verdicts',
      { key: `${type} . inet_proto . inet_service`, data: 'verdict' },
      elements(
        triple,
        VERDICT.map((verdict) => ({ data: verdict })),
      ),
    ),
    set(
      'endpoints',
      { key: `${family} daddr . tcp dport . numgen random mod 2`, data: `${family} daddr . tcp dport`, by: 'typeof' },
      elements(
        fc.tuple(pair, fc.nat(9)).map((parts) => parts.join(' . ')),
        pair.map((data) => ({ data })),
      ),
    ),
  );
}

function chains(family: IpFamily): fc.Arbitrary<readonly Chain[]> {
  const nat = natStatement(family);
  const priority = fc.integer({ min: -399, max: 399 });
  const filter = fc.record({
    type: fc.constant('filter' as const),
    hook: fc.constantFrom('input' as const, 'forward' as const, 'prerouting' as const),
    priority,
    policy: fc.constantFrom('accept' as const, 'drop' as const),
  });
  const source = { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' } as const;
  const destination = { type: 'nat', hook: 'prerouting', priority: -110, policy: 'accept' } as const;
  return fc.tuple(
    chain(
      'tail',
      fc.constant(undefined),
      rule(family, fc.constantFrom<Statement>({ kind: 'verdict', verdict: { kind: 'drop' } })),
    ),
    chain('filters', filter, rule(family, action(family))),
    chain('destinations', fc.constant(destination), rule(family, nat)),
    chain('sources', fc.constant(source), rule(family, masquerade())),
  );
}

function chain(name: string, base: fc.Arbitrary<BaseChain | undefined>, each: fc.Arbitrary<Rule>): fc.Arbitrary<Chain> {
  return fc.tuple(base, COMMENT, fc.array(each, { maxLength: 6 })).map(([own, comment, rules]) => ({
    name,
    ...optional('base', own),
    ...optional('comment', comment),
    rules: () => rules,
  }));
}

function rule(family: IpFamily, last: fc.Arbitrary<Statement>): fc.Arbitrary<Rule> {
  return fc
    .tuple(fc.option(match(family)), fc.option(match(family)), fc.option(neutral()), last, COMMENT)
    .map(([first, second, between, end, comment]) => ({
      statements: [first, second, between, end].filter((each) => each !== null),
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
        values: inKeyOrder(values, (each) => each),
      }));
  const mark: Expression = { kind: 'masked', of: { kind: 'meta', key: 'mark' }, mask: 0x4000 };
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
    one({ kind: 'meta', key: 'l4proto' }, PROTOCOL),
    one({ kind: 'fib', flags: ['daddr'], result: 'type' }, fc.constantFrom('local')),
    one({ kind: 'meta', key: 'iifname' }, fc.constantFrom('"eth0"', '"cni*"')),
    one(mark, fc.constant('0x00004000')).filter(({ kind, ...rest }) => kind === 'match' && 'values' in rest),
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

function action(family: IpFamily): fc.Arbitrary<Statement> {
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

function natStatement(family: IpFamily): fc.Arbitrary<Statement> {
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

function masquerade(): fc.Arbitrary<Statement> {
  return fc
    .constantFrom<readonly string[]>([], ['fully-random'], ['random', 'persistent'])
    .map((flags) => ({ kind: 'masquerade', flags }));
}
