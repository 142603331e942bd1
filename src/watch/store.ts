/**
 * Store: the objects of the cluster as they are now. An object that comes again unchanged stays the very same, so that
 * what was compiled from it is reused; one with errors is left out and reported once.
 */
import { type Diagnostic, hasErrors } from '../diag.js';
import { claim } from '../read/claims.js';
import { keyOf, readObserved } from '../read/observed.js';
import { EMPTY_SNAPSHOT, type Service, type Snapshot } from '../read/types.js';
import { type Changes, type Kind, newChanges } from './changes.js';
import { newFaults } from './faults.js';
import { LISTS, newStored } from './stored.js';

export interface Store {
  /** An object was added or modified. */
  put(kind: Kind, value: unknown): void;
  remove(kind: Kind, value: unknown): void;
  /** All objects of a kind. */
  replace(kind: Kind, values: readonly unknown[]): void;
  /** The same for objects that were read before. */
  replaceSnapshot(snapshot: Snapshot): void;
  /** All sound objects, without Services that claim the address or port of another. */
  snapshot(): Snapshot;
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
  let made: Snapshot | undefined;
  const { byName, set, drop, keepOnly } = newStored((kind, before, after) => {
    made = undefined;
    changes.add(kind, before, after);
    onChange();
  });

  const put = (kind: Kind, value: unknown): void => {
    const key = keyOf(value);
    const { value: known, diagnostics } = readObserved(kind, value);
    faults.judge(kind, key, diagnostics);
    if (key === undefined) return;
    if (known) set(kind, known.object as Service, key);
    else drop(kind, key);
  };
  const retain = (kind: Kind, keys: ReadonlySet<string | undefined>): void => {
    keepOnly(kind, keys);
    faults.keepOnly(kind, keys);
  };
  const snapshot = (): Snapshot => {
    const { kept, conflicts } = unconflicted(byName.Service);
    faults.conflict(conflicts);
    return {
      ...EMPTY_SNAPSHOT,
      services: kept,
      slices: [...byName.EndpointSlice.values()],
      nodes: [...byName.Node.values()],
      serviceCIDRs: [...byName.ServiceCIDR.values()],
    };
  };

  return {
    put,
    remove: (kind, value) => {
      const key = keyOf(value) ?? '';
      faults.judge(kind, key, []);
      drop(kind, key);
    },
    replace: (kind, values) => {
      retain(kind, new Set(values.map(keyOf)));
      for (const value of values) put(kind, value);
    },
    replaceSnapshot: (given) => {
      for (const [kind, name] of Object.entries(LISTS) as [Kind, (typeof LISTS)[Kind]][]) {
        retain(kind, new Set(given[name].map(keyOf)));
        for (const object of given[name]) set(kind, object, keyOf(object) ?? '');
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

/** The Services whose claims hold: of two with one address the first by name, whichever came first. */
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
