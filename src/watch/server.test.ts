/** The watch of a server that is silent, refuses or is not there, and what is left of it after stop(). */

import { describe, expect, it } from '@jest/globals';
import { eventually, expectedView } from '../testing/api-client/view.js';
import { begin, IMPATIENT, isSame, lists, running, service, setup, watches } from '../testing/api-client/watching.js';
import { startApiServer } from '../testing/api-server.js';

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
    await watch.ready;
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
