/**
 * page: who gets the daemon's page, what it is made of, and that making it keeps nothing waiting.
 */
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { EMPTY_SNAPSHOT, type Service, type Snapshot } from '../read/types.js';
import type { Report } from '../report/model.js';
import { unpacked } from '../report/pack.js';
import { packedSlowly } from './data.js';
import { newHistory } from './history.js';
import { type Caller, type Listening, listen } from './http.js';
import { type PageSource, pageAnswers } from './page.js';

function service(i: number): Service {
  const name = `svc-${i}`;
  const origin = { source: { name: 'cluster x', text: '', api: true }, document: 0, base: [], path: [] } as const;
  return {
    metadata: { name, namespace: 'default', labels: {}, annotations: { secret: 'not for the page' } },
    spec: {
      type: 'ClusterIP',
      clusterIPs: [`10.96.${i >> 8}.${i & 255}`],
      ipFamilies: ['IPv4'],
      ports: [],
      externalIPs: [],
    },
    status: { loadBalancer: { ingress: [] } },
    origin: { ...origin, object: `Service default/${name}` },
  } as unknown as Service;
}

function report(services: number): Report {
  const snapshot: Snapshot = { ...EMPTY_SNAPSHOT, services: Array.from({ length: services }, (_, i) => service(i)) };
  const data = {
    title: 'node a',
    version: '1',
    options: DEFAULT_OPTIONS,
    namespace: 'default',
    domain: 'cluster.local',
  };
  return { snapshot, data: { ...data, mentioned: [], said: [], isServed: true } };
}

let now: Report | undefined;

const SOURCE: PageSource = {
  parts: { script: 'let a = 1;', style: 'p { color: red }' },
  isOpen: false,
  report: () => now,
  state: () => ({
    ...newHistory().data(),
    at: 5,
    isHealthy: true,
    waiting: { services: 1, endpoints: 0, nodes: 0, names: ['default/web'] },
  }),
};

const LOCAL: Caller = { host: 'localhost:10249', isLoopback: true };

const get = (path: string, caller: Caller = LOCAL, source = SOURCE) => pageAnswers(source)(path, caller);

describe('the page is served', () => {
  it.each<[string, string | undefined, boolean, boolean, number]>([
    ['by name', 'localhost:10249', true, false, 200],
    ['by address', '127.0.0.1:10249', true, false, 200],
    ['by an IPv6 address', '[::1]:10249', true, false, 200],
    ['without a port', 'LOCALHOST', true, false, 200],
    ['not under a foreign name', 'rebound.example:10249', true, false, 421],
    ['not under a name that begins alike', 'localhost.rebound.example', true, false, 421],
    ['not under an address that is a name', '127.0.0.1.rebound.example', true, false, 421],
    ['not without a name', undefined, true, false, 421],
    ['not over another interface', '192.0.2.7:10249', false, false, 403],
    ['over another interface, if asked for', '192.0.2.7:10249', false, true, 200],
    ['and even then under no foreign name', 'rebound.example', false, true, 421],
  ])('%s', async (_, host, isLoopback, isOpen, status) => {
    now = report(1);
    for (const path of ['/', '/page/data', '/page/state']) {
      const answer = await get(path, { host, isLoopback }, { ...SOURCE, isOpen });
      expect([path, answer?.status]).toEqual([path, status]);
    }
  });

  let server: Listening | undefined;
  afterEach(async () => server?.close());

  it('over HTTP, by the name in the Host header and the address of the connection', async () => {
    const answers = pageAnswers(SOURCE);
    server = await listen({ host: '127.0.0.1', port: 0 }, async ({ pathname }, caller) => {
      return (await answers(pathname, caller)) ?? { status: 404, type: 'text/plain', body: '' };
    });
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(await answer.text()).toContain('<script>let a = 1;</script>');
  });
});

it('other paths are not its', () => expect(get('/metrics')).toBeUndefined());

it('before there is a cluster it says so', async () => {
  now = undefined;
  expect(await get('/page/data')).toMatchObject({ status: 503 });
});

it('the data is the report, without annotations', async () => {
  now = report(3);
  const { body = '' } = (await get('/page/data')) ?? {};
  const text = gunzipSync(body as Uint8Array).toString();
  expect(text).not.toContain('not for the page');
  const { data, snapshot } = unpacked(text);
  expect(data).toEqual(now.data);
  expect(snapshot.services.map(({ metadata }) => metadata.name)).toEqual(['svc-0', 'svc-1', 'svc-2']);
  expect(snapshot.services[1]?.origin.object).toBe('Service default/svc-1');
});

it('a cluster that has changed has another version, and is packed once', async () => {
  now = report(1);
  const answers = pageAnswers(SOURCE);
  const version = async () => JSON.parse(String((await answers('/page/state', LOCAL))?.body)).version as number;
  const bodies = async () => (await answers('/page/data', LOCAL))?.body;
  const first = await bodies();
  const before = await version();
  expect(await bodies()).toBe(first);
  expect(await version()).toBe(before);
  now = report(2);
  expect(await version()).toBe(before + 1);
});

it('while a large cluster is packed, everything else goes on', async () => {
  let [turns, isDone] = [0, false];
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const at: number[] = [];
  // Each object takes a millisecond.
  const toJSON = () => {
    at.push(turns);
    const begin = performance.now();
    while (performance.now() - begin < 1);
    return {};
  };
  const slow = report(200);
  const services = slow.snapshot.services.map((each) => ({ ...each, toJSON }));
  await packedSlowly({ ...slow, snapshot: { ...slow.snapshot, services } });
  isDone = true;
  const together = at.map((turn) => at.filter((other) => other === turn).length);
  expect(at.length).toBe(200);
  expect(Math.max(...together)).toBeLessThan(20);
});
