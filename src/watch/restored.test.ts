/** A server that comes back with an older state, and answers that only seem to be of one. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { httpClient } from '../testing/api-client/http-client.js';
import { eventually, expectedView, newView } from '../testing/api-client/view.js';
import { type ApiServer, type LoggedRequest, startApiServer } from '../testing/api-server.js';
import { type Tuning, watchCluster } from './source.js';
import { isOlder, newest } from './versions.js';

const FAST: Partial<Tuning> = { answerMs: 2000, silenceMs: 5000, shortMs: 20, backoffMs: [10, 80], pageSize: 10 };

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of running.splice(0).reverse()) await end();
});

/** A server with some history, and a watch that has its objects. */
async function setup() {
  const server = await startApiServer({ bookmarkMs: 60_000 });
  running.push(() => server.close());
  server.put(node('here'));
  for (const name of ['a', 'b', 'c']) server.put(service(name));
  const view = newView();
  const { sink, onState } = view;
  const watch = watchCluster(httpClient(server.url), { nodeName: 'here', sink, onState, tuning: FAST });
  running.push(watch.stop);
  await watch.ready;
  await eventually(() => expect(server.watches()).toBe(3));
  const isSame = () => eventually(() => expect(view.objects()).toEqual(expectedView(server, 'here')), 10_000);
  return { server, view, isSame };
}

const service = (name: string, port = 80) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { clusterIP: '10.96.0.1', ports: [{ port }] },
});
const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });

const isFullList = ({ verb, query }: LoggedRequest) => verb === 'list' && query.limit !== '1';
const fullLists = (server: ApiServer) => server.requests().filter(isFullList).length;

/** Changes after a backup, all of which the restored server does not know. */
function changeMuch(server: ApiServer): void {
  server.put(service('d'));
  server.put(service('a', 81));
  server.remove('Service', 'default', 'b');
  for (let port = 90; port < 100; port++) server.put(service('e', port));
}

describe('a server restored from a backup is believed', () => {
  it.each([
    ['connections are cut', false, (server: ApiServer) => server.dropAll()],
    ['watches end in order', false, (server: ApiServer) => server.endWatches()],
    ['connections are cut, and watches from the future are silent', true, (server: ApiServer) => server.dropAll()],
    ['watches end in order, and those from the future are silent', true, (server: ApiServer) => server.endWatches()],
    ['only a bookmark of an older version tells', true, (server: ApiServer) => server.bookmark()],
  ])('%s', async (_, silent, stop) => {
    const { server, view, isSame } = await setup();
    const restore = server.backup();
    changeMuch(server);
    await isSame();
    server.waitForVersions(silent);
    restore();
    stop(server);
    await isSame();
    expect(view.get('Service default/d')).toBeUndefined();
    // And it is followed from there on.
    server.put(service('f'));
    await isSame();
  });

  it('also when it forgot all changes, and says Gone', async () => {
    const { server, isSame } = await setup();
    const restore = server.backup();
    changeMuch(server);
    await isSame();
    server.goneAsStatus(true);
    restore();
    server.impersonate(({ verb, query }, response) => {
      if (verb !== 'watch' || Number(query.resourceVersion) <= 5) return false;
      response.writeHead(410).end('{"kind":"Status","message":"too old","code":410}');
      return true;
    });
    server.dropAll();
    await isSame();
  });

  it('also when it has grown past our version again, with another object first', async () => {
    const { server, view, isSame } = await setup();
    const restore = server.backup();
    changeMuch(server);
    await isSame();
    server.refuse('connection');
    server.dropAll();
    restore();
    server.remove('Service', 'default', 'c');
    server.put(service('aa', 82));
    server.put(service('a', 83));
    for (let port = 100; port < 130; port++) server.put(service('z', port));
    await server.accept();
    await isSame();
    expect(view.get('Service default/c')).toBeUndefined();
  });

  it('another server at the same address, with other objects and lower versions', async () => {
    const { server, view, isSame } = await setup();
    changeMuch(server);
    await isSame();
    for (const { kind, metadata } of server.objects('Service')) {
      server.impersonate((_, response) => Boolean(response.destroy()));
      server.remove(kind, metadata.namespace ?? '', metadata.name);
    }
    server.dropAll();
    server.rewind(1);
    server.put(service('other'));
    server.impersonate(undefined);
    await isSame();
    expect(view.objects()).toContain('Service default/other@2');
  });
});

