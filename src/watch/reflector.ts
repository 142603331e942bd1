/**
 * Reflector: keeps a sink equal to what the API server has of one resource. List once, then watch from that version on;
 * a watch that ends goes on where it was, and only when the server has forgotten that place is the list read again.
 *
 *     doubt ─ has the server gone back? ─ list ─ watch ─ end or failure ─ wait ┐
 *       └──────────────────────────────────────────────────────────────────────┘
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './client.js';
import { events, type WatchEvent } from './events.js';
import { list } from './list.js';
import { type ApiObject, keyOf, nonsense, strip, versionIn, versionOf } from './objects.js';
import { ApiError, request } from './request.js';
import { pathOf, type Resource } from './resources.js';
import { restoredTo } from './restored.js';
import type { ListSink, ObjectSink, WatchState } from './sink.js';
import { backoff, draw, type Tuning } from './tuning.js';
import { isOlder, newest } from './versions.js';

export interface Reflector {
  readonly client: ApiClient;
  readonly resource: Resource;
  readonly tuning: Tuning;
  readonly sink: ObjectSink;
  readonly onState: (state: WatchState) => void;
  /** Called when the sink has a list. */
  readonly onListed: () => void;
  readonly signal: AbortSignal;
}

interface Progress {
  /** The version to watch from; absent when there must be a list first. */
  version?: string | undefined;
  /** The newest version that the server has sent. */
  seen?: string | undefined;
  /** The version of each object that the sink has. */
  versions: Map<string, string>;
  /** Whether the server may have gone back to an older state since. */
  doubt: boolean;
  /** Failures in a row, since a watch last showed that it works. */
  failures: number;
  /** Watches in a row that ended as soon as they began. */
  short: number;
}

