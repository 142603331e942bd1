/**
 * Commands that read a cluster: what they ask for, what they make of the answers, and of servers that give none.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { type ApiServer, selfSigned, startApiServer } from '../testing/api-server.js';
import { ROOT } from '../testing/cases/cases.js';
import { type Result, vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const SHOP = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.60', selector: { app: 'cart' }, ports: [{ port: 80 }] },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'front', namespace: 'shop' },
    spec: { defaultBackend: { service: { name: 'cart', port: { number: 80 } } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart-0', namespace: 'shop', labels: { app: 'trolley' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  },
];

let home = '';
let server: ApiServer;
let config = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'vipc-'));
  config = join(home, 'config');
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(async () => {
  server = await startApiServer();
  for (const object of [...loadAll(readFileSync(WEB, 'utf8')), ...SHOP]) server.put(object);
  writeFileSync(config, server.kubeconfig());
});
afterEach(() => server.close());

/** The same objects as `kubectl get -A -o json` prints them. */
function dump(...kinds: readonly string[]): string {
  const items = server.objects().filter(({ kind }) => kinds.includes(kind));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const asked = () => server.requests().map(({ path, query }) => `${path} ${JSON.stringify(query)}`);
const paths = () => server.requests().map(({ path }) => path.replace(/^\/apis?\/(?:[^/]+\/)?v1(?:alpha1)?\//, ''));

/** What a command says of a cluster but for the count of notes on what is not served. */
async function reading(...argv: readonly string[]): Promise<Result> {
  return vipc([...argv, '--kubeconfig', config]);
}

const RULES = ['Service', 'EndpointSlice', 'Node'];

describe('a cluster and the same objects in a pipe are the same to', () => {
  it.each([
    [['compile', '--node', 'node-a'], RULES],
    [['compile', '--node', 'node-a', '--mode', 'ipvs', '--format', 'json'], RULES],
    [['get'], ['Service', 'EndpointSlice']],
    [
      ['get', '-A', '-o', 'wide'],
      ['Service', 'EndpointSlice', 'Ingress'],
    ],
    [['get', '-n', 'shop', '-o', 'yaml'], ['Service']],
    [['dns'], ['Service', 'EndpointSlice', 'Namespace']],
    [
      ['dns', 'web', '--from-namespace', 'default'],
      ['Service', 'EndpointSlice', 'Namespace'],
    ],
    [
      ['dns', '10-1-2-3.shop.pod', '--from-namespace', 'default'],
      ['Service', 'EndpointSlice', 'Namespace'],
    ],
    [['env'], ['Service']],
    [['env', '-n', 'shop'], ['Service']],
  ] as const)('%j', async (argv, kinds) => {
    const read = await reading(...argv);
    const piped = await vipc(argv, dump(...kinds));
    expect({ code: read.code, stdout: read.stdout }).toEqual({ code: piped.code, stdout: piped.stdout });
    expect(read.stdout).not.toBe('');
  });

  it('describe, but for places', async () => {
    const read = await reading('describe', 'svc/cart', '-n', 'shop');
    const piped = await vipc(['describe', 'svc/cart', '-n', 'shop'], dump(...RULES, 'Pod', 'Ingress'));
    expect(read.stdout).toContain('Defined at: cluster test: Service shop/cart\n');
    expect(read.stdout).toMatch(/front .*cluster test: Ingress shop\/front/);
    expect(read.stdout).toMatch(
      / {2}cluster test: Ingress shop\/front: note: it leads to [^\n]*\n {4}cluster test: Service shop\/cart: the Serv/,
    );
    const lines = (text: string) =>
      text.split('\n').filter((line) => !/<stdin>|cluster test|^ *(\d+ )?\||^ +AT|INGRESS|^---/.test(line));
    expect(lines(read.stdout)).toEqual(lines(piped.stdout));
  });
});

describe('what is asked for', () => {
  it.each([
    [
      ['compile', '--node', 'node-a'],
      ['services', 'endpointslices', 'nodes'],
    ],
    [['get'], ['namespaces/default/services', 'namespaces/default/endpointslices']],
    [['get', '-o', 'name'], ['namespaces/default/services']],
    [
      ['get', '-A', '-o', 'wide'],
      ['services', 'endpointslices', 'ingresses'],
    ],
    [['get', '-n', 'shop', '-o', 'yaml'], ['namespaces/shop/services']],
    [
      ['describe', 'svc/cart', '-n', 'shop'],
      [
        ...['services', 'endpointslices', 'pods', 'ingresses', 'networkpolicies'].map(
          (name) => `namespaces/shop/${name}`,
        ),
        'nodes',
      ],
    ],
    [['dns'], ['services', 'endpointslices', 'namespaces', 'serviceimports']],
    [
      ['env', '-n', 'shop'],
      ['namespaces/shop/services', 'namespaces/default/services'],
    ],
  ] as const)('by %j', async (argv, expected) => {
    await reading(...argv);
    expect(paths().sort()).toEqual([...expected].sort());
  });

  it('in pages of 500', async () => {
    for (let i = 0; i < 1200; i++) {
      server.put({ ...SHOP[0], metadata: { name: `s${i}`, namespace: 'many' }, spec: { clusterIP: 'None' } });
    }
    const { stdout } = await reading('get', '-n', 'many', '-o', 'name');
    expect(stdout.split('\n')).toHaveLength(1201);
    expect(asked()).toEqual([
      '/api/v1/namespaces/many/services {"limit":"500"}',
      expect.stringMatching(/"limit":"500","continue":/),
      expect.stringMatching(/"limit":"500","continue":/),
    ]);
  });
});

describe('where the cluster is said to be', () => {
  const context = (name: string, namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: 'c', cluster: { server: server.url } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name, context: { cluster: 'c', user: 'u', ...(namespace && { namespace }) } }],
  });
  const file = (name: string, content: object): string => {
    writeFileSync(join(home, name), JSON.stringify(content));
    return join(home, name);
  };
  const get = (argv: readonly string[], env: Record<string, string>, name?: string) =>
    vipc(['get', '-o', 'name', ...argv], undefined, env, name);

  it('the namespace of the context is the default', async () => {
    const kubeconfig = file('shop', context('dev', 'shop'));
    expect((await get(['--kubeconfig', kubeconfig], {})).stdout).toBe('service/cart\n');
    expect((await get(['--kubeconfig', kubeconfig, '-n', 'default'], {})).stdout).toBe('service/web\n');
  });

  it('KUBECONFIG names several files: of two contexts with one name the first counts, a file may be missing', async () => {
    const files = [
      join(home, 'none'),
      file('first', context('one', 'shop')),
      file('second', { ...context('one'), contexts: [...context('one').contexts, ...context('two').contexts] }),
    ];
    const env = { KUBECONFIG: files.join(delimiter) };
    expect((await get([], env, 'kubectl vipc')).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'one'], env)).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'two'], env)).stdout).toBe('service/web\n');
  });

  it('~/.kube/config is what there is without', async () => {
    mkdirSync(join(home, '.kube'), { recursive: true });
    file('.kube/config', context('here', 'shop'));
    expect((await get([], { HOME: home }, 'kubectl vipc')).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'here'], { HOME: home })).stdout).toBe('service/cart\n');
  });

  it('kubectl’s plugin prefers a PATH and a pipe', async () => {
    const env = { KUBECONFIG: config };
    expect((await get(['-A', WEB], env, 'kubectl vipc')).stdout).toBe('service/web\n');
    expect((await vipc(['get', '-A', '-o', 'name'], dump('Node'), env, 'kubectl vipc')).stdout).toBe('');
    expect(server.requests()).toEqual([]);
  });

  it('over TLS with a token', async () => {
    const secure = await startApiServer({ token: 'secret', certificate: selfSigned('server') });
    for (const object of SHOP) secure.put(object);
    const kubeconfig = join(home, 'secure');
    writeFileSync(kubeconfig, secure.kubeconfig());
    expect((await get(['-n', 'shop', '--kubeconfig', kubeconfig], {})).stdout).toBe('service/cart\n');
    secure.setToken('another');
    expect(await get(['-n', 'shop', '--kubeconfig', kubeconfig], {})).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: cluster test at ${secure.url} cannot be read: 401: Unauthorized (it does not accept the credentials of the kubeconfig)\n`,
    });
    await secure.close();
  });

  it.each([
    [['get'], {}, /^error: nothing to compile: name a file, or pipe one in, or read a cluster with --kubeconfig/],
    [
      ['get', '--context', 'x'],
      { HOME: '/nowhere' },
      /^error: no context "x": there is no ~\/\.kube\/config; use --kube/,
    ],
    [
      ['get', '--context', 'x'],
      { KUBECONFIG: '/no/a' },
      /^error: no context "x": KUBECONFIG \(\/no\/a\) names no file/,
    ],
    [['get', '--kubeconfig', 'CONFIG', '--context', 'x'], {}, /config: it has no context "x"; there is test\n$/],
    [['get', '--kubeconfig', '/nowhere'], {}, /^error: kubeconfig \/nowhere: ENOENT/],
    [['get', '--kubeconfig', 'CONFIG', WEB], {}, /^error: use either PATH or --kubeconfig, not both/],
    [['get', '--context', 'test', '-'], {}, /^error: use either PATH or --context, not both/],
    [['compile', '--kubeconfig', 'CONFIG', '-n', 'shop'], {}, /^error: -n is for manifests that say no namespace/],
    [['compile', '--kubeconfig', 'CONFIG', '--cluster', 'a=b'], {}, /^error: use either --kubeconfig or --cluster/],
    [['compile', '--kubeconfig', 'CONFIG', '--simulate'], {}, /^error: --simulate is for manifests/],
    [['get', '--kubeconfig', 'CONFIG', '-n', 'a/../b'], {}, /^error: .*'a\/..\/b' is invalid. The name of a namespace/],
    [['get', '--request-timeout', '5s', WEB], {}, /^error: --request-timeout goes with --kubeconfig or --context/],
    [['get', '--request-timeout', 'soon', WEB], {}, /It must be a time such as 5s/],
  ] as const)('refuses %j with %j', async (argv, env, message) => {
    const named = argv.map((word) => (word === 'CONFIG' ? config : word));
    const { code, stdout, stderr } = await vipc(named, undefined, env as Record<string, string>);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(server.requests()).toEqual([]);
  });

  it('a plugin without a cluster says where it looked', async () => {
    const { code, stderr } = await get([], { HOME: '/nowhere' }, 'kubectl vipc');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: there is no cluster to read from: there is no ~/.kube/config, and this is no pod with a service account; use --kubeconfig FILE\n',
    });
  });
});

describe('what is not told', () => {
  it('is a note where the kind is not served', async () => {
    const { code, stderr } = await reading('dns', '-v');
    expect(code).toBe(0);
    expect(stderr).toContain('note: cluster test has no ServiceImports: it does not serve them\n');
  });

  it('is a warning where it may not be listed', async () => {
    server.forbid('endpointslices');
    const { code, stdout, stderr } = await reading('get');
    expect({ code, rows: stdout.split('\n').length }).toEqual({ code: 0, rows: 3 });
    expect(stderr).toMatch(
      /^warning: cluster test does not list its EndpointSlices, so what they would tell is missing: 403: endpointslices is forbidden: User "test" cannot list[^\n]*\n1 warning/,
    );
  });

  it.each(['services', 'endpointslices', 'nodes'])('is an end where rules need it: %s', async (resource) => {
    server.forbid(resource);
    const { code, stdout, stderr } = await reading('compile', '--node', 'node-a');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: cluster test does not list its \\w+: 403: ${resource} is forbidden`));
  });

  it('in one namespace does not matter in another', async () => {
    server.forbid('*services', '*endpointslices');
    expect(await reading('get', '-o', 'name')).toEqual({ code: 0, stdout: 'service/web\n', stderr: '' });
    expect((await reading('get', '-A')).stderr).toMatch(/does not list its Services: 403/);
  });
});