describe('an older answer from a cache is not adopted', () => {
  it('after Gone, when a list is older and one object read consistently is not', async () => {
    const { server, view, isSame } = await setup();
    const old = { kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '2' }, items: [] };
    changeMuch(server);
    await isSame();
    const replaced = view.told.filter((line) => line.startsWith('replace Service')).length;
    let cached = 0;
    server.impersonate((request, response) => {
      if (request.resource !== 'services' || !isFullList(request) || cached >= 5) return false;
      cached++;
      response.end(JSON.stringify(old));
      return true;
    });
    server.expire();
    server.say('{"type":"ERROR","object":{"code":410,"message":"too old"}}');
    await eventually(() => expect(cached).toBe(5), 10_000);
    await eventually(() =>
      expect(view.told.filter((line) => line.startsWith('replace Service'))).toHaveLength(replaced + 1),
    );
    expect(view.told.filter((line) => line === 'replace Service (0)')).toEqual([]);
    await isSame();
    const failures = view.states.filter(({ kind, state }) => kind === 'Service' && state === 'failing');
    expect(failures[0]?.message).toMatch(/^the server sent version 2 after \d+: from a cache, or/);
  });

  it('an event or a bookmark of an older version asks, and changes nothing', async () => {
    const { server, view, isSame } = await setup();
    changeMuch(server);
    await isSame();
    const before = fullLists(server);
    const old = { ...service('a', 1), metadata: { name: 'a', namespace: 'default', resourceVersion: '2' } };
    server.say(JSON.stringify({ type: 'MODIFIED', object: old }));
    await eventually(() => expect(view.states.some(({ message }) => message?.includes('version 2 after'))).toBe(true));
    server.put(service('f'));
    await isSame();
    expect(view.told).not.toContain('put Service default/a@2');
    expect(fullLists(server)).toBe(before);
  });
});

describe('a lost connection', () => {
  it('costs a list of one object, without a version, for each resource', async () => {
    const { server, isSame } = await setup();
    const before = server.requests().length;
    server.dropAll();
    server.put(service('f'));
    await isSame();
    await eventually(() => expect(server.watches()).toBe(3));
    const lists = server
      .requests()
      .slice(before)
      .filter(({ verb }) => verb === 'list');
    expect(lists.map(({ resource }) => resource).sort()).toEqual(['endpointslices', 'nodes', 'services']);
    for (const { query } of lists) expect([query.limit, query.resourceVersion]).toEqual(['1', undefined]);
  });

  it('is made up for by a server that gives watches, but no lists', async () => {
    const { server, isSame } = await setup();
    server.impersonate(({ verb }, response) => verb === 'list' && Boolean(response.writeHead(500).end()));
    server.dropAll();
    server.put(service('f'));
    await isSame();
  });

  it('does not matter to versions that are no numbers', async () => {
    const server = await startApiServer({ bookmarkMs: 60_000 });
    running.push(() => server.close());
    const view = newView();
    let version = 'zz-9';
    const metadata = () => ({ name: 'here', resourceVersion: version });
    server.impersonate(({ verb, resource }, response) => {
      if (resource !== 'nodes') return false;
      if (verb === 'watch')
        response.write(`${JSON.stringify({ type: 'MODIFIED', object: { ...node('here'), metadata: metadata() } })}\n`);
      else
        response.end(
          JSON.stringify({
            kind: 'NodeList',
            metadata: { resourceVersion: version },
            items: [{ metadata: metadata() }],
          }),
        );
      return true;
    });
    const { sink, onState } = view;
    running.push(watchCluster(httpClient(server.url), { nodeName: 'here', sink, onState, tuning: FAST }).stop);
    await eventually(() => expect(view.objects()).toEqual(['Node /here@zz-9']));
    version = 'aa-1';
    server.dropAll();
    await eventually(() => expect(view.objects()).toEqual(['Node /here@aa-1']));
  });
});

it.each([
  ['9', '10', true],
  ['10', '9', false],
  ['10', '10', false],
  ['99999999999999999998', '99999999999999999999', true],
  ['', '5', false],
  ['a', 'b', false],
  ['5', 'b', false],
  ['05', '6', false],
])('version %s is older than %s: %s', (a, b, expected) => {
  expect(isOlder(a, b)).toBe(expected);
  if (expected) expect([newest(a, b), newest(b, a)]).toEqual([b, b]);
});
