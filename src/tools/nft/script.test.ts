/**
 * diff and script: which commands carry out a change, in which order. That nft takes them is tested in the kernel ring.
 */
import { describe, expect, it } from '@jest/globals';
import { diff } from './diff.js';
import { parse } from './parse.js';
import { type ScriptPhase, script } from './script.js';
import type { Table } from './types.js';

const BASE = `\
table ip kube-proxy {
	comment "rules for kube-proxy"
	set affinity-A {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
		elements = { 192.0.2.1 timeout 3h expires 1h }
	}
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.1 . tcp . 80 : goto service-A/a,
			     10.96.0.2 . tcp . 80 : goto service-B/b }
	}
	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
	chain service-A/a {
		ip saddr @affinity-A drop
		meta l4proto tcp dnat to 10.244.0.1:80
	}
	chain service-B/b {
		meta l4proto tcp dnat to 10.244.0.2:80
	}
}
`;

/** A change of the text, and the commands that carry it out. */
const CHANGES: readonly [string, string | RegExp, string, readonly string[]][] = [
  ['nothing', '', '', []],
  ['the order of elements', /(10\.96\.0\.1 .*a),\s+(10\.96\.0\.2 .*b)/, '$2, $1', []],
  ['the order of chains', /(\tchain service-A[^}]*\}\n)(\tchain service-B[^}]*\}\n)/, '$2$1', []],
  ['the elements that packets added', 'elements = { 192.0.2.1 timeout 3h expires 1h }', '', []],
  [
    'the order of rules',
    /(.*@affinity-A drop\n)(.*dnat to 10.244.0.1:80\n)/,
    '$2$1',
    [
      'flush chain service-A/a',
      'add rule service-A/a meta l4proto tcp dnat to 10.244.0.1:80',
      'add rule service-A/a ip saddr @affinity-A drop',
    ],
  ],
  [
    'an element with other data',
    '10.96.0.2 . tcp . 80 : goto service-B/b',
    '10.96.0.2 . tcp . 80 : goto service-A/a',
    [
      'delete element service-ips { 10.96.0.2 . tcp . 80 }',
      'add element service-ips { 10.96.0.2 . tcp . 80 : goto service-A/a }',
    ],
  ],
  [
    'a rule',
    '10.244.0.2:80',
    '10.244.0.3:80',
    ['flush chain service-B/b', 'add rule service-B/b meta l4proto tcp dnat to 10.244.0.3:80'],
  ],
  [
    'a new chain, and the element that leads to it',
    /service-B\/b/g,
    'service-C/c',
    [
      'add chain service-C/c',
      'add rule service-C/c meta l4proto tcp dnat to 10.244.0.2:80',
      '',
      'flush chain service-B/b',
      'delete element service-ips { 10.96.0.2 . tcp . 80 }',
      'add element service-ips { 10.96.0.2 . tcp . 80 : goto service-C/c }',
      '',
      'delete chain service-B/b',
    ],
  ],
  [
    'a new chain, and a new element that leads to it',
    /(goto service-B\/b) \}([^]*)\}\n$/,
    '$1, 10.96.0.3 . tcp . 80 : goto service-C/c }$2\tchain service-C/c {\n\t\tmeta l4proto tcp dnat to 10.244.0.3:80\n\t}\n}\n',
    [
      'add chain service-C/c',
      'add rule service-C/c meta l4proto tcp dnat to 10.244.0.3:80',
      'add element service-ips { 10.96.0.3 . tcp . 80 : goto service-C/c }',
    ],
  ],
  [
    'a new set of intervals',
    '\tmap service-ips',
    '\tset ranges {\n\t\ttype ipv4_addr . ipv4_addr\n\t\tflags interval\n\t\telements = { 10.96.0.1 . 10.0.0.0/8 }\n\t}\n\tmap service-ips',
    [
      'add set ranges { type ipv4_addr . ipv4_addr ; flags interval ; }',
      'add element ranges { 10.96.0.1 . 10.0.0.0/8 }',
      '',
    ],
  ],
  [
    'the timeout of a set',
    'timeout 3h\n',
    'timeout 1h\n',
    [
      'flush chain service-A/a',
      'delete set affinity-A',
      'add set affinity-A { type ipv4_addr ; size 65535 ; flags dynamic,timeout ; timeout 1h ; }',
      'add rule service-A/a ip saddr @affinity-A drop',
      'add rule service-A/a meta l4proto tcp dnat to 10.244.0.1:80',
    ],
  ],
  [
    'the type of a map',
    'type ipv4_addr . inet_proto . inet_service : verdict',
    'type ipv4_addr . inet_proto . inet_service : verdict\n\t\tsize 9',
    [
      'flush chain nat-prerouting',
      'delete set service-ips',
      'add map service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; size 9 ; }',
      'add rule nat-prerouting ip daddr . meta l4proto . th dport vmap @service-ips',
      'add element service-ips { 10.96.0.1 . tcp . 80 : goto service-A/a, 10.96.0.2 . tcp . 80 : goto service-B/b }',
    ],
  ],
  [
    'the priority of a chain',
    'priority dstnat',
    'priority -110',
    [
      'flush chain nat-prerouting',
      'delete chain nat-prerouting',
      'add chain nat-prerouting { type nat hook prerouting priority dstnat - 10; policy accept; }',
      'add rule nat-prerouting ip daddr . meta l4proto . th dport vmap @service-ips',
    ],
  ],
  [
    'a base chain that goes',
    /\tchain nat-prerouting \{[^}]*\}\n/,
    '',
    ['flush chain nat-prerouting', 'delete chain nat-prerouting'],
  ],
];

