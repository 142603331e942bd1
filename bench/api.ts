/**
 * What a daemon costs the API server: `npm run bench:api`. Counts the bytes and requests of one watch of a cluster over
 * real HTTP: when it starts, while nothing changes, for one changed endpoint, one Service added, and when the server
 * comes back. BENCH_SIZES sets the numbers of Services, BENCH_DAEMONS by how many the table multiplies. Judges nothing.
 */

import type { AddressInfo } from 'node:net';
import { createServer, connect as tcp } from 'node:net';
import { startApiServer } from '../src/testing/api-server.js';
import { type ApiClient, send } from '../src/watch/client.js';
import { watchCluster } from '../src/watch/source.js';
import { cluster, type Json, NODE } from './cluster.js';
import { table } from './table.js';

const ENDPOINTS = 10;
const SIZES = (process.env['BENCH_SIZES'] ?? '1000,10000').split(',').map(Number);
const DAEMONS = Number(process.env['BENCH_DAEMONS'] ?? 5000);
/** Of an API server and of a watch: a bookmark a minute, and a watch that ends after 5 to 10 minutes. */
const BOOKMARKS_PER_HOUR = 60;
const WATCHES_PER_HOUR = 60 / 7.5;

type Item = Json & { readonly kind: string };
interface Cost {
  readonly requests: number;
  readonly up: number;
  readonly down: number;
}

for (const services of SIZES) console.log(`${await measure(services)}\n`);

async function measure(services: number): Promise<string> {
  const server = await startApiServer({ bookmarkMs: 2 ** 31 - 1 });
  const { items } = cluster({ services, endpoints: ENDPOINTS }) as { readonly items: readonly Item[] };
  for (const item of items) server.put(item);
  const line = await countingProxy(new URL(server.url));
  const client: ApiClient = {
    server: line.url,
    get: (path, signal) => send(line.url + path, { signal, agent: false }),
  };
  let events = 0;
  const count = () => void events++;
  const begin = () => watchCluster(client, { nodeName: NODE, sink: { replace() {}, put: count, remove: count } });
  const costOf = async (act: () => unknown, until: () => boolean): Promise<Cost> => {
    const [requests, { up, down }] = [server.requests().length, line.bytes()];
    await act();
    while (!until()) await new Promise((done) => setTimeout(done, 5));
    // What was sent before is counted when it has come.
    await new Promise((done) => setTimeout(done, 200));
    return {
      requests: server.requests().length - requests,
      up: line.bytes().up - up,
      down: line.bytes().down - down,
    };
  };

  let watch = begin();
  const isWatching = () => server.watches() === 3;
  const start = await costOf(() => watch.ready, isWatching);
  const bookmark = await costOf(
    () => server.bookmark(),
    () => true,
  );
  const reopen = await costOf(() => server.endWatches(), isWatching);
  const seen = () => {
    const from = events;
    return () => events > from;
  };
  const slice = JSON.stringify(items.find(({ kind }) => kind === 'EndpointSlice'));
  const change = await costOf(() => server.put(JSON.parse(slice.replace('"10.128.1.1"', '"10.200.0.1"'))), seen());
  const service = JSON.stringify(items.find(({ kind }) => kind === 'Service'));
  const add = await costOf(() => server.put(JSON.parse(service.replaceAll('"app-0"', '"new"'))), seen());
  await watch.stop();
  watch = begin();
  await watch.ready;
  const gone = server.requests().length;
  const back = await costOf(
    () => server.dropAll(),
    () => server.requests().length >= gone + 3 && isWatching(),
  );
  await watch.stop();
  line.close();
  await server.close();

  const hour: Cost = {
    requests: reopen.requests * WATCHES_PER_HOUR,
    up: reopen.up * WATCHES_PER_HOUR,
    down: bookmark.down * BOOKMARKS_PER_HOUR + reopen.down * WATCHES_PER_HOUR,
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
      row('one endpoint changed', change),
      row('Service added', add),
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
