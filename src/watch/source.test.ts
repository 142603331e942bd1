/** The watch against a server with faults, over real HTTP. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { httpClient } from '../testing/api-client/http-client.js';
import { eventually, expectedView, newView, type View } from '../testing/api-client/view.js';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../testing/api-server.js';
import type { ApiClient } from './client.js';
import { type ClusterWatch, type Tuning, watchCluster } from './source.js';

/** A busy machine is silent for a second or two. */
const FAST: Partial<Tuning> = { answerMs: 20_000, silenceMs: 20_000, shortMs: 20, backoffMs: [10, 80] };
const IMPATIENT: Partial<Tuning> = { answerMs: 300, silenceMs: 300 };

interface Setup {
  readonly server: ApiServer;
  readonly view: View;
  readonly watch: ClusterWatch;
}

const running: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.stop ?? each.close)?.();
});

/** A server with some objects, and somebody who knows them. */
async function setup(tuning: Partial<Tuning> = {}, options: ApiServerOptions = {}): Promise<Setup> {
  const server = await startApiServer({ bookmarkMs: 100, ...options });
  running.push(server);
  for (const name of ['a', 'b', 'c']) server.put(service(name));
  server.put(slice('a-1'));
  server.put(node('here'));
  server.put(node('there'));
  const started = begin(server, tuning);
  await started.watch.synced;
  await eventually(() => expect(server.watches()).toBe(3));
  return { server, ...started };
}

function begin(server: ApiServer, tuning: Partial<Tuning> = {}, client: ApiClient = httpClient(server.url)) {
  const view = newView();
  const { sink, onState } = view;
  const watch = watchCluster(client, { nodeName: 'here', sink, onState, tuning: { ...FAST, ...tuning } });
  running.push(watch);
  return { view, watch };
}

function service(name: string, labels = {}, port = 80): object {
  const spec = { clusterIP: '10.96.0.1', ports: [{ port }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec };
}

function slice(name: string, labels = {}): object {
  const metadata = { name, labels: { 'kubernetes.io/service-name': 'a', ...labels } };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: [] };
}

function node(name: string): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

const isSame = ({ server, view }: Setup) =>
  eventually(() => expect(view.objects()).toEqual(expectedView(server, 'here')));

/** Lists of everything; those of one object only ask whether the server has gone back. */
const lists = (server: ApiServer) =>
  server.requests().filter(({ verb, query }) => verb === 'list' && query.limit !== '1').length;
const watches = (server: ApiServer) => server.requests().filter(({ verb }) => verb === 'watch');

