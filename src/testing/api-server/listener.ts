/**
 * The test API server's port: it can be closed and opened again, and its connections can be cut.
 */
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { freePort } from '../run/ports.js';
import type { Access } from './kubeconfig.js';

export interface Listener {
  readonly url: string;
  /** How many connections are open. */
  connections(): number;
  dropAll(): void;
  /** Accepts no new connections; open ones stay. */
  shut(): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback interface. */
export async function listen(handle: RequestListener, { certificate, clientCertificate }: Access): Promise<Listener> {
  const tls = { ...certificate, ...(clientCertificate && { requestCert: true, ca: clientCertificate.cert }) };
  const server = certificate ? createHttps(tls, handle) : createHttp(handle);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listenAt = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  // A client asks again and again while the port is closed: it must not become somebody else's.
  const port = await freePort();
  await listenAt(port);
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    connections: () => sockets.size,
    dropAll,
    shut: () => void (server.listening && server.close()),
    open: async () => {
      if (!server.listening) await listenAt(port);
    },
    close: async () => {
      if (server.listening) server.close();
      dropAll();
      while (sockets.size > 0) await new Promise((done) => setImmediate(done));
    },
  };
}
