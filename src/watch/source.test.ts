/** The watch: its lists, and what comes after them, over real HTTP. */

import { describe, expect, it } from '@jest/globals';
import { eventually, expectedView } from '../testing/api-client/view.js';
import { begin, isSame, lists, running, service, setup, slice, watches } from '../testing/api-client/watching.js';
import { startApiServer } from '../testing/api-server.js';

describe('a list', () => {
  it('is read in pages of one moment', async () => {
    const server = await startApiServer();
    running.push(server);
    for (let i = 0; i < 25; i++) server.put(service(`s${i}`));
    const { view, watch } = begin(server, { pageSize: 10 });
    await watch.ready;
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
    await watch.ready;
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
    await watch.ready;
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
    await watch.ready;
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
    // Only a client that has seen the bookmark can go on.
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
    ['{"type":"ADDED"', 'sent no JSON'],
    ['{"type":"ADDED","object":{"kind":"Service"}}', 'sent no object'],
    ['{"type":"ADDED","object":{"kind":"Pod","metadata":{"resourceVersion":"99"}}}', 'a Pod for a'],
    ['{"type":"BOOKMARK","object":{"kind":"Service","metadata":{}}}', ''],
    ['[]', 'sent no event'],
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
