/**
 * relay: UDP. The packets of a client are a flow, which has a socket of its own to an endpoint; it ends when no packet has
 * come for a while.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Endpoint, Owner } from './attempts.js';
import type { Client, Relay } from './types.js';

/** A socket for each address of the node, so that answers leave from the address that was asked. */
export interface UdpListener {
  /** Empty when it is closed. */
  readonly sockets: Socket[];
}

/** Sockets on a port of each of `addresses`, or why there are none. */
export async function listenUdp(
  addresses: readonly string[],
  port: number,
): Promise<UdpListener | { readonly problem: string }> {
  const sockets: Socket[] = [];
  for (const address of addresses) {
    const bound = await bind(address, port);
    // An address may have gone since it was listed; the first one is that of all addresses.
    if (!('problem' in bound)) sockets.push(bound);
    else if (sockets.length === 0) return bound;
  }
  return { sockets };
}

function bind(address: string, port: number): Promise<Socket | { readonly problem: string }> {
  const isSix = address.includes(':');
  // The socket for all addresses and those of single ones share the port.
  const socket = createSocket({ type: isSix ? 'udp6' : 'udp4', ipv6Only: isSix, reuseAddr: true });
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve({ problem: error.code === 'EADDRINUSE' ? 'the port is taken' : (error.code ?? error.message) });
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** Endpoints that a flow tries while none answers, at most. */
const MOST_TRIES = 4;

interface Flow<E extends Endpoint> {
  readonly key: string;
  readonly client: RemoteInfo;
  readonly by: Socket;
  readonly owner: Owner<E>;
  upstream: Socket | undefined;
  timer: NodeJS.Timeout | undefined;
  tries: number;
  /** The last packet, to be sent again where an endpoint refuses; undefined once it has answered. */
  unanswered: Buffer | undefined;
}

interface Listening<E extends Endpoint> {
  readonly flows: Map<string, Flow<E>>;
  readonly lost: (why: string, client?: Client) => void;
  /** Milliseconds after which a flow without packets has ended. */
  readonly idle: () => number;
}

/** Relays the packets of a listener's clients; see relay() of tcp.ts. */
export function relayUdp<E extends Endpoint>(
  { sockets }: UdpListener,
  ownerFor: (client: Client) => Owner<E> | undefined,
  lost: Listening<E>['lost'],
  idle: Listening<E>['idle'],
): Relay {
  const flows = new Map<string, Flow<E>>();
  const listening: Listening<E> = { flows, lost, idle };
  for (const [i, socket] of sockets.entries()) {
    socket.on('error', (error) => lost(error.message));
    socket.on('message', (packet, client) => {
      const key = `${i} ${client.address} ${client.port}`;
      const flow = flows.get(key);
      if (flow) return pass(flow, packet);
      const owner = ownerFor(client);
      const begun = { key, client, by: socket, upstream: undefined, timer: undefined, tries: 0, unanswered: packet };
      if (owner) open(listening, { ...begun, owner });
    });
  }
  // Answers leave by the listener's sockets, so flows end with it.
  const close = (): void => {
    for (const flow of flows.values()) end(listening, flow);
    for (const socket of sockets.splice(0)) socket.close();
  };
  return { open: () => flows.size, leave: close, close };
}

/** A packet of a flow that is open; a socket that is still connecting sends what is unanswered then. */
function pass<E extends Endpoint>(flow: Flow<E>, packet: Buffer): void {
  flow.timer?.refresh();
  if (flow.unanswered) flow.unanswered = packet;
  try {
    flow.upstream?.send(packet, () => {});
  } catch {
    // Not connected yet.
  }
}

function end<E extends Endpoint>({ flows }: Listening<E>, flow: Flow<E>): void {
  flows.delete(flow.key);
  clearTimeout(flow.timer);
  flow.upstream?.close();
  flow.owner.ended?.();
}

/** Opens a flow to the next endpoint, and sends what is unanswered. */
function open<E extends Endpoint>(listening: Listening<E>, flow: Flow<E>): void {
  const { flows, lost, idle } = listening;
  const { key, client, owner, by } = flow;
  const endpoint = flow.tries < MOST_TRIES ? owner.pick() : undefined;
  if (!endpoint) {
    lost(flow.tries === 0 ? 'there is no endpoint' : 'no endpoint answers', client);
    owner.ended?.();
    return;
  }
  const upstream = createSocket(endpoint.address.includes(':') ? 'udp6' : 'udp4');
  Object.assign(flow, { upstream, tries: flow.tries + 1, timer: setTimeout(() => end(listening, flow), idle()) });
  flows.set(key, flow);
  upstream.on('message', (packet) => {
    flow.unanswered = undefined;
    flow.timer?.refresh();
    by.send(packet, client.port, client.address, () => {});
  });
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    if (flow.upstream !== upstream || !flows.delete(key)) return;
    owner.failed(endpoint, error.code === 'ECONNREFUSED' ? 'connection refused' : (error.code ?? error.message));
    clearTimeout(flow.timer);
    upstream.close();
    // One that answered before is gone now: the client's next packet begins anew.
    if (flow.unanswered) open(listening, flow);
    else owner.ended?.();
  });
  upstream.connect(endpoint.port, endpoint.address, () => {
    if (flow.upstream === upstream && flows.has(key) && flow.unanswered) upstream.send(flow.unanswered, () => {});
  });
}
