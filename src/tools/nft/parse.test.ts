import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conformanceCases, ROOT } from '../../testing/cases/cases.js';
import { data, listingLines, randomTable, withoutElements } from '../../testing/random/nft.js';
import { often, seed } from '../../testing/run/extent.js';
import { render } from '../../text.js';
import { parse } from './parse.js';
import { parseJson } from './parse-json.js';
import { print } from './print.js';
import { printRule, ruleContext } from './print-rule.js';
import type { Table } from './types.js';

const foreign = (name: string): string => readFileSync(`${ROOT}src/tools/nft/foreign/${name}`, 'utf8');

const CASES = conformanceCases().filter(({ directory }) => existsSync(`${directory}kube-proxy/nft`));

it('has cases', () => expect(CASES.length).toBeGreaterThan(39));

it.each(CASES)('$name: kube-proxy’s listing is read in full and printed as nft prints it', ({ directory }) => {
  const dump = readFileSync(`${directory}kube-proxy/nft`, 'utf8');
  const { value, diagnostics } = parse(dump);
  expect(diagnostics).toEqual([]);
  expect(JSON.stringify(data(value))).not.toMatch(/"(unknown|others)"/);
  const printed = render(print(value));
  expect(listingLines(printed)).toEqual(listingLines(dump));
  expect(data(parse(printed).value)).toEqual(data(value));
});

const OLD = foreign('ruleset-1.0.6');

it('reads what other programs write', () => {
  const { value, diagnostics } = parse(OLD);
  expect(diagnostics).toEqual([]);
  const printed = render(print(value));
  const stateless = withoutElements(OLD)
    .replace(/counter packets \d+ bytes \d+/g, 'counter')
    .replace('local  counter', 'local counter')
    .replace('meta l4proto tcp tcp dport', 'tcp dport');
  // Sets in braces are sorted another way, and states are written without braces.
  const sorted = (text: string) =>
    text.replace(/\{ ([^{}:]*) \}/g, (_, list: string) => list.split(/, ?/).sort().join());
  const lines = (text: string) => sorted(text).split('\n');
  expect(lines(withoutElements(printed))).toEqual(
    lines(stateless.replace('{ established, related }', 'established,related')),
  );
  expect(data(parse(printed).value)).toEqual(data(value));
});

it('reads the same from a listing of a newer nft', () => {
  const old = parse(OLD.slice(0, OLD.indexOf('table ip nat {')));
  const { value, diagnostics } = parse(foreign('ruleset-1.1.3'));
  expect(diagnostics).toEqual([]);
  expect(render(print(value)).split('\n')).toEqual(render(print(old.value)).split('\n'));
});

it.each([
  {
    version: '1.0.6',
    lost: ['comment', 'by', 'key', 'data', 'flags', 'others', 'size', 'timeout', 'device'],
  },
  { version: '1.1.3', lost: ['data', 'others', 'timeout'] },
])('reads the same from the JSON of $version', ({ version, lost }) => {
  const known = (tables: readonly Table[]) => tables.filter(({ name }) => name !== 'nat' && name !== 'filter');
  const listed = known(parse(foreign(`ruleset-${version}`)).value);
  const { value, diagnostics } = parseJson(foreign(`json-${version}`));
  expect(diagnostics).toEqual([]);
  const [left, right] = [
    known(value).map((table) => withoutLost(table, lost)),
    listed.map((table) => withoutLost(table, lost)),
  ];
  expect(left).toEqual(right);
  const rules = (tables: readonly Table[]) =>
    tables.flatMap((table) =>
      table.chains.flatMap((chain) =>
        chain.rules().map((rule) => printRule(rule, ruleContext({ ...table, sets: [] }))),
      ),
    );
  const [read, texts] = [rules(known(value)), rules(listed)];
  expect(read.length).toBe(texts.length);
  const other = texts.filter((text, i) => text !== read[i]);
  expect(other).toEqual(NOT_FROM_JSON);
});

/** Rules that stay JSON, or whose values JSON writes another way. */
const NOT_FROM_JSON: readonly string[] = [
  'quota over 10 mbytes drop',
  'ct count over 10 drop',
  'tcp option maxseg size set 1400',
  'ct expiration > 1h accept',
  '@ih,0,8 0x1 accept',
  'snat ip prefix to ip saddr map { 10.0.0.0/8 : 11.0.0.0/8 }',
  'fwd to "lo"',
  'dup to "lo"',
];

/** A table without its rules and what the JSON of a version does not have. */
function withoutLost(table: Table, lost: readonly string[]): unknown {
  const chains = table.chains.map((chain) => ({ ...chain, rules: () => [] }));
  const plain = data([{ ...table, chains }]);
  return JSON.parse(
    JSON.stringify(plain, (name, value) => (lost.includes(name) || name === 'others' ? undefined : value)),
  );
}

it('reads random tables as they were printed', () => {
  const law = fc.property(randomTable(), (table) => {
    const { value, diagnostics } = parse(render(print([table])));
    expect(diagnostics).toEqual([]);
    expect(data(value)).toEqual(data([table]));
  });
  fc.assert(law, { seed, numRuns: often(100, 2000) });
});
