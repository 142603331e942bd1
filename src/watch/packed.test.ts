/** Packed answers: as the API server sends long lists, and as a proxy before it may send a watch. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from '@jest/globals';
import { httpClient } from '../testing/api-client/http-client.js';
import { begin, isSame, running, service } from '../testing/api-client/watching.js';
import { startApiServer } from '../testing/api-server.js';
import { events } from './events.js';
import { request } from './request.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What a client reads of an answer, up to its end or an error. */
async function read(answer: RequestListener, take: (body: AsyncIterable<string>) => Promise<unknown>) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  const deadlines = { answerMs: 20_000, silenceMs: 20_000, bodyMs: 60_000, signal: new AbortController().signal };
  return request(httpClient(`http://127.0.0.1:${port}`), '/', deadlines, take);
}

async function text(body: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const chunk of body) all += chunk;
  return all;
}

const GZIP = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

it('a long list comes packed, and is the same', async () => {
  const server = await startApiServer();
  running.push(server);
  for (let i = 0; i < 600; i++) server.put(service(`s${i}`, { long: 'x'.repeat(300) }));
  const { view, watch } = begin(server);
  await watch.ready;
  await isSame({ server, view, watch });
  expect((await fetch(`${server.url}/api/v1/services`)).headers.get('content-encoding')).toBe('gzip');
});

it('packed answers are asked for', async () => {
  const body = await read((asked, response) => response.end(asked.headers['accept-encoding']), text);
  expect(body).toBe('gzip');
});

it('each event of a packed watch is read when it comes', async () => {
  const seen: string[] = [];
  let next = () => {};
  const answer: RequestListener = (_, response) => {
    response.writeHead(200, GZIP);
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    gzip.pipe(response);
    const say = (name: string) =>
      gzip.write(`${JSON.stringify({ type: 'ADDED', object: { kind: 'Node', metadata: { name } } })}\n`);
    say('a');
    next = () => {
      if (seen.length === 1) say('b');
      else gzip.end();
    };
  };
  await read(answer, async (body) => {
    for await (const { object } of events(body)) {
      seen.push(String(object.metadata.name));
      next();
    }
  });
  expect(seen).toEqual(['a', 'b']);
});

const WHOLE = gzipSync(JSON.stringify({ kind: 'NodeList', filler: 'x'.repeat(100_000) }));

it.each([
  ['is cut off', WHOLE.subarray(0, WHOLE.length >> 1), 'unexpected end of file'],
  ['is garbage', Buffer.from('hello'), 'incorrect header check'],
])('an answer that %s is an error', async (_, bytes, message) => {
  await expect(read((__, response) => response.writeHead(200, GZIP).end(bytes), text)).rejects.toThrow(message);
});

it('a refusal may be packed, too', async () => {
  const body = gzipSync(JSON.stringify({ kind: 'Status', message: 'not today' }));
  await expect(read((_, response) => response.writeHead(503, GZIP).end(body), text)).rejects.toThrow('503: not today');
});

it('a reader that stops ends the connection', async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((done) => {
    closed = done;
  });
  const answer: RequestListener = (_, response) => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    response.writeHead(200, GZIP).on('close', closed);
    gzip.pipe(response);
    gzip.write('x'.repeat(100_000));
  };
  await read(answer, async (body) => {
    for await (const chunk of body) return chunk;
    return undefined;
  });
  await isClosed;
});
