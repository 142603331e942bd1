/**
 * -n: the namespace of objects that name none, as in `kubectl apply -n`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

const metadata = (name: string, namespace?: string, labels = {}) => ({
  name,
  ...(namespace !== undefined && { namespace }),
  labels,
});
const service = (name: string, ip: string | undefined, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name, namespace),
  spec: { ...(ip && { clusterIP: ip }), ports: [{ port: 80 }] },
});
const slice = (name: string, namespace?: string) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: metadata(`${name}-1`, namespace, { 'kubernetes.io/service-name': name }),
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.0.5'] }],
  ports: [{ port: 8080 }],
});
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } };

/** Services that name no namespace, the namespace '', and another namespace. */
const OBJECTS = [
  service('web', '10.96.0.1'),
  slice('web'),
  service('api', '10.96.0.2', ''),
  service('db', '10.96.0.3', 'data'),
  NODE,
];
const LIST = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS });
const DOCUMENTS = OBJECTS.map((object) => JSON.stringify(object, null, 2)).join('\n---\n');

let directory = '';
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The Services that rules or records belong to. */
const namesIn = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/\b(?:shop|data|default)\/(?:web|api|db)\b/g)].map(([name]) => name))].sort();

const SHOP = ['data/db', 'shop/api', 'shop/web'];

describe.each([
  ['a List', LIST],
  ['documents', `---\n${DOCUMENTS}`],
  [
    'a ServiceList whose items say no kind',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'ServiceList',
          items: OBJECTS.filter(({ kind }) => kind === 'Service').map(({ kind: _, apiVersion: __, ...rest }) => rest),
        },
      ],
    }),
  ],
])('%s', (_, text) => {
  it.each([
    [['-n', 'shop'], SHOP],
    [[], ['data/db', 'default/api', 'default/web']],
  ])('compiled with %j', async (flags, expected) => {
    const { code, stdout } = await vipc(['compile', '--node', 'node-a', ...flags], text);
    expect({ code, names: namesIn(stdout) }).toEqual({ code: 0, names: expected });
  });
});

it('endpoints go with their Service', async () => {
  const { stdout } = await vipc(['compile', '-n', 'shop', '--node', 'node-a'], LIST);
  expect(stdout).toContain('"shop/web -> 10.244.0.5:8080"');
});

it.each([
  ['-n', 'shop'],
  ['--namespace', 'shop'],
])('diff with %s', async (flag, value) => {
  const written = JSON.stringify({
    kind: 'List',
    apiVersion: 'v1',
    items: OBJECTS.map((object) =>
      object.kind === 'Node' || object.metadata.name === 'db'
        ? object
        : { ...object, metadata: { ...object.metadata, namespace: 'shop' } },
    ),
  });
  const [a, b] = [file('a.json', LIST), file('b.json', written)];
  expect((await vipc(['diff', a, b, '--node', 'node-a'])).code).toBe(1);
  expect(await vipc(['diff', a, b, '--node', 'node-a', flag, value])).toMatchObject({ code: 0, stdout: '' });
});

it('dns: zones and lookups', async () => {
  const { stdout } = await vipc(['dns', '-n', 'shop'], LIST);
  expect(stdout).toMatch(/^web\.shop\.svc\b/m);
  expect(stdout).toMatch(/^db\.data\.svc\b/m);
  expect((await vipc(['dns', 'web', '--from-namespace', 'shop', '-n', 'shop'], LIST)).stdout).toContain('10.96.0.1');
});

it('--cluster: each of them', async () => {
  const [east, west] = [file('east.json', LIST), file('west.json', LIST)];
  const { code, stdout } = await vipc([
    'compile',
    '-n',
    'shop',
    '--node',
    'node-a',
    '--cluster',
    `east=${east}`,
    '--cluster',
    `west=${west}`,
  ]);
  expect({ code, names: namesIn(stdout) }).toEqual({ code: 0, names: SHOP });
});

describe('allocate', () => {
  const YAML =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodePort\n  ports:\n    - port: 80\n';
  const ip = (text: string) => /clusterIP: (\S+)/.exec(text)?.[1];

  it('gives what the Service gets where it is applied, and writes no namespace', async () => {
    const { code, stdout } = await vipc(['allocate', '-n', 'shop'], YAML);
    expect(code).toBe(0);
    expect(stdout).not.toContain('namespace:');
    const written = await vipc(['allocate'], YAML.replace('  name: web\n', '  name: web\n  namespace: shop\n'));
    expect(ip(stdout)).toBe(ip(written.stdout));
    expect(ip(stdout)).not.toBe(ip((await vipc(['allocate'], YAML)).stdout));
  });

  it('in JSON and in several documents', async () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [service('web', undefined), service('db', undefined, 'data')],
    });
    const { stdout } = await vipc(['allocate', '-n', 'shop'], json);
    expect(JSON.parse(stdout).items.map(({ spec }: { spec: { clusterIP?: string } }) => spec.clusterIP)).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
    const documents = await vipc(['allocate', '-n', 'shop'], `${YAML}---\n${YAML.replace('web', 'api')}`);
    expect(documents.stdout.match(/clusterIP:/g)).toHaveLength(2);
  });
});

it.each([
  [['get', '-n', 'shop'], ''],
  [['get', '-n', 'default'], 'service/api\nservice/web\n'],
  [['get', '-n', 'data'], 'service/db\n'],
  [['get', '-A'], 'service/db\nservice/api\nservice/web\n'],
])('to %j it says what to show, and what says no namespace is in default', async (argv, expected) => {
  expect((await vipc([...argv, '-o', 'name'], LIST)).stdout).toBe(expected);
});

it.each(['compile', 'diff', 'dns', 'allocate', 'apply', 'sync', 'env', 'get', 'describe', 'lint'])(
  '%s has it in its help',
  async (command) => {
    expect((await vipc([command, '--help'])).stdout).toMatch(/-n, --namespace <\w+>/);
  },
);

it.each([
  [['compile', '-n', 'Shop']],
  [['compile', '-n', '']],
  [['dns', '-n', 'a.b']],
  [['allocate', '-n', 'x'.repeat(64)]],
  [['sync', '-n', '-', '--snapshot', 'x']],
  [['compile', '-n', 'a/b', '--cluster', 'a=b']],
])('refuses %j', async (argv) => {
  const { code, stdout, stderr } = await vipc(argv, LIST);
  expect(stderr).toMatch(
    /^error: option '-n, --namespace <NAMESPACE>' argument '.*' is invalid. The name of a namespace is/,
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

it('sync has none of an API', async () => {
  expect(await vipc(['sync', '-n', 'shop'])).toMatchObject({ code: 2, stderr: 'error: -n goes with --snapshot\n' });
});