describe('a list', () => {
  it('is read in pages of one moment', async () => {
    const server = await startApiServer();
    running.push(server);
    for (let i = 0; i < 25; i++) server.put(service(`s${i}`));
    const { view, watch } = begin(server, { pageSize: 10 });
    await watch.synced;
    expect(view.objects()).toEqual(expectedView(server, 'here'));
    const pages = server.requests().filter(({ resource, verb }) => resource === 'services' && verb === 'list');
    expect(pages.map(({ query }) => [query.limit, query.continue !== undefined])).toEqual([
      ['10', false],
      ['10', true],
      ['10', true],
    ]);
    expect(view.told.filter((line) => line.startsWith('replace Service'))).toEqual(['replace Service (25)']);
  });

  it('starts again in one piece when a continue token has expired', async () => {
    const server = await startApiServer();
    running.push(server);
    for (let i = 0; i < 25; i++) server.put(service(`s${i}`));
    server.slow(30);
    const { view, watch } = begin(server, { pageSize: 10 });
    await eventually(() => expect(server.requests().some(({ query }) => query.continue)).toBe(true));
    server.expire();
    await watch.synced;
    expect(view.objects()).toEqual(expectedView(server, 'here'));
    expect(view.states.filter(({ state }) => state === 'failing')).toEqual([]);
    const pages = server.requests().filter(({ resource, verb }) => resource === 'services' && verb === 'list');
    expect(pages.map(({ query }) => query.limit)).toEqual(['10', '10', undefined]);
    expect(view.told).toContain('replace Service (25)');
  });

  it('starts again after a pause when a page fails', async () => {
    const server = await startApiServer();
    running.push(server);
    for (let i = 0; i < 25; i++) server.put(service(`s${i}`));
    server.slow(30);
    const { view, watch } = begin(server, { pageSize: 10 });
    await eventually(() => expect(server.requests().some(({ query }) => query.continue)).toBe(true));
    server.refuse(500, 40);
    await watch.synced;
    expect(view.told).toContain('replace Service (25)');
    expect(view.states.some(({ message }) => message === '500: refused by the test')).toBe(true);
    expect(server.requests().every(({ verb, query }) => verb !== 'list' || query.limit !== undefined)).toBe(true);
  });

  it('leaves out what another proxy serves, and other nodes', async () => {
    const { server, view } = await setup();
    server.put(service('other', { 'service.kubernetes.io/service-proxy-name': 'other' }));
    server.put(slice('headless', { 'service.kubernetes.io/headless': '' }));
    server.put(service('d'));
    await eventually(() => expect(view.get('Service default/d')).toBeDefined());
    expect(view.objects().map((text) => text.replace(/@.*/, ''))).toEqual([
      'EndpointSlice default/a-1',
      'Node /here',
      'Service default/a',
      'Service default/b',
      'Service default/c',
      'Service default/d',
    ]);
    expect(view.get('Service default/a')).toMatchObject({ apiVersion: 'v1', kind: 'Service' });
  });

  it('without anything is one, too', async () => {
    const server = await startApiServer();
    running.push(server);
    const { view, watch } = begin(server);
    await watch.synced;
    expect([...view.told].sort()).toEqual(['replace EndpointSlice (0)', 'replace Node (0)', 'replace Service (0)']);
  });
});

