/**
 * Stored: the sound objects of each kind, by name. An object that comes again unchanged stays the very same.
 */
import type { Snapshot } from '../read/types.js';
import type { Kind, Stored } from './changes.js';

/** The list of a snapshot that each kind is in. */
export const LISTS = {
  Service: 'services',
  EndpointSlice: 'slices',
  Node: 'nodes',
  ServiceCIDR: 'serviceCIDRs',
} as const;

type ByName = { readonly [K in Kind]: ReadonlyMap<string, Snapshot[(typeof LISTS)[K]][number]> };

export interface StoredObjects {
  readonly byName: ByName;
  set(kind: Kind, object: Stored, key: string): void;
  drop(kind: Kind, key: string): void;
  /** Drops the objects of a kind that `keys` does not have. */
  keepOnly(kind: Kind, keys: ReadonlySet<string | undefined>): void;
}

/** No objects yet. `onChange` is called for each one added (without `before`), removed (without `after`) or modified. */
export function newStored(
  onChange: (kind: Kind, before: Stored | undefined, after: Stored | undefined) => void,
): StoredObjects {
  const byName = { Service: new Map(), EndpointSlice: new Map(), Node: new Map(), ServiceCIDR: new Map() };
  const drop = (kind: Kind, key: string): void => {
    const before = byName[kind].get(key);
    if (byName[kind].delete(key)) onChange(kind, before, undefined);
  };
  return {
    byName,
    set: (kind, object, key) => {
      const before = byName[kind].get(key);
      if (before && isSame(before, object)) return;
      byName[kind].set(key, object);
      onChange(kind, before, object);
    },
    drop,
    keepOnly: (kind, keys) => {
      for (const key of byName[kind].keys()) if (!keys.has(key)) drop(kind, key);
    },
  };
}

/** Whether two objects have the same fields, wherever they were written. */
function isSame<T extends { readonly origin: unknown }>(a: T, b: T): boolean {
  return JSON.stringify({ ...a, origin: null }) === JSON.stringify({ ...b, origin: null });
}
