/** What a client that watches the test API server knows of it. */
import type { ObjectSink, WatchState } from '../../watch/source.js';
import type { ApiServer, StoredObject } from '../api-server.js';
import { pause } from '../run/patience.js';

export interface View {
  readonly sink: ObjectSink;
  readonly onState: (state: WatchState) => void;
  /** The current objects as `Service default/web@12`, sorted. */
  objects(): readonly string[];
  /** The object with that name, `Service default/web`. */
  get(name: string): StoredObject | undefined;
  /** All calls to the sink, in order: `put Service default/web@12`, `replace Service (3)`. */
  readonly told: readonly string[];
  readonly states: readonly WatchState[];
}

/** An empty view. */
export function newView(): View {
  const known = new Map<string, StoredObject>();
  const told: string[] = [];
  const states: WatchState[] = [];
  return {
    told,
    states,
    onState: (state) => states.push(state),
    objects: () => [...known.values()].map(versioned).sort(),
    get: (name) => known.get(name),
    sink: {
      list: (kind) => {
        const objects: StoredObject[] = [];
        return {
          page: (some) => void objects.push(...(some as readonly StoredObject[])),
          end: () => {
            told.push(`replace ${kind} (${objects.length})`);
            for (const [name, object] of known) if (object.kind === kind) known.delete(name);
            for (const object of objects) known.set(nameOf(object), object);
          },
        };
      },
      put: (_, object) => {
        told.push(`put ${versioned(object as StoredObject)}`);
        known.set(nameOf(object as StoredObject), object as StoredObject);
      },
      remove: (_, object) => {
        told.push(`remove ${versioned(object as StoredObject)}`);
        known.delete(nameOf(object as StoredObject));
      },
    },
  };
}

/** The objects that the named node must know: all except those for other proxies, and of Nodes only its own. */
export function expectedView(server: ApiServer, nodeName: string): readonly string[] {
  return server
    .objects()
    .filter(({ kind, metadata: { name, labels = {} } }) =>
      kind === 'Node' ? name === nodeName : !Object.keys(labels).some((label) => NOT_OURS.test(label)),
    )
    .map(versioned)
    .sort();
}

const NOT_OURS = /^service\.kubernetes\.io\/(service-proxy-name|headless)$/;

function nameOf({ kind, metadata: { namespace = '', name } }: StoredObject): string {
  return `${kind} ${namespace}/${name}`;
}

function versioned(object: StoredObject): string {
  return `${nameOf(object)}@${object.metadata.resourceVersion}`;
}

/** Calls `check` until it no longer throws, at most `looks` times; then throws its last error. */
export async function eventually(check: () => void, looks = 4000): Promise<void> {
  for (let left = looks; ; left--) {
    try {
      check();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await pause(0.005);
  }
}
