/**
 * Restored: whether the server has gone back to an older state, as after etcd was restored from a backup. Its versions then
 * start lower, and a watch from a version that it has not reached yet waits in silence.
 */
import type { ApiClient } from './client.js';
import { onePage } from './list.js';
import { keyOf, versionIn } from './objects.js';
import type { Resource } from './resources.js';
import type { Tuning } from './tuning.js';
import { isOlder } from './versions.js';

/** The state of a resource that was believed until now. */
export interface Believed {
  /** The newest version seen. */
  readonly seen: string;
  /** The version of each object, by its key. */
  readonly versions: ReadonlyMap<string, string>;
}

/**
 * The version to which the server went back, or undefined when it did not. One object is asked for without a
 * resourceVersion: then etcd answers and not a cache, which may be older and proves nothing. Rejects with an ApiError.
 */
export async function restoredTo(
  client: ApiClient,
  resource: Resource,
  { seen, versions }: Believed,
  tuning: Tuning,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { version, items } = await onePage(client, resource, { limit: '1' }, tuning, signal);
  // A server that has grown past our version again may still have an object that we never saw.
  const foreign = items.some((item) => {
    const changed = versionIn(item);
    return changed !== versions.get(keyOf(item)) && (changed === seen || isOlder(changed, seen));
  });
  return isOlder(version, seen) || foreign ? version : undefined;
}
