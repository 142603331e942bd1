/**
 * Reflector: keeps a sink equal to what the API server has of one resource. List once, then watch from that version on;
 * a watch that ends goes on where it was, and only when the server has forgotten that place is the list read again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './client.js';
import { events, type WatchEvent } from './events.js';
import { list } from './list.js';
import { nonsense, strip, versionOf } from './objects.js';
import { ApiError, request } from './request.js';
import { pathOf, type Resource } from './resources.js';
import type { ObjectSink, WatchState } from './source.js';
import { backoff, draw, type Tuning } from './tuning.js';

export interface Reflector {
  readonly client: ApiClient;
  readonly resource: Resource;
  readonly tuning: Tuning;
  readonly sink: ObjectSink;
  readonly onState: (state: WatchState) => void;
  /** Told when the sink has a list. */
  readonly onListed: () => void;
  readonly signal: AbortSignal;
}

interface Progress {
  /** Where to watch from; absent when there must be a list first. */
  version?: string | undefined;
  /** Failures in a row, since a watch last showed that it works. */
  failures: number;
}

/** Runs until `signal` says otherwise. Never rejects: what fails is told to `onState` and tried again. */
export async function reflect(reflector: Reflector): Promise<void> {
  const { signal } = reflector;
  const progress: Progress = { failures: 0 };
  while (!signal.aborted) {
    try {
      if (progress.version === undefined) await relist(reflector, progress);
      await watch(reflector, progress);
    } catch (error) {
      if (signal.aborted) return;
      await sleep(failed(reflector, progress, error), undefined, { signal }).catch(() => {});
    }
  }
}

async function relist({ client, resource, tuning, sink, onState, onListed, signal }: Reflector, progress: Progress) {
  onState({ kind: resource.kind, state: 'listing' });
  const { objects, version } = await list(client, resource, tuning, signal);
  signal.throwIfAborted();
  sink.replace(resource.kind, objects);
  progress.version = version;
  onListed();
}

/** Watches until the server ends it. */
async function watch({ client, resource, tuning, sink, onState, signal }: Reflector, progress: Progress) {
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(draw(tuning.watchSeconds)),
    resourceVersion: progress.version ?? '',
  };
  await request(client, pathOf(resource, query), { ...tuning, signal }, async (body) => {
    onState({ kind: resource.kind, state: 'watching' });
    const from = performance.now();
    const lasted = () => performance.now() - from >= tuning.shortMs;
    try {
      let some = false;
      for await (const event of events(body)) {
        signal.throwIfAborted();
        deliver(sink, resource, event);
        progress.version = versionOf(event.object);
        progress.failures = 0;
        some = true;
      }
      if (!some && !lasted()) throw new ApiError('the server ended the watch as soon as it began');
    } finally {
      if (lasted()) progress.failures = 0;
    }
  });
}

function deliver(sink: ObjectSink, { kind }: Resource, { type, object }: WatchEvent): void {
  if (object.kind !== kind) throw nonsense(`the server sent a ${object.kind} for a ${kind}`);
  if (type === 'BOOKMARK') return;
  if (type === 'DELETED') sink.remove(kind, strip(object));
  else sink.put(kind, strip(object));
}

/** The server is too busy for that: what it has to say is no word about our version. */
const BUSY = [429, 503];

/** So often is the same version tried that the server has no good answer to. */
const TRIES = 3;

/** Takes note of a failure and says how long to wait, in milliseconds. */
function failed({ tuning, resource, onState }: Reflector, progress: Progress, error: unknown): number {
  progress.failures++;
  const { message, code, retryAfterMs = 0 } = error instanceof ApiError ? error : new ApiError(String(error));
  const expired = code === 410;
  // A server that was restored from a backup does not know our version yet, and may take long to get there.
  const stuck = code !== undefined && !BUSY.includes(code) && progress.failures % TRIES === 0;
  if (expired || stuck) progress.version = undefined;
  const retryMs = Math.max(backoff(tuning, progress.failures), retryAfterMs);
  // Usual after a time without connection: no failure yet, but all nodes may have been without.
  if (!(expired && progress.failures === 1)) onState({ kind: resource.kind, state: 'failing', message, retryMs });
  return retryMs;
}
