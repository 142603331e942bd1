/**
 * Answers of the test API server: the response to a request, with checks in the order of a real server.
 */
import { documentAt, status } from './documents.js';
import type { Impostor } from './faults.js';
import type { Answer, Lists } from './lists.js';
import type { Route } from './routes.js';
import { type Matcher, matcher } from './selectors.js';
import type { Store } from './store.js';

/** The current faults of the server. */
export interface Mood {
  token: string | undefined;
  /** A status for every request; 0 for none. */
  refusing: number;
  stalled: boolean;
  slowMs: number;
  goneAsStatus: boolean;
  forbidden: readonly string[];
  waitsForVersions: boolean;
  impostor: Impostor | undefined;
}

/** The parts of a request that decide the answer. */
export interface Asked {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly url: URL;
  readonly route: Route | undefined;
}

/** The answer, or the watch to open. */
export function answerTo(
  { method, authorization, url, route }: Asked,
  store: Store,
  lists: Lists,
  mood: Mood,
): Answer | Matcher {
  if (mood.refusing) return failure(mood.refusing, 'Refused', 'refused by the test');
  if (mood.token !== undefined && authorization !== `Bearer ${mood.token}`) {
    return failure(401, 'Unauthorized', 'Unauthorized');
  }
  if (method !== 'GET') return failure(405, 'MethodNotAllowed', `${method} is not served`);
  const document = documentAt(url.pathname);
  if (document) return { code: 200, body: document };
  if (!route) return failure(404, 'NotFound', 'the server could not find the requested resource');
  const { served, namespace, name, watch } = route;
  const query = url.searchParams;
  if (mood.forbidden.includes(served.name) || (namespace === undefined && mood.forbidden.includes(`*${served.name}`))) {
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const what = `cannot list resource "${served.name}" in API group "${served.group}" ${where}`;
    return failure(403, 'Forbidden', `${served.name} is forbidden: User "test" ${what}`);
  }
  if (name !== undefined) {
    const object = store.get(served.kind, namespace ?? '', name);
    return object ? { code: 200, body: object } : failure(404, 'NotFound', `${served.name} "${name}" not found`);
  }
  const matches = matcher(namespace, query);
  if (!matches) return failure(400, 'BadRequest', `unable to parse the selectors of ${url.search}`);
  const version = Number(query.get('resourceVersion') || 0);
  if (version > store.version() && !(watch && mood.waitsForVersions)) {
    const message = `Timeout: Too large resource version: ${version}, current: ${store.version()}`;
    return failure(504, 'Timeout', message);
  }
  if (!watch) return lists.list(served, matches, query);
  const gone = mood.goneAsStatus && version > 0 && !store.since(version);
  return gone ? failure(410, 'Expired', `too old resource version: ${version}`) : matches;
}

function failure(code: number, reason: string, message: string): Answer {
  return { code, body: status(code, reason, message) };
}
