/**
 * A Kubernetes API server for tests: Services, EndpointSlices and Nodes over real HTTP, with list, watch and the
 * discovery that kubectl needs. Tests fill it, and switch on faults that real servers have.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { answerTo, type Mood } from './api-server/answers.js';
import { SERVED } from './api-server/documents.js';
import type { Faults } from './api-server/faults.js';
import { type Access, kubeconfigFor } from './api-server/kubeconfig.js';
import { type Listener, listen } from './api-server/listener.js';
import { type Answer, type Lists, newLists } from './api-server/lists.js';
import { type LoggedRequest, logged, routeOf } from './api-server/routes.js';
import { newStore, type Store, type StoredKind, type StoredObject } from './api-server/store.js';
import { newWatches, type Watches } from './api-server/watches.js';

export { selfSigned } from './api-server/certificate.js';
export type { LoggedRequest, StoredKind, StoredObject };

/**
 * A token or client certificate is required when given; a certificate makes it HTTPS. Over plain HTTP kubectl sends no
 * token.
 */
export interface ApiServerOptions extends Access {
  /** How many changes it remembers for watches to resume from; 10,000 by default. */
  readonly history?: number;
  /** Milliseconds between bookmarks on a watch; a minute by default, as in the real server. */
  readonly bookmarkMs?: number;
}

export interface ApiServer extends Faults {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The text of a kubeconfig file for it. */
  kubeconfig(): string;
  /** Adds or replaces an object; its namespace is `default` when it names none. Returns it as stored. */
  put(object: unknown): StoredObject;
  /** Returns whether the object existed. A Node's namespace is ''. */
  remove(kind: StoredKind, namespace: string, name: string): boolean;
  /** All objects of a kind, or of all kinds, by namespace and name. */
  objects(kind?: StoredKind): readonly StoredObject[];
  /** All requests so far, refused ones too. */
  requests(): readonly LoggedRequest[];
  /** How many connections are open. */
  connections(): number;
  /** How many watches are open. */
  watches(): number;
  close(): Promise<void>;
}

/** Starts an empty server on a free port of the loopback interface. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { history = 10_000, bookmarkMs = 60_000 } = options;
  const mood = calm(options.token);
  const requests: LoggedRequest[] = [];
  const held: (() => void)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const store = newStore(history, () => watches.pump());
  const lists = newLists(store);
  const watches = newWatches(store, () => mood.stalled);

  const later = (act: () => void, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const handle = ({ method = '', url: path = '', headers }: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(path, 'http://server');
    const route = routeOf(url);
    const request = logged(method, url, route);
    requests.push(request);
    if (mood.impostor?.(request, response)) return;
    const reply = (): void => {
      if (response.destroyed) return;
      const answer = answerTo({ method, authorization: headers.authorization, url, route }, store, lists, mood);
      if (typeof answer !== 'function') send(response, answer, headers['accept-encoding']);
      else if (route) watches.open(response, route.served, answer, url.searchParams);
    };
    const act = () => (mood.stalled ? void held.push(reply) : reply());
    if (mood.slowMs === 0 || route?.watch) act();
    else later(act, mood.slowMs);
  };
  const listener = await listen(handle, options);
  const bookmarks = setInterval(() => watches.bookmark(), bookmarkMs);
  const accept = async (): Promise<void> => {
    mood.refusing = 0;
    await listener.open();
  };

  return {
    url: listener.url,
    kubeconfig: () => kubeconfigFor(listener.url, { ...options, token: mood.token }),
    put: (object) => store.put(object),
    remove: (kind, namespace, name) => store.remove(kind, namespace, name),
    objects: (kind) => (kind ? [kind] : KINDS).flatMap((each) => store.list(each)),
    requests: () => [...requests],
    connections: () => listener.connections(),
    watches: () => watches.count(),
    close: async () => {
      clearInterval(bookmarks);
      for (const timer of timers) clearTimeout(timer);
      await listener.close();
    },
    ...faultsOf({ mood, store, lists, watches, listener, later, accept, held }),
  };
}

/** The parts of a server that faults change. */
interface Inside {
  readonly mood: Mood;
  readonly store: Store;
  readonly lists: Lists;
  readonly watches: Watches;
  readonly listener: Listener;
  readonly later: (act: () => void, ms: number) => void;
  readonly accept: () => Promise<void>;
  /** Answers held back until a stall ends. */
  readonly held: (() => void)[];
}

function faultsOf({ mood, store, lists, watches, listener, later, accept, held }: Inside): Faults {
  return {
    dropAll: () => listener.dropAll(),
    stall: (on) => {
      mood.stalled = on;
      if (on) return;
      for (const reply of held.splice(0)) reply();
      watches.pump();
    },
    refuse: (how, ms) => {
      if (how === 'connection') listener.shut();
      else mood.refusing = how;
      if (ms !== undefined) later(() => void accept(), ms);
    },
    accept,
    expire: () => {
      store.expire();
      lists.expire();
    },
    goneAsStatus: (on) => {
      mood.goneAsStatus = on;
    },
    cutMidLine: () => watches.cutNext(),
    endWatches: () => watches.end(),
    bookmark: () => watches.bookmark(),
    say: (line) => watches.say(line),
    slow: (ms) => {
      mood.slowMs = ms;
    },
    rewind: store.rewind,
    backup: store.backup,
    waitForVersions: (on) => {
      mood.waitsForVersions = on;
    },
    impersonate: (impostor) => {
      mood.impostor = impostor;
    },
    forbid: (...resources) => {
      mood.forbidden = resources;
    },
    setToken: (token) => {
      mood.token = token;
    },
  };
}

function calm(token: string | undefined): Mood {
  const faults = { stalled: false, goneAsStatus: false, waitsForVersions: false, impostor: undefined, forbidden: [] };
  return { token, refusing: 0, slowMs: 0, ...faults };
}

const KINDS: readonly StoredKind[] = SERVED.map(({ kind }) => kind);

/** Bytes: longer answers are packed (k8s.io/apiserver, endpoints/handlers). */
const PACKED_FROM = 128 << 10;

function send(response: ServerResponse, { code, body }: Answer, accepted: string | string[] = ''): void {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const isPacked = bytes.length > PACKED_FROM && accepted.includes('gzip');
  response.writeHead(code, {
    'content-type': 'application/json',
    ...(isPacked && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }),
  });
  // Level 1, as the real server.
  response.end(isPacked ? gzipSync(bytes, { level: 1 }) : bytes);
}
