/**
 * The relay over the loopback interface: halves that close, readers that wait, endpoints that refuse or hang, clients that
 * go.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { often } from '../testing/run/extent.js';
import { eventually } from '../testing/run/patience.js';
import { freePort } from '../testing/run/ports.js';
import { type Endpoint, firstThatAnswers, inTurn, type Owner } from './attempts.js';
import { listen, relay } from './tcp.js';
import type { Relay } from './types.js';

describe('attempts', () => {
  const A: Endpoint = { address: 'a', port: 1 };
  const B: Endpoint = { address: 'b', port: 1 };

  it.each<[string, readonly Endpoint[], readonly string[], object | undefined, readonly string[]]>([
    ['the first that answers', [A, B], [], A, ['a 250']],
    ['the next, with more time', [A, B], ['a'], B, ['a 250', 'b 500']],
    ['the last attempt', [A, A, A, B], ['a'], B, ['a 250', 'a 500', 'a 1000', 'b 2000']],
    ['none after four', [A], ['a'], undefined, ['a 250', 'a 500', 'a 1000', 'a 2000']],
    ['no endpoint', [], [], undefined, []],
  ])('%s', async (_, endpoints, dead, expected, tried) => {
    const seen: string[] = [];
    const owner = inTurn(
      endpoints.map((each) => ({ ...each })),
      () => {},
    );
    const answer = await firstThatAnswers(
      owner,
      async (endpoint, ms) => {
        seen.push(`${endpoint.address} ${ms}`);
        return dead.includes(endpoint.address) ? { problem: 'refused' } : { ...endpoint };
      },
      () => true,
    );
    expect([answer, seen]).toEqual([expected, tried]);
  });

  it('ends when the client has gone', async () => {
    let tries = 0;
    const connecting = async () => ({ problem: `${++tries}` });
    expect(
      await firstThatAnswers(
        inTurn([A], () => {}),
        connecting,
        () => tries < 2,
      ),
    ).toBeUndefined();
    expect(tries).toBe(2);
  });

  it('clients that fail together move on once', () => {
    const said: string[] = [];
    const owner = inTurn([A, B], (from, problem, to) => said.push(`${from.address} ${problem} ${to.address}`));
    owner.failed(A, 'x');
    owner.failed(A, 'x');
    expect([owner.pick(), said]).toEqual([B, ['a x b']]);
  });
});

describe('TCP', () => {
  const open: (Server | Relay | Socket)[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) 'destroy' in each ? each.destroy() : each.close();
  });

  async function server(serve: (socket: Socket) => void, address = '127.0.0.1'): Promise<Endpoint> {
    const listening = createServer({ allowHalfOpen: true }, (socket) => {
      open.push(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    open.push(listening);
    await new Promise<void>((done) => listening.listen(0, address, done));
    return { address, port: portOf(listening) };
  }

  async function through(owner: Owner, lost: (why: string) => void = () => {}) {
    const listening = await listen('127.0.0.1', 0);
    if ('problem' in listening) throw new Error(listening.problem);
    const relayed = relay(listening, () => owner, lost);
    open.push(relayed);
    const client = (): Socket => {
      const socket = connect({ port: portOf(listening), host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      open.push(socket);
      return socket;
    };
    return { client, relayed };
  }

  const to = (...endpoints: readonly Endpoint[]) => inTurn(endpoints, () => {});

  it('the end of a request leaves the answer open', async () => {
    const endpoint = await server(async (socket) => socket.end(`got ${(await text(socket)).length}`));
    const { client, relayed } = await through(to(endpoint));
    const socket = client();
    socket.end('request');
    expect(await text(socket)).toBe('got 7');
    await eventually('both ends are closed', () => relayed.open() === 0);
  });

  it('the end of an answer leaves the request open', async () => {
    let got = '';
    const endpoint = await server(async (socket) => {
      socket.end('hello');
      got = await text(socket);
    });
    const { client } = await through(to(endpoint));
    const socket = client();
    expect(await text(socket)).toBe('hello');
    socket.end('late');
    await eventually('the request has come', () => got === 'late');
  });

  it('many bytes at once, both ways, unharmed', async () => {
    const bytes = Buffer.alloc(often(20, 200) * 1e6, 'a pattern of 23 letters');
    const endpoint = await server((socket) => void socket.pipe(socket));
    const { client } = await through(to(endpoint));
    const socket = client();
    socket.end(bytes);
    expect((await all(socket)).equals(bytes)).toBe(true);
  });

  it('a reader that waits holds the sender back', async () => {
    let sent = 0;
    const endpoint = await server((socket) => {
      const block = Buffer.alloc(1e6);
      const more = () => {
        while (!socket.destroyed && socket.write(block)) sent += block.length;
        sent += block.length;
      };
      socket.on('drain', more);
      more();
    });
    const { client } = await through(to(endpoint));
    client().pause();
    let before = -1;
    await eventually('the sender waits', () => {
      const isStill = sent > 0 && sent === before;
      before = sent;
      return isStill;
    });
    expect(sent).toBeLessThan(100e6);
  });

  it('an endpoint that refuses is passed over', async () => {
    const good = await server((socket) => socket.end('here'));
    const gone = { address: '127.0.0.1', port: await freePort() };
    const said: string[] = [];
    const { client } = await through(inTurn([gone, good], (_, problem) => said.push(problem)));
    expect([await text(client()), await text(client())]).toEqual(['here', 'here']);
    expect(said).toEqual(['connection refused']);
  });

  it('without any that answers the client is cut off', async () => {
    const gone = { address: '127.0.0.1', port: await freePort() };
    const lost: string[] = [];
    const { client, relayed } = await through(to(gone), (why) => lost.push(why));
    await new Promise((done) => client().once('close', done));
    expect(lost).toEqual(['no endpoint answers']);
    await eventually('it is forgotten', () => relayed.open() === 0);
  });

  it('a connection that an end breaks is broken at the other', async () => {
    const endpoint = await server((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const { client } = await through(to(endpoint));
    const socket = client();
    socket.write('x');
    const code = await new Promise((done) => socket.once('error', (error: NodeJS.ErrnoException) => done(error.code)));
    expect(code).toBe('ECONNRESET');
  });

  it('many clients at once, and all end with the relay', async () => {
    const endpoint = await server((socket) => void socket.pipe(socket));
    const { client, relayed } = await through(to(endpoint));
    const sockets = Array.from({ length: often(200, 1000) }, client);
    const answers = await Promise.all(
      sockets.map((socket, i) => new Promise((done) => socket.write(`${i}`, () => socket.once('data', done)))),
    );
    expect(answers.map(String)).toEqual(sockets.map((_, i) => `${i}`));
    relayed.close();
    await Promise.all(
      sockets.map((socket) => socket.destroyed || new Promise((done) => socket.once('close', done).end())),
    );
    expect(relayed.open()).toBe(0);
  });
});

function portOf(listening: Server): number {
  const address = listening.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Everything until the end; the consumers of node:stream would close the other direction, too. */
function all(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  return new Promise((done) => socket.once('end', () => done(Buffer.concat(parts))));
}

async function text(socket: Socket): Promise<string> {
  return `${await all(socket)}`;
}
