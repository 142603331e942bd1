/**
 * Store: the objects of the cluster as they are now. An object that comes again unchanged stays the very same, so that
 * what was made of it stays as well; one with errors is left out and reported once.
 */
import { type Diagnostic, hasErrors } from '../diag.js';
import { claim } from '../read/claims.js';
import { keyOf, readObserved } from '../read/observed.js';
import { EMPTY_SNAPSHOT, type Service, type Snapshot } from '../read/types.js';
import { type Changes, type Kind, newChanges, type Stored } from './changes.js';
import { newFaults } from './faults.js';

export type { Changes } from './changes.js';

/** The list of a snapshot that each kind is in. */
const LISTS = { Service: 'services', EndpointSlice: 'slices', Node: 'nodes' } as const;

export interface Store {
  /** An object was added or modified. */
  put(kind: Kind, value: unknown): void;
  remove(kind: Kind, value: unknown): void;
  /** All there is of a kind. */
  replace(kind: Kind, values: readonly unknown[]): void;
  /** The same for objects that were read before. */
  replaceSnapshot(snapshot: Snapshot): void;
  /** All sound objects, without Services that want what another has. */
  snapshot(): Snapshot;
  /** What changed since the changes were taken. */
  changes(): Changes;
  /** The same, which is then taken. */
  takeChanges(): Changes;
}

export interface StoreOptions {
  /** Told of every change, at once. */
  readonly onChange: () => void;
  /** Told all that is wrong with an object now, or with all of them together; nothing when that is over. */
  readonly onInvalid: (diagnostics: readonly Diagnostic[], about: string) => void;
}

type Objects = { readonly [K in Kind]: Map<string, Snapshot[(typeof LISTS)[K]][number]> };

/** An empty store. */
export function newStore({ onChange, onInvalid }: StoreOptions): Store {
  const objects: Objects = { Service: new Map(), EndpointSlice: new Map(), Node: new Map() };
  const faults = newFaults(onInvalid);
  const changes = newChanges();
  let made: Snapshot | undefined;

  const changed = (kind: Kind, before: Stored | undefined, object?: Stored): void => {
    made = undefined;
    changes.add(kind, before, object);
    onChange();
  };
  const drop = (kind: Kind, key: string): void => {
    const before = objects[kind].get(key);
    if (objects[kind].delete(key)) changed(kind, before);
  };
  const set = (kind: Kind, object: Stored, key: string): void => {
    const map = objects[kind] as Map<string, typeof object>;
    const before = map.get(key);
    if (before && isSame(before, object)) return;
    map.set(key, object);
    changed(kind, before, object);
  };
  const read = (kind: Kind, value: unknown): void => {
    const key = keyOf(value);
    const { value: known, diagnostics } = readObserved(kind, value);
    faults.judge(kind, key, diagnostics);
    if (key === undefined) return;
    if (known) set(kind, known.object as Service, key);
    else drop(kind, key);
  };
  const keepOnly = (kind: Kind, keys: ReadonlySet<string | undefined>): void => {
    for (const key of objects[kind].keys()) if (!keys.has(key)) drop(kind, key);
    faults.keepOnly(kind, keys);
  };
  const snapshot = (): Snapshot => {
    const { kept, conflicts } = unconflicted(objects.Service);
    faults.conflict(conflicts);
    return {
      ...EMPTY_SNAPSHOT,
      services: kept,
      slices: [...objects.EndpointSlice.values()],
      nodes: [...objects.Node.values()],
    };
  };

  return {
    put: read,
    remove: (kind, value) => {
      const key = keyOf(value) ?? '';
      faults.judge(kind, key, []);
      drop(kind, key);
    },
    replace: (kind, values) => {
      keepOnly(kind, new Set(values.map(keyOf)));
      for (const value of values) read(kind, value);
    },
    replaceSnapshot: (snapshot) => {
      for (const [kind, name] of Object.entries(LISTS) as [Kind, (typeof LISTS)[Kind]][]) {
        const list = snapshot[name];
        keepOnly(kind, new Set(list.map(keyOf)));
        for (const object of list) set(kind, object, keyOf(object) ?? '');
      }
    },
    snapshot: () => {
      made ??= snapshot();
      return made;
    },
    changes: changes.seen,
    takeChanges: changes.take,
  };
}

/** Whether two objects say the same, wherever they were written. */
function isSame<T extends { readonly origin: unknown }>(a: T, b: T): boolean {
  return JSON.stringify({ ...a, origin: null }) === JSON.stringify({ ...b, origin: null });
}

/** The Services that have what they want; of two with one address the first by name, whichever came first. */
function unconflicted(services: ReadonlyMap<string, Service>): {
  readonly kept: readonly Service[];
  readonly conflicts: readonly Diagnostic[];
} {
  const claims = new Map();
  const conflicts: Diagnostic[] = [];
  const sorted = [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
  const kept = sorted.filter((service) => {
    const found = claim(claims, service);
    conflicts.push(...found);
    return !hasErrors(found);
  });
  return { kept, conflicts };
}
