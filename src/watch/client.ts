/**
 * Client: requests to a Kubernetes API server. Each uses the kubeconfig as it is at that moment, and a connection of its
 * own that is closed after it.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fromFile, inCluster, type KubeConfig } from './kubeconfig.js';

/** The answer of the server. `body` may be read once, or `text()` called. */
export interface ApiResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The wait before the next request that the server asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly body: AsyncIterable<Uint8Array | string>;
  text(): Promise<string>;
}

export interface ApiClient {
  /** The server's address, `https://10.0.0.1:6443`. */
  readonly server: string;
  /**
   * GET of `path` (from /api or /apis on, with its query). Resolves with the first bytes of the answer, whatever its
   * status; rejects when there is none. `signal` ends it at any time, also while the body is read.
   */
  get(path: string, signal: AbortSignal): Promise<ApiResponse>;
}

/**
 * The API server that the kubeconfig file names in its current context; undefined means the one of the pod we run in, by
 * its service account. Nothing is sent yet. Rejects with a message for the user when there is no such server.
 */
export async function connect(kubeconfig: string | undefined): Promise<ApiClient> {
  const load = () => (kubeconfig === undefined ? inCluster() : fromFile(kubeconfig));
  return clientOf(await load(), load);
}

/** The API server that a kubeconfig's current context names, which `reload` reads again. Nothing is sent yet. */
export function clientOf(first: KubeConfig, reload: () => Promise<KubeConfig> = async () => first): ApiClient {
  let config = first;
  let doubted = false;
  const options = shared(async () => {
    // Certificates, tokens and addresses are replaced in kubeconfigs too, and the library keeps a token for a minute.
    if (doubted) config = await reload().catch(() => config);
    doubted = false;
    return { server: serverOf(config), options: await optionsOf(config) };
  });
  return {
    server: serverOf(config),
    get: async (path, signal) => {
      try {
        const { server, options: made } = await unlessAborted(options(), signal);
        const answer = await send(server + path, { ...made, signal });
        doubted ||= answer.status === 401;
        return answer;
      } catch (error) {
        doubted = true;
        throw error;
      }
    },
  };
}

function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server ?? '';
}

/** The silence after which a connection is probed, as in Go's client. */
const KEEP_ALIVE_MS = 30_000;

/** Longer than a proxy takes to open a tunnel. */
const PROXY_MS = 30_000;

/** Retry-After as the API server sends it. It never sends the other form, a date, which depends on two clocks. */
const SECONDS = /^\d{1,15}$/;

/** A real server packs answers of 128 KiB and more: of a list of EndpointSlices a tenth is left. */
const PACKED = { 'accept-encoding': 'gzip' };

/** GET of `url`, with further `options`. A packed answer is unpacked as it comes. */
export function send(url: string, options: RequestOptions): Promise<ApiResponse> {
  return new Promise((answer, fail) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp;
    const headers = { ...PACKED, ...options.headers };
    const sent = request(new URL(url), { ...options, headers }, (message) => {
      const body = unpacked(message);
      body.setEncoding('utf8');
      const retryAfter = message.headers['retry-after'] ?? '';
      const status = message.statusCode ?? 0;
      answer({
        status,
        ...(SECONDS.test(retryAfter) && { retryAfterMs: Number(retryAfter) * 1000 }),
        body,
        text: () => textOf(body),
      });
    });
    // The kernel notices a peer that vanished without closing, when ten probes have got no answer.
    sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    sent.on('error', fail);
    sent.end();
  });
}

function unpacked(message: IncomingMessage): Readable {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  // An error of one end destroys the other, and its reader learns of it there.
  return pipeline(message, createGunzip(), () => {});
}

/** Made anew for each request, because tokens rotate, and certificates with them. */
async function optionsOf(config: KubeConfig): Promise<RequestOptions> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'vipc' };
  const options: RequestOptions = { timeout: PROXY_MS, headers };
  await config.applyToHTTPSOptions(options);
  // A token file may end with a newline, which no header can.
  if (headers.Authorization) headers.Authorization = headers.Authorization.trim();
  return options;
}

/** Requests that start together share one result of `make`, which may have to run a program. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= make().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const aborted = () => fail(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(done, fail).finally(() => signal.removeEventListener('abort', aborted));
  });
}

async function textOf(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
}
