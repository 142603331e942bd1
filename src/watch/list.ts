/**
 * List: all objects of a resource as they were at one moment, page by page.
 */
import type { ApiClient } from './client.js';
import { type ApiObject, checkObject, isFields, nonsense, parseObject, strip, versionOf } from './objects.js';
import { ApiError, request } from './request.js';
import { pathOf, type Resource } from './resources.js';
import type { Tuning } from './tuning.js';

export interface Listed {
  readonly objects: readonly ApiObject[];
  /** Where to watch from. */
  readonly version: string;
}

/**
 * Lists `resource`, of each object what `keep` leaves. When the server has forgotten that moment before the last page is read, the list starts again, and
 * that time it is asked for in one piece, as client-go does. Rejects with an ApiError.
 */
export async function list(
  client: ApiClient,
  resource: Resource<string>,
  tuning: Tuning,
  signal: AbortSignal,
  keep: (object: ApiObject) => ApiObject = strip,
): Promise<Listed> {
  const objects: ApiObject[] = [];
  let page = { limit: String(tuning.pageSize), continue: '' };
  for (;;) {
    try {
      const { items, version, next } = await onePage(client, resource, page, tuning, signal);
      for (const item of items) objects.push(keep(item));
      if (next === '') return { objects, version };
      page = { ...page, continue: next };
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 410 || page.continue === '') throw error;
      objects.length = 0;
      page = { limit: '', continue: '' };
    }
  }
}

interface Page extends Pick<Listed, 'version'> {
  readonly items: readonly ApiObject[];
  readonly next: string;
}

async function onePage(
  client: ApiClient,
  resource: Resource<string>,
  query: Readonly<Record<string, string>>,
  { answerMs }: Tuning,
  signal: AbortSignal,
): Promise<Page> {
  const { apiVersion, kind } = resource;
  const text = await request(client, pathOf(resource, query), { answerMs, silenceMs: answerMs, signal }, whole);
  const answer = parseObject(text);
  const { items } = answer;
  if (answer.kind !== `${kind}List` || !Array.isArray(items ?? [])) throw nonsense(`the server sent no ${kind}List`);
  return {
    // In a list objects do not say their kind; none at all are null, as Go writes it.
    items: ((items ?? []) as readonly unknown[]).map((item) => ({ ...checkObject(item, kind), apiVersion, kind })),
    version: versionOf(answer),
    next: isFields(answer.metadata) && typeof answer.metadata.continue === 'string' ? answer.metadata.continue : '',
  };
}

async function whole(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
}
