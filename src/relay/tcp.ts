/**
 * relay: TCP. A listener's clients × an owner → connections to endpoints, both ways, until both ends are closed. The only
 * place of the relay that opens connections.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Connect, type Endpoint, firstThatAnswers, type Owner } from './attempts.js';
import type { Client, Relay } from './types.js';

/** A listener, or why there is none. It accepts no client before `relay`. */
export function listen(address: string, port: number): Promise<Server | { readonly problem: string }> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve({ problem: reasonOf(error) }));
    server.listen({ host: address, port, ipv6Only: true, backlog: BACKLOG }, () => resolve(server));
  });
}

/** Clients that may wait to be accepted; the kernel takes net.core.somaxconn if that is less. */
const BACKLOG = 4096;

/**
 * Nothing is read of a client before its endpoint can take it; the end of one direction leaves the other open. A listener
 * that comes from another process has lost its options, so they are set when its relay begins.
 */
const OPTIONS = { allowHalfOpen: true, pauseOnConnect: true };

/**
 * Relays the clients of a listener. `ownerFor` has the owner that serves a client, undefined when it is not to be served;
 * `lost` is told of each that its owner cannot serve, and why.
 */
export function relay<E extends Endpoint>(
  server: Server,
  ownerFor: (client: Client) => Owner<E> | undefined,
  lost: (why: string, client?: Client) => void,
): Relay {
  const clients = new Set<Socket>();
  Object.assign(server, OPTIONS);
  // Without a free descriptor the kernel's connection is accepted and closed; the listener goes on.
  server.on('error', (error) => lost(reasonOf(error)));
  server.on('connection', async (client: Socket) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    const from = { address: client.remoteAddress ?? '', port: client.remotePort ?? 0 };
    const owner = ownerFor(from);
    if (!owner) return void client.resetAndDestroy();
    client.once('close', () => owner.ended?.());
    const upstream = await firstThatAnswers(owner, dial, () => !client.destroyed);
    if (upstream && !client.destroyed) return join(client, upstream);
    upstream?.destroy();
    if (client.destroyed) return;
    lost('no endpoint answers', from);
    client.resetAndDestroy();
  });
  return {
    open: () => clients.size,
    leave: () => void server.close(),
    close: () => {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}

const dial: Connect<Socket> = ({ address, port }, limitMs) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, allowHalfOpen: true });
    const fail = (problem: string): void => {
      socket.destroy();
      resolve({ problem });
    };
    socket.setTimeout(limitMs, () => fail(`no answer within ${limitMs} ms`));
    socket.once('error', (error) => fail(reasonOf(error)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });

/**
 * Both directions: pipe() waits where the reader is slower and passes an end on as a half-close. An end that breaks off
 * breaks the other.
 */
function join(client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) socket.setKeepAlive(true, QUIET);
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('error', () => to.resetAndDestroy());
    from.once('close', () => {
      // A peer that is gone takes nothing any more, even what it did not wait for.
      if (!from.readableEnded || !from.writableFinished) to.destroy();
    });
    from.pipe(to);
  }
}

/**
 * Milliseconds. A peer that vanished without a word would keep its descriptors forever, so one that is quiet is asked
 * whether it is there; ten questions without an answer, a second apart (libuv), break the connection off.
 */
const QUIET = 600_000;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no way to that address',
  ENETUNREACH: 'no way to that network',
  EADDRINUSE: 'the port is taken',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'not permitted',
  EMFILE: 'too many open files',
};

function reasonOf(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.code ?? error.message;
}
