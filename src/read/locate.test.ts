import { describe, expect, it } from '@jest/globals';
import type { Key, Origin, Source } from '../diag.js';
import { excerpt, locate } from './locate.js';

const BLOCK = `# a comment
apiVersion: v1
kind: Service
metadata:
  name: "web"   # quoted
  labels: {app: web, "a\\tb": x}
spec:
  empty:
  ports:
  - name: http
    port: 80
  -   port: 81
  text: |

    one
      two
  folded: >-
    one
    two
---
kind: List
items:
  - kind: Node
  - {kind: Node, spec: {podCIDR: 10.0.0.0/24}}
`;

const yaml: [string, number, Key[], string, Partial<Origin>?][] = [
  ['the object', 0, [], '2:1'],
  ['a field', 0, ['kind'], '3:7'],
  ['a key', 0, ['kind'], '3:1', { atKey: true }],
  ['a quoted value', 0, ['metadata', 'name'], '5:9'],
  ['a flow value', 0, ['metadata', 'labels', 'app'], '6:17'],
  ['an escaped key', 0, ['metadata', 'labels', 'a\tb'], '6:22', { atKey: true }],
  ['a mapping', 0, ['spec'], '8:3'],
  ['an empty value stands at its key', 0, ['spec', 'empty'], '8:3'],
  ['a list', 0, ['spec', 'ports'], '10:3'],
  ['a list entry', 0, ['spec', 'ports', 0], '10:5'],
  ['in a list entry', 0, ['spec', 'ports', 1, 'port'], '12:13'],
  ['a literal block', 0, ['spec', 'text'], '15:5'],
  ['a folded block', 0, ['spec', 'folded'], '18:5'],
  ['a missing field stands at its parent', 0, ['spec', 'ports', 0, 'protocol'], '10:5'],
  ['a missing entry too', 0, ['spec', 'ports', 7, 'port'], '10:3'],
  ['a path through a scalar', 0, ['kind', 'x', 3], '3:7'],
  ['an item of a List', 1, ['kind'], '23:11', { base: ['items', 0] }],
  ['a flow item', 1, ['spec', 'podCIDR'], '24:34', { base: ['items', 1] }],
  ['an offset', 0, ['kind'], '2:1', { offset: 12 }],
  ['an offset beyond the end', 0, [], '25:1', { offset: 1e9 }],
  ['a document that is not there', 7, ['kind'], '1:1'],
];

describe('locate in YAML', () => {
  const source = { name: 'a.yaml', text: BLOCK };
  it.each(yaml)('%s', (_, document, path, expected, more = {}) => {
    expect(at({ source, document, base: [], path, ...more })).toBe(`a.yaml:${expected}`);
  });
});

const JSON_TEXT = `{
\t"kind": "List",
\t"items": [
\t\t{ "spec": { "ports": [ { "port": 80, "\\u006eame": "x" } ] } }
\t]
}
`;

const other: [string, string, Key[], string][] = [
  ['pretty JSON, indented with tabs', JSON_TEXT, ['items', 0, 'spec', 'ports', 0, 'port'], '4:36'],
  ['an escaped JSON key', JSON_TEXT, ['items', 0, 'spec', 'ports', 0, 'name'], '4:53'],
  ['JSON in one line', '{"a":[{"b":"x"},{"b":"y"}]}', ['a', 1, 'b'], '1:22'],
  ['the last of equal keys', '{"a":1,"a":2}', ['a'], '1:12'],
  ['an alias, where it is used', 'x: &x {a: {b: 1}}\nz: *x\n', ['z', 'a', 'b'], '2:4'],
  ['a merged key, where it is merged', 'x: &x {a: 1}\nz:\n  <<: *x\n  b: 1\n', ['z', 'a'], '3:7'],
  ['an anchored value', 'x: &x {a: 1}\n', ['x'], '1:7'],
  ['CRLF', 'a: 1\r\nb:\r\n  c: 2\r\n', ['b', 'c'], '3:6'],
  ['beside a broken document', 'a: [\n---\nb: 1\n', ['a'], '1:1'],
  ['text that is nothing', '\u0001', ['a'], '1:1'],
];

describe('locate', () => {
  it.each(other)('%s', (_, text, path, expected) => {
    expect(at(origin({ name: 'a', text }, path))).toBe(`a:${expected}`);
  });

  it('numbers documents as parsing does, past a broken one', () => {
    const source = { name: 'a', text: 'a: [\n---\nb: 1\n' };
    expect(at({ ...origin(source, ['b']), document: 1 })).toBe('a:3:4');
  });
});

const inner = 'mode: iptables\n\niptables:\n  masqueradeBit: 99\n';
const indented = inner.replace(/^(?=.)/gm, '    ');

const embedded: [string, string, string, string][] = [
  ['a literal block', `kind: ConfigMap\ndata:\n  config.conf: |\n${indented}`, inner, '7:22'],
  [
    'a block that begins with empty lines',
    `kind: ConfigMap\ndata:\n  config.conf: |\n\n\n${indented}`,
    `\n\n${inner}`,
    '9:22',
  ],
  ['a block with blanks kept', `data:\n  config.conf: |1\n${indented}`, inner.replace(/^(?=.)/gm, ' '), '6:22'],
  ['JSON', JSON.stringify({ data: { 'config.conf': inner } }), inner, '1:24'],
  ['a quoted scalar', `data:\n  config.conf: ${JSON.stringify(inner)}\n`, inner, '2:16'],
];

describe('locate in embedded text', () => {
  it.each(embedded)('%s', (_, outerText, text, expected) => {
    const outer = origin({ name: 'cm.yaml', text: outerText }, ['data', 'config.conf']);
    const source: Source = { name: 'cm.yaml: config.conf', text, embedded: outer };
    expect(at(origin(source, ['iptables', 'masqueradeBit']))).toBe(`cm.yaml:${expected}`);
  });
});

const excerpts: [string, string, Key[], string | undefined][] = [
  ['the line of a value', 'a: 1\nb: 2\nc: 3\n', ['b'], 'b: 2'],
  ['the last line without a newline', 'a: 1\nb: 2', ['b'], 'b: 2'],
  ['control characters', 'a: "\u202e\u007f\t"\r\n', ['a'], 'a: "\ufffd\ufffd\t"'],
  ['a long line, cut', `a: ${'x'.repeat(500)}\n`, ['a'], `a: ${'x'.repeat(117)}`],
  ['a position beyond the cut', `{"a":"${'x'.repeat(500)}","b":1}`, ['b'], undefined],
  ['nothing', '', [], undefined],
];

describe('excerpt', () => {
  it.each(excerpts)('%s', (_, text, path, expected) => {
    expect(excerpt(origin({ name: 'a', text }, path))).toBe(expected);
  });
});

function origin(source: Source, path: readonly Key[]): Origin {
  return { source, document: 0, base: [], path };
}

function at(where: Origin): string {
  const { file, line, col } = locate(where);
  return `${file}:${line}:${col}`;
}
