/**
 * http: a small server for pages that are answered from memory. A broken request gets an answer that says so, and has no
 * other effect.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Family } from '../ip.js';
import { type Connections, newConnections } from './connections.js';

/** An address; no host, or an unspecified one (0.0.0.0, ::), means all addresses of both families, as in Go. */
export interface Address {
  readonly host?: string | undefined;
  /** 0 means any free port. */
  readonly port: number;
  /** All addresses of one family, whatever the host. */
  readonly family?: Family | undefined;
}

export interface Answer {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who asks. */
export interface Caller {
  /** The Host header: the name by which the caller knows this server. */
  readonly host: string | undefined;
  /** The connection came over loopback, so from this machine. */
  readonly isLoopback: boolean;
}

/** The answer to a GET of the address; the host in it means nothing. */
export type Answerer = (url: URL, caller: Caller) => Answer | Promise<Answer>;

export interface Listening {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

export const TEXT = 'text/plain; charset=utf-8';

/** A line of text. */
export function textAnswer(status: number, line: string): Answer {
  return { status, type: TEXT, body: `${line}\n` };
}

/** A value as JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value), headers };
}

/** Milliseconds: a request that takes longer to arrive is dropped. */
const PATIENCE = 10_000;

/** Milliseconds: a client that reads nothing of its answer for longer is dropped. */
const SILENCE = 30_000;

/** Probes are few, and the daemon needs file descriptors for its tools. */
const MAX_CONNECTIONS = 200;

/** Connections for a moment, until the oldest are closed. */
const MOST_AT_ONCE = 1000;

/** Connections with one limit for several servers. */
export function shareConnections(): Connections {
  return newConnections(MAX_CONNECTIONS);
}

/** Starts to listen; rejects with a message for people when the address cannot be bound. */
export function listen(
  { host, port, family }: Address,
  answer: Answerer,
  connections: Connections = shareConnections(),
): Promise<Listening> {
  const options = { requestTimeout: PATIENCE, headersTimeout: PATIENCE, connectionsCheckingInterval: PATIENCE };
  const server = createServer(options, (request, response) => {
    response.once('close', connections.busy(request.socket));
    void respond(request, response, answer);
  });
  server.on('connection', connections.opened);
  server.maxConnections = MOST_AT_ONCE;
  server.timeout = SILENCE;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(problem(error, host, port))));
    server.listen({ port, ...(family ? OF_FAMILY[family] : isAny(host) ? {} : { host }) }, () => {
      // A connection that cannot be accepted, for lack of file descriptors perhaps, must not end the daemon.
      server.on('error', () => {});
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () => closed(server),
      });
    });
  });
}

const OF_FAMILY = { ipv4: { host: '0.0.0.0' }, ipv6: { host: '::', ipv6Only: true } } as const;

function isAny(host: string | undefined): boolean {
  return host === undefined || ['', '0.0.0.0', '::'].includes(host);
}

function problem({ code, message }: NodeJS.ErrnoException, host: string | undefined, port: number): string {
  const where = isAny(host) ? `port ${port}` : `port ${port} of ${host}`;
  if (code === 'EADDRINUSE') return `${where} is taken by another program`;
  if (code === 'EADDRNOTAVAIL') return `${where} cannot be bound: the address is not one of this machine`;
  if (code === 'EACCES') return `${where} needs more privileges`;
  return `${where} cannot be bound: ${message}`;
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: Answerer): Promise<void> {
  const { status, type, body, headers } = await answerTo(request, answer);
  response.writeHead(status, {
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  // Node leaves the body of an answer to HEAD out.
  response.end(body);
}

async function answerTo({ method, url = '', headers, socket }: IncomingMessage, answer: Answerer): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return { ...textAnswer(405, `${method} is not served, only GET and HEAD are`), headers: { Allow: 'GET, HEAD' } };
  }
  const parsed = url.startsWith('/') ? parse(url) : undefined;
  if (!parsed) return textAnswer(400, 'the address of the request cannot be read');
  try {
    return await answer(parsed, { host: headers.host, isLoopback: isLoopback(socket.localAddress) });
  } catch (error) {
    return textAnswer(500, `this page cannot be made: ${error instanceof Error ? error.message : error}`);
  }
}

/** IPv4 addresses may be written as IPv6 ones. */
function isLoopback(address = ''): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

function parse(url: string): URL | undefined {
  // With the host before it, `//x` is a path too, and not a host.
  const text = `http://localhost${url}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
