/**
 * What a daemon costs the API server: `npm run bench:api`. Counts the bytes and requests of one watch of a cluster over
 * real HTTP: when it starts, while nothing changes, for one changed endpoint, one Service added, and when the server
 * comes back. BENCH_SIZES sets the numbers of Services, BENCH_DAEMONS by how many the table multiplies. Judges nothing.
 */

import type { AddressInfo } from 'node:net';
import { createServer, connect as tcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startApiServer } from '../src/testing/api-server.js';
import { type ApiClient, send } from '../src/watch/client.js';
import { watchCluster } from '../src/watch/source.js';
import { cluster, type Json, NODE } from './cluster.js';
import { table } from './table.js';

const ENDPOINTS = 10;
const SIZES = (process.env['BENCH_SIZES'] ?? '1000,10000').split(',').map(Number);
const DAEMONS = Number(process.env['BENCH_DAEMONS'] ?? 5000);
/** Services, EndpointSlices and this Node. */
const WATCHES = 3;
/** The API server sends a bookmark a minute, and a watch ends after 5 to 10 minutes. */
const BOOKMARKS_PER_HOUR = 60;
const REOPENED_PER_HOUR = 60 / 7.5;

type Item = Json & { readonly kind: string };
interface Cost {
  readonly requests: number;
  readonly up: number;
  readonly down: number;
}

for (const services of SIZES) console.log(`${rowsOf(services, await measure(services))}\n`);

/** What each of these costs one daemon. */
async function measure(services: number) {
  const server = await startApiServer({ bookmarkMs: 2 ** 31 - 1 });
  const { items } = cluster({ services, endpoints: ENDPOINTS }) as { readonly items: readonly Item[] };
  for (const item of items) server.put(item);
  const proxy = await countingProxy(new URL(server.url));
  const client: ApiClient = {
    server: proxy.url,
    get: (path, signal) => send(proxy.url + path, { signal, agent: false }),
  };
  let events = 0;
  const count = () => void events++;
  const cost = async (act: () => unknown, until: () => boolean): Promise<Cost> => {
    const [requests, { up, down }] = [server.requests().length, proxy.bytes()];
    await act();
    while (!until()) await pause(5);
    // What was sent is counted when it has arrived.
    await pause(200);
    const now = proxy.bytes();
    return { requests: server.requests().length - requests, up: now.up - up, down: now.down - down };
  };
  /** Whether something happened since now. */
  const after = (counter: () => number, times = 1) => {
    const from = counter();
    return () => counter() >= from + times && server.watches() === WATCHES;
  };
  const changed = (kind: string, text: string | RegExp, by: string): unknown =>
    JSON.parse(JSON.stringify(items.find((item) => item.kind === kind)).replace(text, by));

  const watch = watchCluster(client, {
    nodeName: NODE,
    sink: { list: () => ({ page() {}, end() {} }), put: count, remove: count },
  });
  const [event, request] = [() => events, () => server.requests().length];
  const costs = {
    start: await cost(() => watch.ready, after(request)),
    bookmark: await cost(server.bookmark, () => true),
    reopen: await cost(server.endWatches, after(request, WATCHES)),
    endpoint: await cost(() => server.put(changed('EndpointSlice', '10.128.1.1"', '10.200.0.1"')), after(event)),
    service: await cost(() => server.put(changed('Service', /"app-0"/g, '"new"')), after(event)),
    back: await cost(server.dropAll, after(request, WATCHES)),
  };
  await watch.stop();
  proxy.close();
  await server.close();
  return costs;
}

function rowsOf(services: number, costs: Awaited<ReturnType<typeof measure>>): string {
  const { start, bookmark, reopen, endpoint, service, back } = costs;
  const hour: Cost = {
    requests: reopen.requests * REOPENED_PER_HOUR,
    up: reopen.up * REOPENED_PER_HOUR,
    down: bookmark.down * BOOKMARKS_PER_HOUR + reopen.down * REOPENED_PER_HOUR,
  };
  const row = (what: string, { requests, up, down }: Cost) => [
    what,
    requests.toFixed(0),
    size(up),
    size(down),
    size(down * DAEMONS),
  ];
  return table(
    [`${services} x ${ENDPOINTS}`, 'requests', 'sent', 'received', `x ${DAEMONS}`],
    [
      row('start', start),
      row('an hour without changes', hour),
      row('one endpoint changed', endpoint),
      row('Service added', service),
      row('connection lost and back', back),
    ],
  );
}

/** Passes connections on to `target`, and counts what goes through, both ways, as on the wire without TLS. */
async function countingProxy(target: URL) {
  const bytes = { up: 0, down: 0 };
  const add = (way: keyof typeof bytes, { length }: Buffer) => {
    bytes[way] += length;
  };
  const server = createServer((client) => {
    const onward = tcp(Number(target.port), target.hostname);
    client.on('data', (chunk) => add('up', chunk)).pipe(onward);
    onward.on('data', (chunk) => add('down', chunk)).pipe(client);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bytes: () => ({ ...bytes }), close: () => server.close() };
}

function size(bytes: number): string {
  if (bytes < 1e4) return `${bytes.toFixed(0)} B`;
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`;
}
