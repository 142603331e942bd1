import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Family } from '../../ip.js';
import { ROOT, RULES_FILE } from '../../testing/cases/cases.js';
import { computed } from '../../testing/run/patience.js';
import { render } from '../../text.js';
import { parse } from './parse.js';
import { print, printRule } from './print.js';
import type { Match, Target } from './types.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SAVE: Readonly<Record<Family, string>> = { ipv4: 'iptables-save', ipv6: 'ip6tables-save' };

/** The files below `directory` that have the family's name, by path. */
function files(directory: string, names: Readonly<Record<Family, string>>): readonly [string, Family][] {
  if (!existsSync(`${ROOT}${directory}`)) return [];
  const all = readdirSync(`${ROOT}${directory}`, { recursive: true, encoding: 'utf8' }).sort();
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    all
      .filter((file) => file.split('/').at(-1) === names[family])
      .map((file): [string, Family] => [`${directory}/${file}`, family]),
  );
}

const GOLDEN = files('golden', RULES_FILE);
const SAVED = files('fixtures/conformance', SAVE);
const FOREIGN = files('src/tools/iptables/foreign', SAVE);

describe('parse', () => {
  it('has texts to read', () => {
    expect(GOLDEN.length).toBeGreaterThan(100);
    expect(SAVED.length).toBeGreaterThan(100);
    expect(FOREIGN).toHaveLength(2);
  });

  it.each([...GOLDEN, ...SAVED, ...FOREIGN])('print gives %s again', (path, family) => {
    const text = readFileSync(`${ROOT}${path}`, 'utf8').replace(/^#.*\n/gm, '');
    const { value, diagnostics } = parse(text, family);
    expect(diagnostics).toEqual([]);
    expect(render(print(value))).toBe(text);
    for (const chain of value.tables.flatMap((table) => table.chains)) {
      expect(chain.rules().map((rule) => printRule(rule, family))).toEqual(chain.lines);
    }
  });

  it.each([...GOLDEN, ...SAVED])('knows all of %s', (path, family) => {
    const { value } = parse(readFileSync(`${ROOT}${path}`, 'utf8'), family);
    expect(unknownParts(value.tables.flatMap((table) => table.chains).flatMap((chain) => chain.rules()))).toEqual([]);
  });

  it('knows of foreign rules what looks like ours, and no more', () => {
    const { value } = parse(readFileSync(`${HERE}foreign/iptables-save`, 'utf8'), 'ipv4');
    const unknown = (table: string, chain: string) =>
      value.tables
        .filter(({ name }) => name === table)
        .flatMap(({ chains }) => chains.filter(({ name }) => name === chain))
        .map((found) => unknownParts(found.rules()));
    expect(unknown('nat', 'DOCKER')).toEqual([
      [
        ' -j DNAT --to-destination 172.17.0.2:81-89',
        ' -j DNAT --to-destination 172.17.0.3',
        ' -j DNAT --to-destination 172.17.0.2:443 --random',
      ],
    ]);
    expect(unknown('filter', 'f2b-sshd')).toEqual([
      [' -j REJECT --reject-with icmp-host-prohibited', ' -j REJECT --reject-with tcp-reset'],
    ]);
  });
});

function unknownParts(rules: readonly { readonly matches: readonly Match[]; readonly target: Target | undefined }[]) {
  return rules
    .flatMap(({ matches, target }) => [...matches, ...(target ? [target] : [])])
    .flatMap((part) => (part.kind === 'unknown' ? [part.text] : []));
}

/** Name, text, the tables, chains and rules read from it, messages. */
const TEXTS: readonly [string, string, Readonly<Record<string, readonly string[]>>, readonly string[]][] = [
  ['nothing', '', {}, []],
  ['blank lines and comments', '\n# Written by x\n# Warning: iptables-legacy tables present\n\n', {}, []],
  [
    'counters, and policies',
    '*filter\n:INPUT DROP [12:3456]\n:A - [0:0]\n:B -\n[1:60] -A INPUT -j A\n-A A -j B\nCOMMIT\n',
    { 'filter INPUT DROP': [' -j A'], 'filter A': [' -j B'], 'filter B': [] },
    [],
  ],
  [
    'lines that end in a blank, and with a carriage return',
    '*nat\r\n:INPUT ACCEPT [0:0]\r\n-A INPUT -j RETURN \r\nCOMMIT\r\n',
    { 'nat INPUT ACCEPT': [' -j RETURN'] },
    [],
  ],
  [
    'a rule without anything, and no line break at the end',
    '*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT\nCOMMIT',
    { 'raw OUTPUT ACCEPT': [''] },
    [],
  ],
  [
    'no COMMIT',
    '*raw\n:OUTPUT ACCEPT [0:0]\n',
    { 'raw OUTPUT ACCEPT': [] },
    ['line 2: table raw has no COMMIT: the end of the text is missing'],
  ],
  [
    'no COMMIT between two tables',
    '*raw\n:A - [0:0]\n*nat\n:B - [0:0]\nCOMMIT\n',
    { 'raw A': [], 'nat B': [] },
    ['line 3: table raw has no COMMIT: "*nat"'],
  ],
  [
    'lines outside of a table',
    '-A INPUT -j A\n:INPUT ACCEPT [0:0]\nCOMMIT\n',
    {},
    [
      'line 1: outside of a table: "-A INPUT -j A"',
      'line 2: outside of a table: ":INPUT ACCEPT [0:0]"',
      'line 3: there is no table to commit: "COMMIT"',
    ],
  ],
  [
    'lines of something else',
    '*nat\n:A - [0:0]\n:B\n-N C\n[x] -A A\n-AA\n-A B -j A\n:A - [0:0]\nCOMMIT\nconstructor\n',
    { 'nat A': [] },
    [
      'line 3: not a chain and its policy: ":B"',
      'line 4: not a line of iptables-save: "-N C"',
      'line 5: not a rule: "[x] -A A"',
      'line 6: not a line of iptables-save: "-AA"',
      'line 7: the table has no such chain: "-A B -j A"',
      'line 8: the chain is there already: ":A - [0:0]"',
      'line 10: not a line of iptables-save: "constructor"',
    ],
  ],
  [
    'tables that iptables does not have, or twice',
    '*constructor\n:A - [0:0]\n-A A -j B\nCOMMIT\n*nat\nCOMMIT\n*nat\n:A - [0:0]\nCOMMIT\n',
    {},
    ['line 1: iptables has no such table: "*constructor"', 'line 7: the table is there already: "*nat"'],
  ],
  [
    'a comment with a line break',
    '*nat\n:A - [0:0]\n-A A -m comment --comment "x\n-A A -j ACCEPT" -j DROP\nCOMMIT\n',
    { 'nat A': [' -m comment --comment "x\n-A A -j ACCEPT" -j DROP'] },
    [],
  ],
  [
    'a quote that is never closed',
    '*nat\n:A - [0:0]\n-A A -m comment --comment "x\n-A A -j DROP\nCOMMIT\n',
    { 'nat A': [' -j DROP'] },
    [String.raw`line 3: a quote is not closed: "-A A -m comment --comment \"x"`],
  ],
  [
    'the number of a line after one with a line break',
    '*nat\n:A - [0:0]\n-A A -m comment --comment "x\ny" -j DROP\nnothing\nCOMMIT\n',
    { 'nat A': [' -m comment --comment "x\ny" -j DROP'] },
    ['line 5: not a line of iptables-save: "nothing"'],
  ],
  [
    'a table that iptables-nft cannot show',
    "# Table `nat' is incompatible, use 'nft' tool.\n# Table `raw' contains incompatible base-chains, use 'nft' tool.\n",
    { hidden: ['nat'] },
    [],
  ],
  [
    'a text that ends between a COMMIT and what follows it',
    '# Generated by iptables-save v1.8.9 on Thu Nov 26 11:21:32 2026\n*nat\n:A - [0:0]\nCOMMIT\n# Compl',
    { 'nat A': [] },
    ['line 5: there is no "# Completed": the end of the text is missing'],
  ],
  [
    'a text that is complete',
    '# Generated by x\n*nat\nCOMMIT\n# Completed on Thu\n# Generated by x\n*raw\n:A - [0:0]\nCOMMIT\n# Completed on Thu\n',
    { 'raw A': [] },
    [],
  ],
];

describe('parse of', () => {
  it.each(TEXTS)('%s', (_, text, expected, messages) => {
    const { value, diagnostics } = parse(text, 'ipv4');
    const found = value.tables.flatMap((table) =>
      table.chains.map(({ name, policy, lines }) => [[table.name, name, policy].filter(Boolean).join(' '), lines]),
    );
    const { hidden } = value;
    expect({ ...Object.fromEntries(found), ...(hidden ? { hidden } : {}) }).toEqual(expected);
    expect(diagnostics.map(({ message }) => message)).toEqual(messages);
    expect(diagnostics.every(({ code, severity }) => code === 'unreadable-line' && severity === 'error')).toBe(true);
  });

  it('anything does not throw', () => {
    const lines = ['*nat', ':A - [0:0]', '-A A -j B', 'COMMIT', '#', '[', ':', '*', '-A', '-A ', '"', '\r', '\u0000'];
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom(...lines)).map(joinLines)),
        (text) => {
          render(print(parse(text, 'ipv6').value));
        },
      ),
    );
  });

  it('400,000 rules costs little while nobody asks for them', () => {
    const rule = `-A KUBE-SVC-A -m comment --comment "default/web:http -> 10.0.0.1:80" -m statistic --mode random --probability 0.5 -j B\n`;
    const text = `*nat\n:KUBE-SVC-A - [0:0]\n${rule.repeat(400_000)}COMMIT\n`;
    const start = computed();
    expect(parse(text, 'ipv4').value.tables[0]?.chains[0]?.lines).toHaveLength(400_000);
    // 0.1 s on an idle machine; scanning the rest of the text for each line would take hours.
    expect(computed() - start).toBeLessThan(10);
  });
});

function joinLines(lines: readonly string[]): string {
  return lines.join('\n');
}