describe('a change of', () => {
  it.each(CHANGES)('%s', (_, from, to, expected) => {
    expect(commands(tables(BASE), tables(BASE.replace(from, to)))).toEqual(expected);
  });

  it.each([
    ['its comment', 'rules for kube-proxy', 'rules'],
    ['its flags', '\tcomment "rules', '\tflags dormant\n\tcomment "rules'],
    ['the comment of a chain that others lead to', 'chain service-B/b {', 'chain service-B/b {\n\t\tcomment "b"'],
  ])('a table in %s: it is made anew in one transaction', (_, from, to) => {
    const made = commands(tables(BASE.replace(from, to)), tables(BASE));
    expect(made.slice(0, 2)).toEqual(['delete table', 'add table { comment "rules for kube-proxy" ; }']);
    expect(made.slice(1)).toEqual(commands([], tables(BASE)));
    expect(made).not.toContain('');
  });

  it('a table that is not desired', () => expect(commands(tables(BASE), [])).toEqual(['', 'delete table']));
});

it('many new chains are made in several transactions, with new sets, before any packet can come there', () => {
  const transactions = (['make', 'grow'] as ScriptPhase[]).flatMap((phase) =>
    script(diff([], tables(BASE)), phase, { chainsPerTransaction: 1 }).map((lines) =>
      lines.map(({ text }) => short(text)),
    ),
  );
  expect(transactions.map((lines) => lines.length)).toEqual([7, 2, 2]);
  expect(
    transactions
      .slice(0, 2)
      .flat()
      .some((text) => /hook/.test(text)),
  ).toBe(false);
  expect(transactions.flat().sort()).toEqual(commands([], tables(BASE)).sort());
});

function tables(text: string): readonly Table[] {
  const { value, diagnostics } = parse(text);
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** The commands of all phases, without the table's name; an empty text between phases. */
function commands(before: readonly Table[], after: readonly Table[]): string[] {
  const of = (phase: ScriptPhase) =>
    script(diff(before, after), phase, { chainsPerTransaction: 100 })
      .flat()
      .map(({ text }) => short(text));
  const [make, shrink] = [of('make'), of('shrink')];
  return [...(make.length > 0 ? [...make, ''] : []), ...of('grow'), ...(shrink.length > 0 ? ['', ...shrink] : [])];
}

function short(text: string): string {
  return text.replace(' ip kube-proxy', '');
}
