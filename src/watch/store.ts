/**
 * Store: the objects of the cluster as they are now. An object that comes again unchanged stays the very same, so that
 * what was compiled from it is reused; one with errors is left out and reported once.
 */
import type { Diagnostic } from '../diag.js';
import type { Cluster } from '../read/cluster.js';
import { keyOf, readObserved } from '../read/observed.js';
import { EMPTY_SNAPSHOT, type Node, type Service, type Snapshot } from '../read/types.js';
import { type Changes, type Kind, newChanges, type Stored } from './changes.js';
import { type Claimed, newClaimed } from './claimed.js';
import { type Faults, newFaults } from './faults.js';
import { LISTS, newStored, type StoredObjects } from './stored.js';

/** The objects are the sound ones, without Services that claim the address or port of another. */
export interface Store extends Cluster {
  /** An object was added or modified. */
  put(kind: Kind, value: unknown): void;
  remove(kind: Kind, value: unknown): void;
  /** All objects of a kind begin to come; they are read page by page, and taken at the end. */
  list(kind: Kind): { page(values: readonly unknown[]): void; end(): void };
  /** All objects of all kinds, which were read before. */
  replaceSnapshot(snapshot: Snapshot): void;
  /** A Node by its name. */
  node(name: string): Node | undefined;
  /** The changes since they were last taken. */
  changes(): Changes;
  /** The same, and from now on they are taken. */
  takeChanges(): Changes;
}

export interface StoreOptions {
  /** Called at once for every change. */
  readonly onChange: () => void;
  /** Called with all errors that an object has now, or all conflicts between Services; with none when they are over. */
  readonly onInvalid: (diagnostics: readonly Diagnostic[], about: string) => void;
}

/** An empty store. */
export function newStore({ onChange, onInvalid }: StoreOptions): Store {
  const faults = newFaults(onInvalid);
  const changes = newChanges();
  const claimed = newClaimed();
  let made: Snapshot | undefined;
  let isSettled = true;
  const stored = newStored((kind, before, after, key) => {
    made = undefined;
    changes.add(kind, before, after);
    if (kind === 'Service') {
      isSettled = false;
      claimed.change(key, after as Service | undefined);
    }
    onChange();
  });
  const settle = (): void => {
    if (isSettled) return;
    isSettled = true;
    for (const name of claimed.settle()) changes.touch(name);
    faults.conflict(claimed.conflicts());
  };
  return {
    ...inputs(stored, faults),
    snapshot: () => {
      settle();
      made ??= snapshotOf(stored, claimed);
      return made;
    },
    service: (name) => {
      settle();
      return claimed.holds(name) ? stored.byName.Service.get(name) : undefined;
    },
    slicesOf: stored.slicesOf,
    node: (name) => stored.byName.Node.get(name),
    changes: changes.seen,
    takeChanges: () => {
      settle();
      return changes.take();
    },
  };
}

type Inputs = Pick<Store, 'put' | 'remove' | 'list' | 'replaceSnapshot'>;

/** What was read of a value; absent: it has errors. */
interface Read {
  readonly key: string | undefined;
  readonly object: Stored | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

function read(kind: Kind, value: unknown): Read {
  const { value: known, diagnostics } = readObserved(kind, value);
  return { key: keyOf(value), object: known?.object as Stored | undefined, diagnostics };
}

function inputs({ set, same, drop, keepOnly }: StoredObjects, faults: Faults): Inputs {
  const take = (kind: Kind, { key, object, diagnostics }: Read): void => {
    faults.judge(kind, key, diagnostics);
    if (key === undefined) return;
    if (object) set(kind, object, key);
    else drop(kind, key);
  };
  const retain = (kind: Kind, keys: ReadonlySet<string | undefined>): void => {
    keepOnly(kind, keys);
    faults.keepOnly(kind, keys);
  };
  return {
    put: (kind, value) => take(kind, read(kind, value)),
    remove: (kind, value) => {
      const key = keyOf(value) ?? '';
      faults.judge(kind, key, []);
      drop(kind, key);
    },
    list: (kind) => {
      const all: Read[] = [];
      return {
        page: (values) => {
          // Of an object that is as before, the one that is there is kept.
          for (const each of values.map((value) => read(kind, value))) all.push({ ...each, object: same(kind, each) });
        },
        end: () => {
          retain(kind, new Set(all.map(({ key }) => key)));
          for (const each of all) take(kind, each);
        },
      };
    },
    replaceSnapshot: (given) => {
      for (const [kind, name] of Object.entries(LISTS) as [Kind, (typeof LISTS)[Kind]][]) {
        retain(kind, new Set(given[name].map(keyOf)));
        for (const object of given[name]) set(kind, object, keyOf(object) ?? '');
      }
    },
  };
}

function snapshotOf({ byName }: StoredObjects, claimed: Claimed): Snapshot {
  const kept = [...byName.Service].filter(([name]) => claimed.holds(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...EMPTY_SNAPSHOT,
    services: kept.map(([, service]) => service),
    slices: [...byName.EndpointSlice.values()],
    nodes: [...byName.Node.values()],
    serviceCIDRs: [...byName.ServiceCIDR.values()],
  };
}