describe('a watch', () => {
  it('tells of each change in order', async () => {
    const all = await setup();
    const { server, view } = all;
    server.put(service('a', {}, 81));
    server.put(service('d'));
    server.put(service('b', { 'service.kubernetes.io/service-proxy-name': 'other' }));
    server.remove('Service', 'default', 'c');
    server.put(service('b', {}, 82));
    await isSame(all);
    const services = view.told.filter((line) => /^(put|remove) Service/.test(line));
    expect(services.map((line) => line.replace(/@.*/, ''))).toEqual([
      'put Service default/a',
      'put Service default/d',
      'remove Service default/b',
      'remove Service default/c',
      'put Service default/b',
    ]);
  });

  it('asks for bookmarks and an end', async () => {
    const { server } = await setup();
    for (const { query } of watches(server)) {
      expect(query).toMatchObject({ allowWatchBookmarks: 'true', resourceVersion: '7' });
      const seconds = Number(query.timeoutSeconds);
      expect(Number.isInteger(seconds) && seconds >= 300 && seconds <= 600).toBe(true);
    }
  });

  it('goes on from the last event when its connection is cut', async () => {
    const all = await setup();
    const { server } = all;
    const before = lists(server);
    server.put(service('d'));
    await isSame(all);
    server.dropAll();
    server.remove('Service', 'default', 'a');
    server.put(service('e'));
    await isSame(all);
    expect(lists(server)).toBe(before);
    const again = watches(server).filter(({ resource }) => resource === 'services')[1];
    expect(again?.query.resourceVersion).toBe('8');
  });

  it('goes on at once when the server ends it, from the last bookmark', async () => {
    const all = await setup({ backoffMs: [5000, 5000] }, { bookmarkMs: 60_000 });
    const { server, view } = all;
    const before = lists(server);
    server.put(service('d'));
    server.bookmark();
    await isSame(all);
    await new Promise((done) => setTimeout(done, 40));
    // Only who has seen the bookmark can go on.
    server.expire();
    server.endWatches();
    server.put(slice('d-1'));
    await isSame(all);
    expect(lists(server)).toBe(before);
    expect(view.states.filter(({ state }) => state === 'failing')).toEqual([]);
  });

  it('waits when the server ends it as soon as it began', async () => {
    const { server, view } = await setup({ shortMs: 10_000 }, { bookmarkMs: 60_000 });
    server.endWatches();
    await eventually(() => expect(watches(server)).toHaveLength(6));
    const failures = view.states.filter(({ state }) => state === 'failing');
    expect(failures.map(({ message }) => message)).toEqual(
      new Array(3).fill('the server ended the watch as soon as it began'),
    );
  });

  it.each([
    ['ERROR event', 'end'],
    ['status', 'end'],
    ['ERROR event', 'cut'],
    ['status', 'cut'],
  ])('lists again after 410 as %s, which follows an %s', async (how, end) => {
    const all = await setup();
    const { server, view } = all;
    server.goneAsStatus(how === 'status');
    await new Promise((done) => setTimeout(done, 40));
    const before = lists(server);
    if (end === 'end') server.endWatches();
    else server.dropAll();
    server.remove('Service', 'default', 'a');
    server.remove('EndpointSlice', 'default', 'a-1');
    server.put(service('d'));
    server.expire();
    await isSame(all);
    await eventually(() => expect(server.watches()).toBe(3));
    expect(view.told.filter((line) => line.startsWith('replace'))).toHaveLength(6);
    expect(lists(server)).toBe(before + 3);
    // The first watch, the one that learns of it, and the one after the list.
    expect(watches(server)).toHaveLength(9);
    const failures = view.states.filter(({ state }) => state === 'failing');
    expect(failures).toHaveLength(end === 'end' ? 0 : 6);
  });

  it('that is cut in the middle of a line loses nothing', async () => {
    const all = await setup();
    const { server } = all;
    server.cutMidLine();
    server.put({ ...service('d'), note: 'ä€𝄞'.repeat(100) });
    server.remove('EndpointSlice', 'default', 'a-1');
    await isSame(all);
    expect(all.view.get('Service default/d')?.note).toBe('ä€𝄞'.repeat(100));
    expect(all.view.told.filter((line) => line.startsWith('put Service default/d'))).toHaveLength(1);
  });

  it.each([
    ['{"type":"ADDED"', 'what is no JSON'],
    ['{"type":"ADDED","object":{"kind":"Service"}}', 'what is no object'],
    ['{"type":"ADDED","object":{"kind":"Pod","metadata":{"resourceVersion":"99"}}}', 'a Pod for a'],
    ['{"type":"BOOKMARK","object":{"kind":"Service","metadata":{}}}', ''],
    ['[]', 'what is no event'],
    ['{"type":"ERROR","object":{"code":500,"message":"etcd is away"}}', '500: etcd is away'],
  ])('connects again after %s', async (line, message) => {
    const all = await setup();
    const { server, view } = all;
    server.say(line);
    server.put(service('d'));
    await isSame(all);
    await eventually(() => expect(view.states.some((state) => state.message?.includes(message))).toBe(true));
  });

  it('lists again when the server does not know its version yet', async () => {
    const all = await setup();
    const { server } = all;
    server.refuse('connection');
    server.rewind(2);
    server.dropAll();
    server.put(service('d'));
    await server.accept();
    await isSame(all);
  });
});

