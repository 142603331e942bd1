/** A server in bad company: answers that make no sense, never end, or come in the wrong place, on one resource only. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { event, list, lists, object, setup, type Trick } from '../testing/api-client/tricks.js';
import { eventually, expectedView } from '../testing/api-client/view.js';

describe('a list', () => {
  const items = (...names: string[]) => names.map((name) => object('Service', name));
  it.each<[string, Trick, RegExp]>([
    ['of HTML', lists('<html>Log in</html>'), /no JSON: <html>/],
    ['that is cut off', lists(list().slice(0, -5)), /no JSON/],
    ['of nothing at all', lists(''), /no JSON/],
    ['of another kind', lists(list({ kind: 'PodList' })), /no ServiceList/],
    ['without items', lists(list({ items: undefined })), /no ServiceList/],
    ['whose items are a mapping', lists(list({ items: {} })), /no ServiceList/],
    ['with items of another kind', lists(list({ items: [object('Pod', 'a')] })), /a Pod in a ServiceList/],
    ['with an item without a name', lists(list({ items: [{ metadata: {} }] })), /a Service without a name/],
    ['with an item that is none', lists(list({ items: [7] })), /no object: 7/],
    ['without a version', lists(list({ metadata: {} })), /without its resourceVersion/],
    ['of version 0', lists(list({ metadata: { resourceVersion: '0' } })), /without its resourceVersion/],
    ['whose token stays the same', lists(list({}, { continue: 'x' })), /does not end: the same page comes again/],
    [
      'whose pages have no end and nothing in them',
      lists((_, n) => list({}, { continue: `page-${n}` })),
      /does not end: its pages are empty/,
    ],
    [
      'that goes around in a circle',
      lists((_, n) => list({ items: items(`s${n % 7}`) }, { continue: `page-${n}` })),
      /does not end: default\/s0 is in it twice/,
    ],
    [
      'whose pages are all refused with 410',
      (response, { verb, query }) =>
        verb !== 'list'
          ? false
          : query.continue
            ? response.writeHead(410).end('{}')
            : response.end(list({ items: items('a') }, { continue: 'x' })),
      /does not end: it has a next page, though all was requested at once/,
    ],
    ['that is Gone itself', lists('{"message":"gone"}', 410), /^410: gone/],
    ['that says nothing', () => undefined, /^no answer within 0.3 s/],
    ['that begins and stops', (response) => response.write('{"kind"'), /^not a byte within 0.3 s/],
    [
      'that drips',
      (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
      /^no end of the answer within 0.4 s/,
    ],
    ['refused for ever', lists('{"message":"forbidden"}', 403), /^403: forbidden/],
    [
      'refused with a text that never ends',
      (response) => {
        response.writeHead(500);
        const timer = setInterval(() => response.write('no '.repeat(20_000)), 1);
        response.on('close', () => clearInterval(timer));
      },
      /^500: (no )+/,
    ],
  ])('%s is said, asked for ever more rarely, and changes nothing', async (_, trick, message) => {
    const { server, view, failures } = await setup(trick, { bodyMs: 400 });
    await eventually(() => expect(failures().length).toBeGreaterThanOrEqual(4), 20_000);
    expect(failures()[0]?.message).toMatch(message);
    // A list that is Gone once is usual, and not reported.
    expect(failures()[3]?.retryMs).toBeGreaterThanOrEqual(40);
    expect(view.told.filter((line) => line.includes('Service'))).toEqual([]);
    // The others go on.
    await eventually(() => expect(view.objects()).toEqual(['Node /here@2']));
    server.put(object('EndpointSlice', 'b'));
    await eventually(() => expect(view.objects()).toHaveLength(2));
    server.impersonate(undefined);
    await eventually(() => expect(view.objects()).toEqual(expectedView(server, 'here')), 10_000);
  });
});

describe('a watch', () => {
  it.each<[string, (response: ServerResponse, n: number) => unknown]>([
    ['one event and ends', (response, n) => response.end(event('MODIFIED', 'a', `${n + 10}`))],
    ['one bookmark and ends', (response, n) => response.end(event('BOOKMARK', 'a', `${n + 10}`))],
    [
      'one event and is cut',
      (response, n) => response.write(event('MODIFIED', 'a', `${n + 10}`), () => response.destroy()),
    ],
    ['nothing and ends', (response) => response.end()],
  ])('that gives %s is opened again ever more rarely, and that is said', async (_, answer) => {
    let count = 0;
    const opened: number[] = [];
    const trick: Trick = (response, { verb }) => {
      if (verb !== 'watch') return false;
      opened.push(performance.now());
      return answer(response, count++);
    };
    const { failures, isSame, server } = await setup(trick, { shortMs: 60_000, backoffMs: [20, 100] });
    await eventually(() => expect(opened.length).toBeGreaterThanOrEqual(9), 20_000);
    const gaps = opened.slice(1).map((at, i) => at - (opened[i] ?? 0));
    // The first is no habit yet; the wait is doubled from the second on, up to a limit, less the random part.
    for (const [i, least] of [0, 10, 20, 40, 50, 50, 50].entries()) expect(gaps[i]).toBeGreaterThanOrEqual(least);
    expect(failures().length).toBeGreaterThan(0);
    server.impersonate(undefined);
    await isSame();
  });

  it('that gives something each time is not waited for as long as one that gives nothing', async () => {
    let count = 0;
    const waits: number[] = [];
    const { view } = await setup(
      (response, { verb }) => verb === 'watch' && response.end(event('MODIFIED', 'a', `${count++ + 10}`)),
      { shortMs: 50, backoffMs: [10, 60_000], silenceMs: 60_000 },
    );
    await eventually(() => {
      waits.splice(0, waits.length, ...view.states.flatMap(({ retryMs = 0 }) => retryMs));
      expect(waits.filter((wait) => wait > 0).length).toBeGreaterThan(6);
    });
    expect(Math.max(...waits)).toBeLessThanOrEqual(250);
  });

  it('of what comes one byte at a time has an end', async () => {
    const trick: Trick = (response, { verb }) => {
      if (verb !== 'watch') return false;
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    const { failures } = await setup(trick, { watchSeconds: [1, 1] });
    await eventually(() =>
      expect(failures().map(({ message }) => message)).toContain('no end of the answer within 1.3 s'),
    );
  });

  it('with a line of 100 MB is left, and another opened', async () => {
    let count = 0;
    const chunk = 'x'.repeat(1 << 20);
    const trick: Trick = (response, { verb }) => {
      if (verb !== 'watch' || count++ > 0) return false;
      const more = () =>
        void (response.destroyed || (response.write(chunk) ? setImmediate(more) : response.once('drain', more)));
      more();
      return true;
    };
    const { failures, isSame, server } = await setup(trick, { silenceMs: 5000 });
    await eventually(() => expect(failures()[0]?.message).toBe('the server sent a line longer than 64 MiB'), 20_000);
    server.put(object('Service', 'b'));
    await isSame();
  });

  it.each([
    ['{"type":"DELETED","object":{"kind":"Service","metadata":{"name":"none","resourceVersion":"3"}}}', undefined],
    [
      '{"type":"MODIFIED","object":{"kind":"Service","metadata":{"name":"a","namespace":"default","uid":"new","resourceVersion":"3"}}}',
      undefined,
    ],
    ['{"type":"ADDED","object":{"kind":"Service","metadata":{"resourceVersion":"3"}}}', /without a name/],
    ['{"type":"DELETED","object":{"kind":"Service","metadata":{"name":7,"resourceVersion":"3"}}}', /without a name/],
    ['\u001b]0;x\u0007', /no JSON/],
    ['null', /no event/],
  ])('that says %s goes on', async (line, message) => {
    const { server, view, failures, isSame } = await setup(() => false, { silenceMs: 5000 });
    await isSame();
    await eventually(() => expect(server.watches()).toBe(3));
    server.say(line);
    server.put(object('Service', 'b'));
    await eventually(() => expect(view.get('Service default/b')).toBeDefined());
    const heard = failures().map((failure) => failure.message);
    if (message) await eventually(() => expect(failures()[0]?.message).toMatch(message));
    else expect(heard).toEqual([]);
  });
});

describe('Retry-After', () => {
  it.each([
    ['99999999999', 60_000, 60_000],
    ['99999999999999999999999', 0, 80],
    ['Infinity', 0, 80],
    ['1e9', 0, 80],
    ['NaN', 0, 80],
    ['-5', 0, 80],
    ['0x7fffffff', 0, 80],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 0, 80],
    ['1', 1000, 1000],
  ])('%s', async (header, least, most) => {
    const trick: Trick = (response, { verb }) =>
      verb === 'list' && response.writeHead(429, { 'retry-after': header }).end('{}');
    const { failures, asked } = await setup(trick);
    await eventually(() => expect(failures()).not.toHaveLength(0));
    expect(failures()[0]?.retryMs).toBeGreaterThanOrEqual(least);
    expect(failures()[0]?.retryMs).toBeLessThanOrEqual(most);
    // A timer that overflows fires at once.
    await new Promise((done) => setTimeout(done, 100));
    if (least > 0) expect(asked).toHaveLength(1);
  });
});
