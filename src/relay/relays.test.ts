/**
 * The relay's listeners by its language: what opens, changes and ends them, over the loopback interface.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../testing/run/patience.js';
import { freePort } from '../testing/run/ports.js';
import { newRelays, type Open } from './relays.js';
import { listen, relay } from './tcp.js';
import type { Failure } from './types.js';
import { listenUdp, relayUdp } from './udp.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const open: Open = async (listener, ownerFor, lost) => {
  const { protocol, address, port } = listener();
  if (protocol === 'tcp') {
    const server = await listen(address, port);
    return 'problem' in server ? server : relay(server, ownerFor, lost);
  }
  const sockets = await listenUdp([address], port);
  return 'problem' in sockets ? sockets : relayUdp(sockets, ownerFor, lost, () => listener().idle ?? 0);
};

function made(most = 100) {
  const failures: Failure[] = [];
  const relays = newRelays({
    open,
    now: () => performance.now(),
    failed: (each) => failures.push(each),
    most,
    taken: async () => {
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  });
  closers.push(() => {
    const keys = [...relays.show().matchAll(/^listen (\S+ \S+)/gm)].map(([, key]) => `close ${key}`);
    void relays.change(keys.join('\n'));
  });
  return { relays, failures };
}

/** A server that echoes; its port. */
async function echo(): Promise<number> {
  const server: Server = createServer((socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  closers.push(() => server.close());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as { port: number }).port;
}

function client(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  closers.push(() => socket.destroy());
  return socket;
}

/** What a connection answers to a line; '' when it is broken off. */
function says(socket: Socket, line: string): Promise<string> {
  return new Promise((done) => {
    socket.once('data', (data) => done(`${data}`));
    socket.once('close', () => done(''));
    socket.write(line);
  });
}

const web = (port: number, endpoints: readonly number[], more = '') =>
  `listen tcp 127.0.0.1:${port} a/web Cluster\n${more}${endpoints.map((each) => `  endpoint 127.0.0.1:${each}\n`).join('')}`;

describe('TCP listeners', () => {
  it('open, change what new connections get, and leave open ones alone', async () => {
    const [port, first, second] = [await freePort(), await echo(), await echo()];
    const { relays } = made();
    expect(await relays.change(web(port, [first]))).toBeUndefined();
    const early = client(port);
    expect(await says(early, 'one')).toBe('one');
    expect(await relays.change(web(port, [second]))).toBeUndefined();
    expect(await says(early, 'two')).toBe('two');
    expect(relays.show()).toBe(web(port, [second]));
    expect(relays.counts()).toEqual({ 'a/web tcp IPv4': { connections: 1, failed: 0, retried: 0, open: 1 } });
  });

  it.each([
    ['close', '', 0],
    ['leave', 'still', 1],
  ])('%s: open connections say "%s"', async (verb, expected) => {
    const [port, endpoint] = [await freePort(), await echo()];
    const { relays } = made();
    await relays.change(web(port, [endpoint]));
    const socket = client(port);
    await says(socket, 'x');
    await relays.change(`${verb} tcp 127.0.0.1:${port}\n`);
    expect(await says(socket, 'still')).toBe(expected);
    expect(await says(client(port), 'x')).toBe('');
    expect(relays.show()).toBe('');
  });

  it('a connection that the kernel has accepted is served, though its listener is left', async () => {
    const [port, endpoint] = [await freePort(), await echo()];
    const { relays } = made();
    await relays.change(web(port, [endpoint]));
    const socket = client(port);
    // It asks the kernel, and nothing else happens in this turn.
    await new Promise<void>((done) => process.nextTick(done));
    const leaving = relays.change(`leave tcp 127.0.0.1:${port}\n`);
    expect(await says(socket, 'x')).toBe('x');
    await leaving;
    expect(await says(client(port), 'x')).toBe('');
  });

  it('a listener that moves keeps the connections of its Service', async () => {
    const [port, other, endpoint] = [await freePort(), await freePort(), await echo()];
    const { relays } = made();
    await relays.change(web(port, [endpoint]));
    const socket = client(port);
    await says(socket, 'x');
    await relays.change(web(other, [endpoint]));
    await relays.change(`close tcp 127.0.0.1:${port}`);
    expect(await says(socket, 'still')).toBe('still');
    await relays.change(`close tcp 127.0.0.1:${other}`);
    await eventually('it is closed', () => socket.destroyed);
  });

  it('without endpoints accepts nobody, and leaves open connections alone', async () => {
    const [port, endpoint] = [await freePort(), await echo()];
    const { relays, failures } = made();
    await relays.change(web(port, [endpoint]));
    const early = client(port);
    expect(await says(early, 'one')).toBe('one');
    await relays.change(web(port, []));
    expect(await says(client(port), 'x')).toBe('');
    expect(await says(early, 'two')).toBe('two');
    expect(relays.show()).toBe(web(port, []));
    await relays.change(web(port, [endpoint]));
    const late = client(port);
    expect([await says(late, 'three'), await says(early, 'four')]).toEqual(['three', 'four']);
    await relays.change(web(port, []));
    await relays.change(`close tcp 127.0.0.1:${port}`);
    await eventually('they are closed', () => early.destroyed && late.destroyed);
    expect(failures).toEqual([]);
  });

  it('the first line that fails is named, and those before it hold', async () => {
    const [port, taken] = [await freePort(), await echo()];
    const { relays } = made();
    expect(await relays.change(`${web(port, [taken])}${web(taken, [1])}`)).toBe('line 3 failed: the port is taken');
    expect(relays.show()).toBe(web(port, [taken]));
    expect(await relays.change('sing\n')).toMatch(/line 1 failed: .*not a listener/);
  });

  it('clients outside of the networks, and too many, are broken off and told', async () => {
    const [port, endpoint] = [await freePort(), await echo()];
    const { relays, failures } = made(3);
    await relays.change(web(port, [endpoint], '  client 10.0.0.0/8\n'));
    expect(await says(client(port), 'x')).toBe('');
    await relays.change(web(port, [endpoint]));
    const one = client(port);
    expect([await says(one, 'x'), await says(client(port), 'x')]).toEqual(['x', '']);
    expect(failures.map(({ why }) => why)).toEqual([
      'its address is in no source range',
      'connections have 2 open files, the most there may be is 3',
    ]);
    one.destroy();
    await eventually('there is room again', async () => (await says(client(port), 'x')) === 'x');
  });

  it('a failure says what was tried', async () => {
    const [port, gone] = [await freePort(), await freePort()];
    const { relays, failures } = made();
    await relays.change(web(port, [gone]));
    expect(await says(client(port), 'x')).toBe('');
    const tried = Array(4).fill(`127.0.0.1:${gone}: connection refused`);
    expect(failures).toEqual([{ service: 'a/web', client: expect.any(String), why: 'no endpoint answers', tried }]);
    expect(relays.counts()).toEqual({
      'a/web tcp IPv4': { connections: 1, failed: 1, retried: 4, open: expect.any(Number) },
    });
  });
});

describe('UDP listeners', () => {
  async function server(answer: string): Promise<number> {
    const socket = createSocket('udp4');
    closers.push(() => socket.close());
    socket.on('message', (packet, { port, address }) => socket.send(`${answer} ${packet}`, port, address));
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    return socket.address().port;
  }

  function sender(): UdpSocket {
    const socket = createSocket('udp4');
    closers.push(() => socket.close());
    return socket;
  }

  function asks(socket: UdpSocket, port: number, text: string): Promise<string> {
    return new Promise((done) => {
      socket.once('message', (data) => done(`${data}`));
      socket.send(text, port, '127.0.0.1');
    });
  }

  const dns = (port: number, endpoints: readonly number[], idle: number) =>
    `listen udp 127.0.0.1:${port} a/dns Cluster\n  idle ${idle}\n${endpoints.map((each) => `  endpoint 127.0.0.1:${each}\n`).join('')}`;

  it('a client has one endpoint until it is idle, others take turns; a refusal is passed over', async () => {
    const [port, gone] = [await freePort(), await freePort()];
    const endpoints = [await server('a'), await server('b')];
    const { relays } = made();
    expect(await relays.change(dns(port, endpoints, 300))).toBeUndefined();
    const [one, two] = [sender(), sender()];
    expect([await asks(one, port, '1'), await asks(one, port, '2'), await asks(two, port, '3')]).toEqual([
      'a 1',
      'a 2',
      'b 3',
    ]);
    await eventually('flows have ended', () => relays.counts()['a/dns udp IPv4']?.open === 0);
    await relays.change(dns(port, [gone, ...endpoints.slice(1)], 300));
    expect(await asks(one, port, '4')).toBe('b 4');
    expect(await asks(two, port, '5')).toBe('b 5');
    expect(await relays.change(`close udp 127.0.0.1:${port}`)).toBeUndefined();
    expect(relays.counts()).toEqual({});
  });

  it('a port that is taken is a problem', async () => {
    const socket = sender();
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    const { relays } = made();
    expect(await relays.change(dns(socket.address().port, [1], 300))).toBe('line 1 failed: the port is taken');
  });
});
