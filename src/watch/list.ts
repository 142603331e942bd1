/**
 * List: all objects of a resource as they were at one moment, page by page.
 */
import type { ApiClient } from './client.js';
import { type ApiObject, checkObject, isFields, keyOf, nonsense, parseObject, strip, versionOf } from './objects.js';
import { ApiError, request } from './request.js';
import { pathOf, type Resource } from './resources.js';
import type { Tuning } from './tuning.js';

/** Receives the pages of a list as they come. */
export interface Pages {
  page(objects: readonly ApiObject[]): void;
}

export interface Listed<P> {
  /** What received all pages. */
  readonly into: P;
  /** Where to watch from. */
  readonly version: string;
}

/**
 * Lists `resource` into what `begin` makes; `keep` reduces each object. No page is kept, as all together are many times what
 * is made of them. When the server has forgotten that moment before the last page is read,
 * the list starts again, and that time it is requested in one piece, as client-go does. Rejects with an ApiError,
 * also when the pages have no end.
 */
export async function list<P extends Pages>(
  client: ApiClient,
  resource: Resource<string>,
  tuning: Tuning,
  signal: AbortSignal,
  begin: () => P,
  keep: Keep = strip,
): Promise<Listed<P>> {
  const get = (query: Query): Promise<Page> => onePage(client, resource, query, tuning, signal, keep);
  return (await inPages(get, String(tuning.pageSize), begin())) ?? inOnePiece(get, begin());
}

type Query = Readonly<Record<string, string>>;

/** Reduces an object to the fields that are kept. */
type Keep = (object: ApiObject) => ApiObject;

/** More than any cluster has: etcd holds 8 GB at most, and all of it would have to be in memory here. */
const MOST_OBJECTS = 1_000_000;

/** The server fills its pages, and only the last one may be empty. */
const MOST_EMPTY = 10;

/** Undefined when the server no longer knows the moment of the first page. */
async function inPages<P extends Pages>(
  get: (query: Query) => Promise<Page>,
  limit: string,
  into: P,
): Promise<Listed<P> | undefined> {
  const keys = new Set<string>();
  let token = '';
  let empty = 0;
  for (;;) {
    const page = await get({ limit, continue: token }).catch((error: unknown) => {
      if (token !== '' && error instanceof ApiError && error.code === 410) return undefined;
      throw error;
    });
    if (!page) return undefined;
    const { items, version, next } = page;
    for (const item of items) {
      const key = keyOf(item);
      if (keys.has(key)) throw endless(`${key} is in it twice`);
      keys.add(key);
    }
    into.page(items);
    if (next === '') return { into, version };
    if (next === token) throw endless('the same page comes again');
    if (items.length === 0 && ++empty > MOST_EMPTY) throw endless('its pages are empty');
    if (keys.size > MOST_OBJECTS) throw endless(`it has more than ${MOST_OBJECTS} objects`);
    token = next;
  }
}

function endless(why: string): ApiError {
  return nonsense(`the server sends a list that does not end: ${why}`);
}

async function inOnePiece<P extends Pages>(get: (query: Query) => Promise<Page>, into: P): Promise<Listed<P>> {
  const { items, version, next } = await get({});
  if (next !== '') throw endless('it has a next page, though all was requested at once');
  into.page(items);
  return { into, version };
}

interface Page extends Pick<Listed<Pages>, 'version'> {
  readonly items: readonly ApiObject[];
  readonly next: string;
}

/** One answer to a list request. Rejects with an ApiError. */
export async function onePage(
  client: ApiClient,
  resource: Resource<string>,
  query: Query,
  { answerMs, bodyMs }: Tuning,
  signal: AbortSignal,
  keep: Keep = strip,
): Promise<Page> {
  const { apiVersion, kind } = resource;
  const deadlines = { answerMs, silenceMs: answerMs, bodyMs, signal };
  const answer = parseObject(await request(client, pathOf(resource, query), deadlines, whole));
  const { items } = answer;
  // An empty list is null, as Go writes it. An answer without the field does not say that the list is empty.
  if (answer.kind !== `${kind}List` || !(items === null || Array.isArray(items))) {
    throw nonsense(`the server sent no ${kind}List`);
  }
  return {
    items: ((items ?? []) as readonly unknown[]).map((item) => keep({ ...itemOf(item, kind), apiVersion, kind })),
    version: versionOf(answer),
    next: isFields(answer.metadata) && typeof answer.metadata.continue === 'string' ? answer.metadata.continue : '',
  };
}

/**
 * In a list objects do not name their kind. One of another kind, or without a name, makes the list useless: objects that
 * are missing in it would be taken for deleted.
 */
function itemOf(value: unknown, kind: string): ApiObject {
  const item = checkObject(value, kind);
  if ((item.kind ?? kind) !== kind) throw nonsense(`the server sent a ${item.kind} in a ${kind}List`);
  keyOf({ ...item, kind });
  return item;
}

/** Characters; a page of 500 of the largest objects that etcd takes is no longer. */
const LONGEST = 256 << 20;

async function whole(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    if (text.length > LONGEST) throw nonsense(`the server sent a list longer than ${LONGEST >> 20} MiB`);
  }
  return text;
}
