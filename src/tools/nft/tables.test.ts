import { describe, expect, it } from '@jest/globals';
import { lookups } from './chain.js';
import { printTableName } from './print.js';
import { parseTableNames } from './tables.js';

const TABLES: readonly [string, string, readonly string[], readonly string[]][] = [
  ['nothing', '', [], []],
  ['tables', 'table ip filter\ntable ip6 kube-proxy\n', ['table ip filter', 'table ip6 kube-proxy'], []],
  [
    'tables with their chains',
    'table ip kube-proxy {\n\tchain services {\n\t}\n\tchain nat-output {\n\t\ttype nat hook output priority -100; policy accept;\n\t}\n}\ntable inet fw {\n}\n',
    ['table ip kube-proxy', 'table inet fw'],
    [],
  ],
  ['junk', 'table ip a\nSegmentation fault\ntable x y\n', ['table ip a'], ['line 2: ', 'line 3: ']],
];

describe('tables', () => {
  it.each(TABLES)('%s', (_, text, tables, problems) => {
    const { value, diagnostics } = parseTableNames(text);
    expect(value.map(printTableName)).toEqual(tables);
    expect(diagnostics.map(({ message }) => message.slice(0, 8))).toEqual(problems);
  });
});

/** The rule as nft 1.0.6 prints it, its iptables-nft-save line, and whether that line shows less. */
const RULES: readonly [string, string, boolean][] = [
  [
    '-s 1.2.3.4/32',
    '{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"1.2.3.4"}}',
    false,
  ],
  [
    '--dport 1:1024',
    '{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"range":[1,1024]}}}',
    false,
  ],
  [
    '--tcp-flags SYN,ACK SYN',
    '{"match":{"op":"==","left":{"&":[{"payload":{"protocol":"tcp","field":"flags"}},["syn","ack"]]},"right":"syn"}}',
    false,
  ],
  ['--dports 80,443', '{"xt":{"type":"match","name":"multiport"}}', false],
  [
    'in a named set',
    '{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@blocked"}}',
    true,
  ],
  [
    'in a set',
    '{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[80,443]}}}',
    true,
  ],
  [
    'a verdict map',
    '{"vmap":{"key":{"payload":{"protocol":"tcp","field":"dport"}},"data":{"set":[[22,{"drop":null}]]}}}',
    true,
  ],
  ['a map', '{"dnat":{"addr":{"map":{"key":{"payload":{"protocol":"tcp","field":"dport"}},"data":"@to"}}}}', true],
];

describe('lookups', () => {
  it.each(RULES)('%s', (_, expression, expected) => {
    const rule = (expr: string) =>
      `{"rule":{"family":"ip","table":"filter","chain":"INPUT","expr":[${expr}{"drop":null}]}}`;
    const text = `{"nftables":[{"metainfo":{}},{"chain":{"name":"INPUT"}},${rule('')},${rule(`${expression},`)}]}\n`;
    expect(lookups(text)).toEqual({ value: [false, expected], diagnostics: [] });
  });

  it.each(['', 'junk', '[]', '{"nftables":{}}', '{"nftables":[{"rule"'])('not a chain: %s', (text) => {
    expect(lookups(text)).toMatchObject({ value: [], diagnostics: [{ code: 'unreadable-json', severity: 'error' }] });
  });
});