describe('a server', () => {
  it('that falls silent is left', async () => {
    const all = await setup(IMPATIENT, { bookmarkMs: 60_000 });
    const { server, view } = all;
    const before = lists(server);
    server.stall(true);
    server.put(service('d'));
    await eventually(() => expect(view.states.some(({ message }) => message === 'not a byte within 0.3 s')).toBe(true));
    await eventually(() => expect(view.states.some(({ message }) => message === 'no answer within 0.3 s')).toBe(true));
    server.stall(false);
    await isSame(all);
    expect(lists(server)).toBe(before);
  });

  it('that sends bookmarks is not', async () => {
    const { server, view } = await setup();
    await new Promise((done) => setTimeout(done, 500));
    expect(view.states.filter(({ state }) => state === 'failing')).toEqual([]);
    expect(watches(server)).toHaveLength(3);
  });

  it.each(['connection', 503, 401] as const)('that refuses (%s) is asked ever more rarely', async (how) => {
    const all = await setup({ backoffMs: [20, 200] });
    const { server, view } = all;
    const before = lists(server);
    server.refuse(how);
    server.dropAll();
    server.put(service('d'));
    const waits = () => view.states.flatMap(({ kind, retryMs }) => (kind === 'Service' ? (retryMs ?? []) : []));
    await eventually(() => expect(waits().length).toBeGreaterThanOrEqual(5));
    for (const [i, wait] of waits().slice(0, 5).entries()) {
      const limit = Math.min(200, 20 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(limit / 2);
      expect(wait).toBeLessThanOrEqual(limit);
    }
    // The last word may already be that it tries again.
    const failing = view.states.findLast(({ state }) => state === 'failing');
    expect(failing?.message).toMatch(how === 'connection' ? /ECONNREFUSED/ : `${how}: `);
    await server.accept();
    await isSame(all);
    if (how !== 401) expect(lists(server)).toBe(before);
  });

  it.each([
    ['an event', 10_000],
    ['a while', 20],
  ])('that worked for %s is asked again soon', async (_, shortMs) => {
    const all = await setup({ shortMs, backoffMs: [20, 1000] }, { bookmarkMs: 60_000 });
    const { server, view } = all;
    server.refuse('connection');
    server.dropAll();
    await eventually(() => expect(view.states.some(({ retryMs = 0 }) => retryMs > 80)).toBe(true));
    await server.accept();
    await eventually(() => expect(server.watches()).toBe(3));
    if (shortMs > 1000) server.bookmark();
    await new Promise((done) => setTimeout(done, 60));
    const { length } = view.states;
    server.dropAll();
    const waits = () => view.states.slice(length).flatMap(({ retryMs }) => retryMs ?? []);
    await eventually(() => expect(waits()).toHaveLength(3));
    expect(Math.max(...waits())).toBeLessThanOrEqual(20);
  });

  it('that is not there at first is waited for', async () => {
    const server = await startApiServer();
    running.push(server);
    server.put(service('a'));
    server.refuse('connection');
    const { view, watch } = begin(server);
    await eventually(() => expect(view.states.filter(({ state }) => state === 'failing').length).toBeGreaterThan(6));
    expect(view.told).toEqual([]);
    await server.accept();
    await watch.synced;
    expect(view.objects()).toEqual(expectedView(server, 'here'));
  });
});

describe('stop()', () => {
  it.each(['watching', 'listing', 'waiting'])('while %s leaves nothing open', async (when) => {
    const server = await startApiServer();
    running.push(server);
    const before = resources();
    if (when === 'listing') server.slow(1000);
    if (when === 'waiting') server.refuse(500);
    const { view, watch } = begin(server, { answerMs: 5000, silenceMs: 5000, backoffMs: [5000, 5000] });
    if (when === 'listing') await eventually(() => expect(lists(server)).toBe(3));
    else
      await eventually(() => expect(view.states.filter(({ state }) => /watching|failing/.test(state))).toHaveLength(3));
    await watch.stop();
    const { length } = view.told;
    server.put(service('d'));
    await eventually(() => expect(server.connections()).toBe(0));
    if (when !== 'listing') await eventually(() => expect(resources()).toEqual(before));
    expect(view.told).toHaveLength(length);
    expect(view.states.some(({ message }) => message?.includes('stopped'))).toBe(false);
  });
});

/** What keeps this process alive: sockets and timers. */
function resources(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCPSocket|TLS|Timeout/.test(name))
    .sort();
}
