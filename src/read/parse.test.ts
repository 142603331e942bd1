import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import { parseSource } from './parse.js';

const svc = { apiVersion: 'v1', kind: 'Service' };

const good: [string, string, string, unknown[]][] = [
  ['JSON', 'a.json', JSON.stringify(svc), [[svc, 0, []]]],
  ['JSON under another name', 'a.yaml', JSON.stringify(svc), [[svc, 0, []]]],
  ['flow YAML that only looks like JSON', 'a.yaml', '{kind: Service, apiVersion: v1}', [[svc, 0, []]]],
  ['YAML', 'a.yaml', 'kind: Service\napiVersion: v1\n', [[svc, 0, []]]],
  ['empty documents', 'a.yaml', '---\n---\nkind: Service\napiVersion: v1\n---\nnull\n', [[svc, 1, []]]],
  [
    'a List',
    'a.json',
    JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [svc, svc] }),
    [
      [svc, 0, ['items', 0]],
      [svc, 0, ['items', 1]],
    ],
  ],
  [
    'a typed list, whose items do not say what they are',
    'a.json',
    JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', items: [{ spec: 1 }] }),
    [[{ spec: 1, ...svc }, 0, ['items', 0]]],
  ],
  [
    'a List in a List',
    'a.json',
    JSON.stringify({ kind: 'List', items: [{ kind: 'NodeList', apiVersion: 'v1', items: [{}] }] }),
    [[{ kind: 'Node', apiVersion: 'v1' }, 0, ['items', 0, 'items', 0]]],
  ],
  [
    'JSON values, one a line',
    'a.json',
    `${JSON.stringify(svc)}\n\n${JSON.stringify(svc)}\n`,
    [
      [svc, 0, []],
      [svc, 1, []],
    ],
  ],
  [
    'JSON values one behind the other, printed and not, in a file of any name',
    'a.yaml',
    `${JSON.stringify(svc, undefined, 2)}${JSON.stringify(svc)} null\n${JSON.stringify(svc)}`,
    [
      [svc, 0, []],
      [svc, 1, []],
      [svc, 3, []],
    ],
  ],
  [
    'Lists one behind the other',
    'a.json',
    `{"kind":"List","items":[${JSON.stringify(svc)}]}\n{"kind":"ServiceList","apiVersion":"v1","items":[{}]}`,
    [
      [svc, 0, ['items', 0]],
      [svc, 1, ['items', 0]],
    ],
  ],
  [
    'a List of several kinds, in YAML',
    'a.yaml',
    'kind: List\nitems: [{kind: Service, apiVersion: v1}, {kind: Job}]\n',
    [
      [svc, 0, ['items', 0]],
      [{ kind: 'Job' }, 0, ['items', 1]],
    ],
  ],
  ['an empty List', 'a.json', '{"kind":"List","items":[]}', []],
  ['a kind that ends in List and is none', 'a.json', '{"kind":"AllowList"}', [[{ kind: 'AllowList' }, 0, []]]],
];

describe('parseSource', () => {
  it.each(good)('%s', (_, name, text, expected) => {
    const found = [...parseSource({ name, text })];
    const objects = found.map((parsed) => {
      if ('problem' in parsed) return parsed.problem;
      const { value, document, base } = parsed.object;
      return [value, document, base];
    });
    expect(objects).toEqual(expected);
  });
});

const nested = (depth: number): unknown => (depth === 0 ? svc : { kind: 'List', items: [nested(depth - 1)] });

const bad: [string, string, string, string, RegExp, string][] = [
  ['JSON with a missing colon', 'a.json', '{\n  "a" 1\n}', 'syntax', /not JSON/, '2:7'],
  ['JSON with an unexpected word', 'a.json', '{\n  "a": nope\n}', 'syntax', /not JSON/, '2:9'],
  ['JSON that ends too early', 'a.json', '{\n  "a": [', 'syntax', /ends too early/, '2:9'],
  ['JSON with a trailing comma', 'a.json', '[1,]', 'syntax', /not JSON/, '1:4'],
  ['junk behind JSON values', 'a.json', '{}\n{}\n junk {}\n', 'syntax', /not JSON: unexpected text/, '3:2'],
  ['a bracket too many behind JSON values', 'a.yaml', '{}\n{}}\n', 'syntax', /not JSON: unexpected text/, '2:3'],
  ['a comma between JSON values', 'a.json', '{},\n{}\n', 'syntax', /not JSON: unexpected text/, '1:3'],
  ['a JSON value that is broken', 'a.json', '{}\n{\n"a" 1}\n{}\n', 'syntax', /not JSON: unexpected text/, '3:5'],
  ['a JSON value that ends early', 'a.json', '{}\n{"a": [\n', 'syntax', /ends too early/, '3:1'],
  ['a number among JSON values', 'a.json', '{}\n5\n{}\n', 'not-an-object', /this is a number/, '2:1'],
  [
    'an item of a List among JSON values',
    'a.json',
    '{}\n{"kind":"List","items":[{"a" 1}]}\n',
    'syntax',
    /not JSON/,
    '2:30',
  ],
  ['an item of a List', 'a.json', '{"kind":"List","items":[\n{"a":\n1 "b"}\n]}', 'syntax', /not JSON/, '3:3'],
  ['an item of something that is no List', 'a.json', '{"kind":"X","items":[\n{"a" 1}]}', 'syntax', /not JSON/, '2:6'],
  ['a List with two commas', 'a.json', '{"kind":"List","items":[\n{},,{}]}', 'syntax', /not JSON/, '2:4'],
  ['a List that is not closed', 'a.json', '{"kind":"List","items":[{}\n', 'syntax', /ends too early/, '2:1'],
  ['text after a List', 'a.json', '{"kind":"List","items":[]}\nx', 'syntax', /not JSON/, '2:1'],
  ['a string that is not closed', 'a.json', '{"kind":"List","items":[{"a":"b}]}', 'syntax', /ends too early/, '1:35'],
  ['YAML', 'a.yaml', 'a: 1\n  b: 2\n', 'syntax', /not YAML/, '2:4'],
  ['a scalar', 'a.yaml', 'a: 1\n---\n\nhello\n', 'not-an-object', /must be a mapping, this is a string/, '4:1'],
  ['a list', 'a.json', '[1]', 'not-an-object', /this is a list/, '1:1'],
  ['an item', 'a.yaml', 'kind: List\nitems:\n- 5\n', 'not-an-object', /this is a number/, '3:3'],
  ['a null item', 'a.yaml', 'kind: List\nitems:\n- null\n', 'not-an-object', /this is null/, '3:3'],
  ['Lists in Lists', 'a.json', JSON.stringify(nested(5)), 'syntax', /nested deeper than 3/, '1:73'],
];

describe('parseSource reports', () => {
  it.each(bad)('%s', (_, name, text, code, message, place) => {
    const diagnostics = [...parseSource({ name, text })].flatMap((each) => ('problem' in each ? [each.problem] : []));
    expect(diagnostics).toMatchObject([{ code, severity: 'error', message: expect.stringMatching(message) }]);
    const { line, col } = locate(diagnostics[0]?.origin ?? fail());
    expect(`${line}:${col}`).toBe(place);
  });
});

function fail(): never {
  throw new Error('a diagnostic without an origin');
}