/** Runs until `signal` aborts. Never rejects: a failure is reported to `onState` and tried again. */
export async function reflect(reflector: Reflector): Promise<void> {
  const { signal } = reflector;
  const progress: Progress = { versions: new Map(), doubt: false, failures: 0, short: 0 };
  while (!signal.aborted) {
    const waitMs = await attempt(reflector, progress);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Lists and watches until the watch ends or something fails; returns the wait before the next attempt, in milliseconds. */
async function attempt(reflector: Reflector, progress: Progress): Promise<number> {
  const { resource, onState, signal } = reflector;
  try {
    if (progress.doubt) await resolveDoubt(reflector, progress);
    if (progress.version === undefined) await relist(reflector, progress);
    await watch(reflector, progress);
    const retryMs = pause(reflector, progress);
    const message = 'the server ends each watch as soon as it began';
    if (progress.short >= TRIES) onState({ kind: resource.kind, state: 'failing', message, retryMs });
    return retryMs;
  } catch (error) {
    return signal.aborted ? 0 : failed(reflector, progress, error);
  }
}

/** An answer from a cache may be older, too: it is never adopted, but it is a reason to ask the server. */
function older(version: string, seen: string): ApiError {
  return nonsense(`the server sent version ${version} after ${seen}: from a cache, or it was restored from a backup`);
}

async function resolveDoubt({ client, resource, tuning, signal }: Reflector, progress: Progress): Promise<void> {
  const { seen, versions } = progress;
  if (seen !== undefined) {
    try {
      const version = await restoredTo(client, resource, { seen, versions }, tuning, signal);
      if (version !== undefined) Object.assign(progress, { version: undefined, seen: version });
    } catch (error) {
      // A server that answers, but cannot list at the moment, may still serve a watch.
      if (error instanceof ApiError && error.code !== undefined) return;
      throw error;
    }
  }
  progress.doubt = false;
}

async function relist({ client, resource, tuning, sink, onState, onListed, signal }: Reflector, progress: Progress) {
  onState({ kind: resource.kind, state: 'listing' });
  const { into, version } = await list(client, resource, tuning, signal, () => listInto(sink.list(resource.kind)));
  signal.throwIfAborted();
  if (progress.seen !== undefined && isOlder(version, progress.seen)) throw older(version, progress.seen);
  into.end();
  progress.versions = into.versions;
  progress.version = version;
  progress.seen = newest(progress.seen, version);
  onListed();
}

/** The sink of a list, and the version of each object in it. */
function listInto({ page, end }: ListSink) {
  const versions = new Map<string, string>();
  const take = (objects: readonly ApiObject[]): void => {
    for (const object of objects) versions.set(keyOf(object), versionIn(object));
    page(objects);
  };
  return { versions, page: take, end };
}

/** Watches until the server ends it. */
async function watch({ client, resource, tuning, sink, onState, signal }: Reflector, progress: Progress) {
  const { kind } = resource;
  const seconds = draw(tuning.watchSeconds);
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
    resourceVersion: progress.version ?? '',
  };
  const deadlines = { ...tuning, bodyMs: seconds * 1000 + tuning.answerMs, signal };
  await request(client, pathOf(resource, query), deadlines, async (body) => {
    onState({ kind, state: 'watching' });
    const from = performance.now();
    const passed = () => performance.now() - from;
    const works = setTimeout(() => onState({ kind, state: 'working' }), tuning.shortMs);
    try {
      let some = false;
      for await (const event of events(body)) {
        signal.throwIfAborted();
        take(event, resource, sink, progress);
        progress.failures = 0;
        some = true;
      }
      // A server that stops ends its watches in order, before their time.
      if (passed() < (seconds - 1) * 1000) progress.doubt = true;
      if (!some && passed() < tuning.shortMs) throw new ApiError('the server ended the watch as soon as it began');
    } finally {
      clearTimeout(works);
      if (passed() < tuning.shortMs) progress.short++;
      else Object.assign(progress, { failures: 0, short: 0 });
    }
  });
}

function take({ type, object }: WatchEvent, { kind }: Resource, sink: ObjectSink, progress: Progress): void {
  if (object.kind !== kind) throw nonsense(`the server sent a ${object.kind} for a ${kind}`);
  const version = versionOf(object);
  const { seen = version, versions } = progress;
  if (isOlder(version, seen)) throw older(version, seen);
  if (type === 'DELETED') {
    versions.delete(keyOf(object));
    sink.remove(kind, strip(object));
  } else if (type !== 'BOOKMARK') {
    versions.set(keyOf(object), version);
    sink.put(kind, strip(object));
  }
  progress.version = version;
  progress.seen = version;
}

/** Statuses of a busy server: they say nothing about our version. */
const BUSY = [429, 503];

/** Failures in a row after which a version is given up that the server refuses. */
const TRIES = 3;

/** Watches that end at once, but bring an event each time, are opened again after at most this many times `shortMs`. */
const SHORT_WAITS = 5;

/** The wait before the next attempt; none after a watch that lasted. */
function pause({ tuning }: Reflector, { failures, short, version }: Progress): number {
  const [first, limit] = tuning.backoffMs;
  const brings = failures <= 1 && version !== undefined;
  const most = brings ? Math.min(limit, Math.max(first, SHORT_WAITS * tuning.shortMs)) : limit;
  // A single short watch is no pattern yet.
  const count = Math.max(failures, short - 1);
  return count <= 0 ? 0 : backoff([first, most], count);
}

/** Records a failure; returns the wait before the next attempt, in milliseconds. */
function failed(reflector: Reflector, progress: Progress, error: unknown): number {
  const { tuning, resource, onState } = reflector;
  progress.failures++;
  const { message, code, retryAfterMs = 0 } = error instanceof ApiError ? error : new ApiError(String(error));
  const expired = code === 410;
  // A server that was restored from a backup does not know our version yet, and may take long to get there.
  const stuck = code !== undefined && !BUSY.includes(code) && progress.failures % TRIES === 0;
  if (expired || stuck) progress.version = undefined;
  if (!expired) progress.doubt = true;
  const retryMs = Math.max(pause(reflector, progress), Math.min(retryAfterMs, tuning.retryMs));
  // Usual after a time without a connection, so not reported; but the wait applies, since all nodes may come back at once.
  if (!(expired && progress.failures === 1)) {
    onState({ kind: resource.kind, state: 'failing', message, retryMs, ...(code !== undefined && { code }) });
  }
  return retryMs;
}
