/**
 * Rule sets of nftables: their values without functions, their text line by line, and random ones.
 */
import fc from 'fast-check';
import type { BaseChain, Chain, Element, NamedSet, Rule, Statement, Table } from '../../tools/nft/types.js';
import {
  action,
  address,
  COMMENT,
  type IpFamily,
  masquerade,
  natStatement,
  network,
  optional,
  PROTOCOL,
  rule,
  VERDICT,
} from './nft-rules.js';

const PORT = fc.integer({ min: 1, max: 65535 });

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

function elements(
  key: fc.Arbitrary<string>,
  more: fc.Arbitrary<Partial<Element>>,
): fc.Arbitrary<() => readonly Element[]> {
  const element = fc
    .record({ key, comment: COMMENT, more })
    .map(({ comment, more, ...rest }) => ({ ...rest, ...optional('comment', comment), ...more }));
  return fc.uniqueArray(element, { maxLength: 6, selector: (each) => each.key }).map((list) => () => list);
}

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
