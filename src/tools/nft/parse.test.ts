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

it('reads chains in braces, which JSON has as text', () => {
  const of = { family: 'ip', table: 't', chain: 'c' };
  const json = [
    { chain: { ...of, name: 'c' } },
    { rule: { ...of, expr: ['jump {\n\t\t\tdrop\n\t\t}', { counter: null }] } },
    { rule: { ...of, expr: ['goto {\n\t\t\tjump {\n\t\t\t\taccept\n\t\t\t}\n\t\t}'] } },
  ];
  const listing =
    'table ip t {\n\tchain c {\n\t\tjump {\n\t\t\tdrop\n\t\t} counter\n\t\tgoto { jump { accept; }; }\n\t}\n}\n';
  const { value, diagnostics } = parseJson(JSON.stringify({ nftables: json }));
  expect(diagnostics).toEqual([]);
  const sorted = (tables: readonly Table[]) =>
    tables.flatMap(({ chains }) => chains.map(({ name, rules }) => JSON.stringify([name, rules()]))).sort();
  expect(sorted(value)).toEqual(sorted(parse(listing).value));
  expect(sorted(value)).toHaveLength(4);
});

it('reads random tables as they were printed', () => {
  const law = fc.property(randomTable(), (table) => {
    const { value, diagnostics } = parse(render(print([table])));
    expect(diagnostics).toEqual([]);
    expect(data(value)).toEqual(data([table]));
  });
  fc.assert(law, { seed, numRuns: often(100, 500) });
});

it('reads handles, flow tables, devices and joined lines, and leaves notes out', () => {
  const { value, diagnostics } = parse(NOTED);
  expect(diagnostics).toEqual([]);
  expect(data(value)).toEqual(
    data(parse(render(print(value))).value).map((table) => expect.objectContaining({ name: table['name'] })),
  );
  expect(data(value)).toMatchObject([
    {
      name: 'x',
      others: ['flowtable ft {\n\thook ingress priority filter\n\tdevices = { eth0 }\n}'],
      sets: [{ name: 's', elements: [{ key: '1.2.3.4' }, { key: '5.6.7.8', comment: 'a } b' }] }],
      chains: [{ name: 'c', rules: [{ handle: 4, statements: [{ values: ['80', '443'] }, { kind: 'verdict' }] }] }],
    },
  ]);
});

const NOTED = `# Warning: table inet x is managed by another program
table inet x { # handle 1
	flowtable ft { # handle 2
		hook ingress priority filter
		devices = { eth0 }
	}

	set s { # handle 3
		type ipv4_addr
		elements = { 1.2.3.4/32 counter packets 5 bytes 6,
			     5.6.7.8 expires 5s comment "a } b" }
	}

	chain c { # handle 5
		tcp dport { 80, \\
			    443 } drop # handle 4
	}
}
`;

it.each([
  ['table ip x {\n\tchain c {\n\t\tdrop\n', 'line 5: the text ends early: "the end"'],
  ['table ip x {\n\tchain c {\n\t\tlog prefix "a\n\t}\n}\n', 'line 3: not a word of nft: "log prefix \\"a"'],
  ['table ip x {\n\tset {\n\t}\n}\n', 'line 2: expected the name of a set: "set {"'],
  ['chain c\ntable ip y {\n}\n', 'line 1: not a table: "chain c"'],
  [
    'table ip x {\n\tchain c {\n\t\ttype nat hook moon priority 0;\n\t}\n}\n',
    'line 3: not the head of a chain: "type nat hook moon priority 0;"',
  ],
])('says where %j is wrong, and reads the next table', (text, message) => {
  const { value, diagnostics } = parse(`${text}table ip6 good {\n}\n`);
  expect(diagnostics.map((each) => each.message)).toContain(message);
  expect(value.map(({ name }) => name)).toContain('good');
});

it.each(['a"; } flush ruleset; {"', 'a\nflush ruleset', '\\', '\u0000', '# x', '}', '\u0085\u2028'])(
  'keeps the comment %j in its quotes',
  (comment) => {
    const table: Table = {
      family: 'ip',
      name: 'x',
      comment,
      sets: [],
      chains: [{ name: 'c', comment, rules: () => [{ statements: [], comment }] }],
    };
    const text = render(print([table]));
    expect(text.split('\n').filter((line) => /flush/.test(line.replace(/"[^"]*"/g, '')))).toEqual([]);
    const { value, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    expect(value).toHaveLength(1);
    expect(value[0]?.comment).toBe(comment.replace(/["\p{Cc}]/gu, '?'));
  },
);

it('never throws at any text', () => {
  const words = fc.constantFrom(
    'table',
    'ip',
    'x',
    '{',
    '}',
    'set',
    'chain',
    'map',
    'elements',
    '=',
    ',',
    ';',
    '\n',
    '"',
    '#',
    'type',
    'dnat',
    'to',
    '@s',
    ':',
    '1.2.3.4',
    'comment',
    'vmap',
    '\\',
  );
  const law = fc.property(fc.array(words, { maxLength: 40 }), (list) => {
    const { value } = parse(list.join(' '));
    render(print(value));
  });
  fc.assert(law, { seed, numRuns: often(300, 5000) });
});
