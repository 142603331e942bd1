/**
 * The layouts of nftables mode agree: from each address and port they lead, under the same conditions, to the same
 * endpoints. What kube-proxy's chains say is the truth here: the conformance tests hold them against kube-proxy.
 */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Options } from '../../../options.js';
import { compileState } from '../../../pipeline.js';
import { caseInput, cases } from '../../../testing/cases/cases.js';
import { options, snapshots } from '../../../testing/random/snapshots.js';
import { often, seed } from '../../../testing/run/extent.js';
import { printRule, ruleContext } from '../../../tools/nft/print-rule.js';
import type { Element, Rule, Statement, Table } from '../../../tools/nft/types.js';

/** A rule's end, after what it asks for: `ip daddr 10.0.0.0/8 → 10.244.1.5 . 8080`. */
type Way = string;

/** Where a packet to `key` ends that enters `chain`. */
function ways(table: Table, chain: string, key: string): readonly Way[] {
  const rules = table.chains.find(({ name }) => name === chain)?.rules();
  if (!rules) throw new Error(`no chain ${chain}`);
  return rules.flatMap((rule) => waysOfRule(table, rule, key));
}

function waysOfRule(table: Table, rule: Rule, key: string): readonly Way[] {
  const end = rule.statements.at(-1);
  const before = rule.statements.slice(0, -1).filter((statement) => !isProtocol(statement));
  const asked = printRule({ statements: before }, ruleContext(table));
  return end === undefined ? [] : waysOfEnd(table, end, key).map((way) => (asked === '' ? way : `${asked} → ${way}`));
}

function isProtocol(statement: Statement): boolean {
  return statement.kind === 'match' && statement.left.kind === 'meta' && statement.left.key === 'l4proto';
}

function waysOfEnd(table: Table, end: Statement, key: string): readonly Way[] {
  if (end.kind === 'verdict' && 'chain' in end.verdict) return ways(table, end.verdict.chain, key);
  if (end.kind === 'vmap' && end.map.kind === 'inline')
    return end.map.entries.flatMap(({ data }) => ways(table, data.replace('goto ', ''), key));
  if (end.kind === 'lookup' || (end.kind === 'verdict' && end.verdict.kind === 'drop')) return ['drop'];
  if (end.kind !== 'dnat') return [printRule({ statements: [end] }, ruleContext(table))];
  const { to } = end;
  if (to.kind === 'address') return [`${to.ip} . ${to.port}`];
  if (to.kind !== 'map') return [to.text];
  if (to.map.kind === 'inline') return to.map.entries.map(({ data }) => data);
  const port = to.port?.map.kind === 'named' ? dataOf(table, to.port.map.name, key) : undefined;
  return [`${dataOf(table, to.map.name, key)} . ${port}`];
}

/** What a map has for a packet: by address alone, or by all of `key`. */
function dataOf(table: Table, map: string, key: string): string | undefined {
  const found = table.sets.find(({ name }) => name === map);
  const wanted = found?.key.includes(' . ') ? key : key.split(' . ')[0];
  return elements(table, map).find((element) => element.key === wanted)?.data;
}

function elements(table: Table, set: string): readonly Element[] {
  return [...(table.sets.find(({ name }) => name === set)?.elements() ?? [])];
}

/** All ways from a dispatch map; those with the same conditions in any order. */
function dispatch(table: Table, map: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    elements(table, map).map(({ key, data = '' }) => [
      key,
      data.startsWith('goto ') && data !== 'goto reject-chain' ? [...ways(table, data.slice(5), key)].sort() : [data],
    ]),
  );
}

/** The sources that each address and port with source ranges admits. */
function allowed(table: Table): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    elements(table, 'firewall-ips').map(({ key, data = '' }) => {
      const [rule] = table.chains.find(({ name }) => `goto ${name}` === data)?.rules() ?? [];
      const [match] = rule?.statements ?? [];
      const shared = elements(table, 'source-ranges').filter((element) => element.key.startsWith(`${key} . `));
      const sources = match?.kind === 'match' ? match.values : shared.map((each) => each.key.slice(key.length + 3));
      return [key, [...sources].sort()];
    }),
  );
}

const DISPATCH = ['service-ips', 'service-nodeports', 'no-endpoint-services', 'no-endpoint-nodeports'];
const SAME = ['hairpin-connections', 'cluster-ips', 'nodeport-ips'];

function meaning(table: Table) {
  return {
    dispatch: Object.fromEntries(DISPATCH.map((map) => [map, dispatch(table, map)])),
    same: Object.fromEntries(
      SAME.map((set) => [
        set,
        elements(table, set)
          .map(({ key }) => key)
          .sort(),
      ]),
    ),
    allowed: allowed(table),
  };
}

function tablesOf(input: { sources: Parameters<typeof compileState>[0]; options: Options }, layout: string) {
  const { value } = compileState(input.sources, { ...input.options, mode: 'nftables' }, { layout, skipInvalid: true });
  return value?.desired.nft?.tables ?? [];
}

describe('layout fast leads where layout kube-proxy leads', () => {
  it.each(cases().map((found) => [found.name, found] as const))('%s', (_, found) => {
    const input = caseInput(found);
    expect(tablesOf(input, 'fast').map(meaning)).toEqual(tablesOf(input, 'kube-proxy').map(meaning));
  });

  it('in random clusters', () => {
    fc.assert(
      fc.property(snapshots, options, (items, some) => {
        const sources = [{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
        const input = { sources, options: some };
        expect(tablesOf(input, 'fast').map(meaning)).toEqual(tablesOf(input, 'kube-proxy').map(meaning));
      }),
      { seed, numRuns: often(60, 300) },
    );
  });
});