describe('an object with errors', () => {
  it('is named without lines of what nobody wrote', async () => {
    server.put({ ...SHOP[0], metadata: { name: 'bad', namespace: 'shop' }, spec: { type: 'Sideways' } });
    const { code, stdout, stderr } = await reading('compile', '--node', 'node-a', '--mode', 'iptables');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^cluster test: Service shop\/bad: error: spec\.type must be one of [^\n]*\n/);
    expect(stderr).not.toMatch(/\^|<stdin>|:1:\d/);
  });
});

describe('a server that is none', () => {
  const list = (more: object = {}) =>
    JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '1', ...more }, items: [] });
  it.each<[string, RequestListener, RegExp]>([
    [
      'speaks HTML',
      (_, answer) => answer.end('<!doctype html>\n<h1>hello</h1>'),
      /what is no JSON: <!doctype html> <h1>/,
    ],
    ['breaks off', (_, answer) => answer.end(list().slice(0, 40)), /what is no JSON: /],
    ['hangs up', (_, answer) => void answer.socket?.destroy(), /cannot be read: socket hang up/],
    ['commands terminals', (_, answer) => answer.end('\u001b[2J\u009b1A'), /no JSON: \ufffd\[2J\ufffd1A/],
    ['sends a list of something else', (_, answer) => answer.end(list().replace('Service', 'Pod')), /no ServiceList/],
    [
      'fails',
      (_, answer) => answer.writeHead(500).end('{"message":"etcd\\u001b is\\nlost"}'),
      /500: etcd\ufffd is lost/,
    ],
    [
      'is not one',
      (_, answer) => answer.writeHead(404).end('<h1>not here</h1>'),
      /does not list its Services: 404: <h1>/,
    ],
    [
      'repeats a token',
      (_, answer) => answer.end(list({ continue: 'x' })),
      /a list that does not end: the same page comes again/,
    ],
    ['is silent', () => {}, /no answer within 2 s/],
  ])('%s', async (_, listener, message) => {
    const bad = createServer(listener);
    await new Promise<void>((done) => bad.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(bad.address() as AddressInfo).port}`;
    const kubeconfig = join(home, 'bad');
    writeFileSync(kubeconfig, server.kubeconfig().replace(server.url, url));
    const { code, stdout, stderr } = await vipc([
      'get',
      '-o',
      'name',
      '--kubeconfig',
      kubeconfig,
      '--request-timeout',
      '2s',
    ]);
    bad.closeAllConnections();
    bad.close();
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: cluster test [^\n]*\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('is not there', async () => {
    await server.close();
    const { code, stderr } = await vipc(['get', '--kubeconfig', config]);
    server = await startApiServer();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: cluster test at http:\S+ cannot be read: nothing listens there\n$/),
    });
  });
});

describe('vipc diff', () => {
  it('compares a cluster with a PATH', async () => {
    expect(await vipc(['diff', '--kubeconfig', config, '--node', 'node-a', WEB])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/shop\/cart[^]*- /),
    });
    const file = join(home, 'dump.json');
    writeFileSync(file, dump(...RULES));
    expect(await vipc(['diff', '--kubeconfig', config, '--node', 'node-a', file])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });
});

describe('vipc allocate', () => {
  const manifest = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec });
  const allocate = (text: string) => vipc(['allocate', '--kubeconfig', config, '-'], text);

  it('keeps what a Service has in the cluster', async () => {
    const { code, stdout, stderr } = await allocate(manifest('cart', { ports: [{ port: 80 }] }));
    expect({ code, spec: JSON.parse(stdout).spec }).toEqual({
      code: 0,
      spec: expect.objectContaining({ clusterIP: '10.96.0.60' }),
    });
    expect(stdout).not.toContain('synthetic');
    expect(stderr).toContain('filled in what the cluster has; nothing is made up\n');
  });

  it('gives a new one nothing that the cluster uses', async () => {
    const alone = JSON.parse((await vipc(['allocate', '-'], manifest('new', { ports: [{ port: 80 }] }))).stdout);
    const taken = { ...SHOP[0], metadata: { name: 'taker' }, spec: { ...alone.spec, ports: [{ port: 80 }] } };
    server.put(taken);
    const beside = JSON.parse((await allocate(manifest('new', { ports: [{ port: 80 }] }))).stdout);
    expect(beside.spec.clusterIP).toMatch(/^10\./);
    expect(beside.spec.clusterIP).not.toBe(alone.spec.clusterIP);
  });

  it('refuses what the cluster uses', async () => {
    const { code, stderr } = await allocate(manifest('new', { clusterIP: '10.96.0.60', ports: [{ port: 80 }] }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/<stdin>:1:\d+: error: Service shop\/new[^\n]*10\.96\.0\.60/);
    expect(stderr).toMatch(/ {2}cluster test: Service shop\/cart: /);
  });
});
