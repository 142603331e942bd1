/**
 * Lists of the test API server: all pages show one moment, which is remembered until it expires.
 */
import { type ServedResource, status } from './documents.js';
import type { Matcher } from './selectors.js';
import type { Store, StoredObject } from './store.js';

export interface Answer {
  readonly code: number;
  readonly body: object | string;
}

export interface Lists {
  /** Answers a list request. */
  list(served: ServedResource, matches: Matcher, query: URLSearchParams): Answer;
  /** Invalidates all continue tokens so far. */
  expire(): void;
}

interface Moment {
  readonly version: number;
  readonly objects: readonly StoredObject[];
}

/** Lists of what is in `store`. */
export function newLists(store: Store): Lists {
  const moments = new Map<string, Moment>();
  const texts = new WeakMap<StoredObject, string>();
  let tokens = 0;

  const text = (object: StoredObject): string => {
    const known = texts.get(object);
    if (known !== undefined) return known;
    // As in the real server: only the list names the kind of its items.
    const { apiVersion: _, kind: __, ...rest } = object;
    const made = JSON.stringify(rest);
    texts.set(object, made);
    return made;
  };
  return {
    expire: () => moments.clear(),
    list: (served, matches, query) => {
      const token = query.get('continue') ?? '';
      const moment = token === '' ? momentOf(store, served, matches) : moments.get(token);
      if (!moment) return EXPIRED;
      moments.delete(token);
      const limit = Number(query.get('limit') || 0) || moment.objects.length;
      const page = moment.objects.slice(0, limit);
      const rest = moment.objects.slice(limit);
      const metadata = {
        resourceVersion: `${moment.version}`,
        ...(rest.length > 0 && { continue: `page-${++tokens}` }),
      };
      if (rest.length > 0) moments.set(`page-${tokens}`, { ...moment, objects: rest });
      const head = JSON.stringify({ kind: `${served.kind}List`, apiVersion: served.apiVersion, metadata });
      return { code: 200, body: `${head.slice(0, -1)},"items":[${page.map(text).join(',')}]}\n` };
    },
  };
}

function momentOf(store: Store, { kind }: ServedResource, matches: Matcher): Moment {
  return { version: store.version(), objects: store.list(kind).filter(matches) };
}

const EXPIRED: Answer = {
  code: 410,
  body: status(410, 'Expired', 'The provided continue parameter is too old'),
};
