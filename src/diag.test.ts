import { describe, expect, it } from '@jest/globals';
import { formatPath, hasErrors, type Key, show } from './diag.js';

const circular: unknown[] = [];
circular.push(circular);

const shown: [string, unknown, string][] = [
  ['a string', 'a "b"', '"a \\"b\\""'],
  ['a number', 80, '80'],
  ['-0', -0, '0'],
  ['NaN', Number.NaN, 'NaN'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a bigint', 1n, '1'],
  ['a list that holds itself', circular, 'a list'],
  ['a mapping', { a: 1 }, 'a mapping'],
  ['a string at the limit', 'x'.repeat(60), `"${'x'.repeat(60)}"`],
  [
    'a long string, without its middle',
    `${'x'.repeat(60)}-end`,
    `"${'x'.repeat(40)}…${'x'.repeat(16)}-end" (64 characters)`,
  ],
  [
    'a long name of a file',
    `${'/deep'.repeat(20)}/manifest.yaml`,
    '"/deep/deep/deep/deep/deep/deep/deep/deep…p/deep/manifest.yaml" (114 characters)',
  ],
  ['control characters', 'a\n\u001b[31m\u009b\u202e', '"a\\n\\u001b[31m\\u009b\\u202e"'],
];

const paths: [Key[], string][] = [
  [[], ''],
  [['spec', 'ports', 0, 'port'], 'spec.ports[0].port'],
  [['metadata', 'labels', 'a.b/c'], 'metadata.labels["a.b/c"]'],
  [[3, 'a'], '[3].a'],
  [['x\u202ey'], '["x\\u202ey"]'],
  [['x'.repeat(61)], `["${'x'.repeat(40)}…${'x'.repeat(20)}" (61 characters)]`],
  [
    [...'abcdefghijkl'].map((key) => key.repeat(20)),
    `${[...'abcde'].map((key) => key.repeat(20)).join('.')}.ff…${'j'.repeat(11)}.${'k'.repeat(20)}.${'l'.repeat(20)}`,
  ],
];

describe('diagnostics', () => {
  it.each(shown)('show %s', (_, value, expected) => expect(show(value)).toBe(expected));
  it.each(paths)('formatPath %j', (path, expected) => expect(formatPath(path)).toBe(expected));
  it('hasErrors looks for errors only', () => {
    const of = (severity: 'error' | 'warning' | 'note') => ({ code: 'x', severity, message: 'x' });
    expect(hasErrors([of('note'), of('warning')])).toBe(false);
    expect(hasErrors([of('note'), of('error')])).toBe(true);
    expect(hasErrors([])).toBe(false);
  });
});
