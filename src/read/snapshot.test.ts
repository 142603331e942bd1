import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import { readSnapshot } from './snapshot.js';

const service = (name: string, more = ''): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  ports: [{port: 80}]\n${more}`;

const ADMITTED = (name: string): string => `${name}, uid: u, resourceVersion: "1"`;

/**
 * Each: the text, the names in the snapshot, and diagnostics as `line:col severity code`, then `→` the related place.
 */
const rows: [string, string, string[], string[]][] = [
  ['nothing', '', [], []],
  ['two Services', service('a') + service('b'), ['a', 'b'], []],
  ['one bad Service beside a good one', service('a', '  type: X\n') + service('b'), ['b'], ['7:9 error invalid-field']],
  ['all errors of one', service('a_', '  type: X\n'), [], ['4:18 error invalid-field', '7:9 error invalid-field']],
  ['no kind', 'apiVersion: v1\n', [], ['1:1 error missing-field']],
  ['no apiVersion', 'kind: Service\n', [], ['1:1 error missing-field']],
  ['a kind that is a number', 'apiVersion: v1\nkind: 5\n', [], ['2:7 error invalid-field']],
  ['the same Service twice', service('a') + service('a'), ['a'], ['10:18 note duplicate-object → 2:1']],
  [
    'another Service of the same name',
    service('a') + service('a', '  type: LoadBalancer\n'),
    ['a'],
    ['10:18 error duplicate-object → 2:1'],
  ],
  ['the same name in another namespace', service('a') + service('a, namespace: x'), ['a', 'a'], []],
  [
    'a default namespace is default',
    service('a') + service('a, namespace: default'),
    ['a'],
    ['10:18 note duplicate-object → 2:1'],
  ],
  [
    'one ClusterIP of two Services, in two spellings',
    service('a', '  clusterIP: 10.0.0.1\n') + service('b', '  clusterIP: 010.0.0.1\n'),
    ['a'],
    ['14:14 error cluster-ip-conflict → 2:1'],
  ],
  [
    'None is never a conflict',
    service('a', '  clusterIP: None\n') + service('b', '  clusterIP: None\n'),
    ['a', 'b'],
    [],
  ],
  [
    'an ExternalName claims nothing',
    service('a', '  clusterIP: 10.0.0.1\n  type: ExternalName\n  externalName: a.b\n') +
      service('b', '  clusterIP: 10.0.0.1\n'),
    ['b'],
    ['7:14 error invalid-field'],
  ],
  [
    'an ExternalName that an API server took claims nothing',
    service(ADMITTED('a'), '  clusterIP: 10.0.0.1\n  type: ExternalName\n  externalName: a.b\n') +
      service('b', '  clusterIP: 10.0.0.1\n'),
    ['a', 'b'],
    ['7:14 warning invalid-field'],
  ],
  [
    'one node port of two Services',
    service('a', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service('b', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000'),
    ['a'],
    ['13:32 error node-port-conflict → 2:1'],
  ],
  [
    'one node port of two protocols',
    service('a', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service('b', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000, protocol: UDP'),
    ['a'],
    ['13:32 error node-port-conflict → 2:1'],
  ],
  [
    'one node port of two protocols, both admitted',
    service(ADMITTED('a'), '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service(ADMITTED('b'), '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000, protocol: UDP'),
    ['a', 'b'],
    ['13:32 warning node-port-conflict → 2:1'],
  ],
  [
    'one node port of two protocols, the second admitted',
    service('a', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service(ADMITTED('b'), '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000, protocol: UDP'),
    ['a'],
    ['13:32 error node-port-conflict → 2:1'],
  ],
  [
    'one node port of two protocols of one Service',
    service('a', '  type: NodePort\n').replace(
      '{port: 80}',
      '{name: t, port: 80, nodePort: 30000}, {name: u, port: 80, nodePort: 30000, protocol: UDP}',
    ),
    ['a'],
    [],
  ],
  [
    'a health check port counts as TCP',
    service('a', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service('b', '  type: LoadBalancer\n  externalTrafficPolicy: Local\n  healthCheckNodePort: 30000\n'),
    ['a'],
    ['16:24 error node-port-conflict → 2:1'],
  ],
  [
    'a Service that was refused claims nothing',
    service('a', '  clusterIP: 10.0.0.1\n') +
      service('b', '  type: NodePort\n  clusterIP: 10.0.0.1\n').replace('port: 80', 'port: 80, nodePort: 30000') +
      service('c', '  type: NodePort\n').replace('port: 80', 'port: 80, nodePort: 30000'),
    ['a', 'c'],
    ['15:14 error cluster-ip-conflict → 2:1'],
  ],
  [
    'a broken document between, in order',
    `${service('a', '  type: X\n')}---\na: [\n${service('c', '  type: X\n')}`,
    [],
    ['7:9 error invalid-field', '10:1 error syntax', '16:9 error invalid-field'],
  ],
  [
    'a slice of no Service',
    'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x}\naddressType: IPv4\n',
    [],
    ['3:11 warning slice-without-service'],
  ],
  [
    'a slice of an old version',
    'apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\nmetadata: {name: x}\n',
    [],
    ['1:13 warning unsupported-version'],
  ],
  ['other kinds', 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n', [], []],
  ['a Service of another group', 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: x}\n', [], []],
];

describe('readSnapshot', () => {
  it.each(rows)('%s', (_, text, names, expected) => {
    const { value, diagnostics } = readSnapshot([{ name: 'a.yaml', text }]);
    expect(value.services.map(({ metadata }) => metadata.name)).toEqual(names);
    const lines = diagnostics.map(({ severity, code, origin, related }) => {
      const other = related ? ` → ${at(related.origin)}` : '';
      return `${at(origin)} ${severity} ${code}${other}`;
    });
    expect(lines).toEqual(expected);
  });

  it('names the object, unless its name is not fit to print', () => {
    const text = service('a', '  type: X\n') + service('"x\\ny"', '  type: X\n');
    const { diagnostics } = readSnapshot([{ name: 'a', text }]);
    expect(diagnostics.map(({ origin }) => origin?.object)).toEqual(['Service default/a', undefined, undefined]);
  });

  it('lists what it skips', () => {
    const text = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Secret\n';
    expect(readSnapshot([{ name: 'a', text }]).value.skipped).toEqual([
      { apiVersion: 'batch/v1', kind: 'Job', name: 'x' },
      { apiVersion: 'v1', kind: 'Secret', name: '' },
    ]);
  });

  it('keeps all four kinds, across sources', () => {
    const sources = [
      { name: '1', text: service('a') },
      { name: '2', text: '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}' },
      { name: '3', text: '{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"a"}}' },
      {
        name: '4',
        text: `{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
        "metadata":{"name":"a","labels":{"kubernetes.io/service-name":"a"}}}`,
      },
    ];
    const { value, diagnostics } = readSnapshot(sources);
    expect(diagnostics).toEqual([]);
    const counts = [value.services, value.nodes, value.endpoints, value.slices].map((list) => list.length);
    expect(counts).toEqual([1, 1, 1, 1]);
    expect(value.nodes[0]?.origin).toEqual({ source: sources[1], document: 0, base: [], path: [], object: 'Node n' });
  });

  it('reports the first thousand problems and counts the others, errors as errors', () => {
    const items = new Array(1500).fill({ apiVersion: 'v1' });
    const { diagnostics } = readSnapshot([{ name: 'a', text: JSON.stringify({ kind: 'List', items }) }]);
    expect(diagnostics.length).toBe(1001);
    expect(diagnostics.at(-1)).toEqual({
      code: 'too-many',
      severity: 'error',
      message: 'and 500 more problems like these',
    });
  });
});

function at(origin: Parameters<typeof locate>[0] | undefined): string {
  if (!origin) return 'nowhere';
  const { line, col } = locate(origin);
  return `${line}:${col}`;
}
