/** Probes in a crowd: whatever others do with their connections, a probe is answered. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Answerer, type Listening, listen, shareConnections, textAnswer } from './http.js';

const sockets: Socket[] = [];
const servers: Listening[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.close();
});

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const LONG = Buffer.alloc(1 << 18, 'x').toString('latin1');

/** Ends the answer that waits for it. */
let release: (() => void) | undefined;

const answer: Answerer = async ({ pathname }) => {
  if (pathname === '/slow') await new Promise<void>((done) => (release = done));
  return textAnswer(200, pathname === '/long' ? LONG : 'ok');
};

async function start(connections = shareConnections()): Promise<number> {
  const server = await listen(LOOPBACK, answer, connections);
  servers.push(server);
  return server.port;
}

/** Connections that say something, or nothing, and read nothing. */
async function crowd(port: number, count: number, says: string): Promise<readonly Socket[]> {
  const made = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      await new Promise((done) => socket.once('connect', done));
      socket.pause();
      if (says !== '') socket.write(says);
      return socket;
    }),
  );
  return made;
}

const get = (page: string) => `GET ${page} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** What a probe hears, as kubelet asks: on a connection of its own. */
const probe = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } })).status;

describe('a probe is answered beside', () => {
  it.each([
    ['300 connections that say nothing', 300, ''],
    ['300 that send half a header', 300, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: '],
    ['300 that send half a body', 300, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf'],
    ['300 that ask and stay', 300, get('/healthz')],
    ['300 that ask for much and read nothing', 300, get('/long')],
    ['300 that ask twenty times and read nothing', 300, get('/healthz').repeat(20)],
    ['300 that are never answered', 300, get('/slow')],
    ['1500, one after the other', 1500, ''],
  ])('%s', async (_, count, says) => {
    const port = await start();
    for (let made = 0; made < count; made += 100) {
      await crowd(port, 100, says);
      expect(await probe(port)).toBe(200);
    }
  });

  it('a crowd on another port that has the same limit', async () => {
    const connections = shareConnections();
    const [one, other] = [await start(connections), await start(connections)];
    await crowd(one, 250, '');
    expect([await probe(other), await probe(one)]).toEqual([200, 200]);
  });
});

it('closes the oldest that are idle, and not one whose request is being answered', async () => {
  const port = await start();
  const slow = fetch(`http://127.0.0.1:${port}/slow`);
  while (!release) await new Promise((done) => setTimeout(done, 5));
  const first = await crowd(port, 150, '');
  const last = await crowd(port, 149, '');
  const closed = () => first.filter((socket) => socket.destroyed).length;
  for (const socket of [...first, ...last]) socket.resume();
  while (closed() < 100) await new Promise((done) => setTimeout(done, 5));
  expect(await probe(port)).toBe(200);
  expect(closed()).toBeLessThanOrEqual(101);
  expect(last.filter((socket) => socket.destroyed)).toEqual([]);
  release();
  expect((await slow).status).toBe(200);
});

it('answers probes that were waiting while it was busy, however many came with them', async () => {
  const port = await start();
  const made = crowd(port, 200, '');
  const asked = Array.from({ length: 5 }, () => probe(port));
  const more = crowd(port, 200, '');
  // As a sync of a large cluster is: everything waits for it.
  const until = performance.now() + 300;
  while (performance.now() < until);
  await Promise.all([made, more]);
  expect(await Promise.all(asked)).toEqual([200, 200, 200, 200, 200]);
});
