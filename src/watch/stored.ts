/**
 * Stored: the sound objects of each kind, by name, and the slices of each Service. An object that comes again unchanged
 * stays the very same.
 */
import { type EndpointSlice, type Snapshot, serviceOf } from '../read/types.js';
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
  /** The slices of a Service, `default/web`, sorted by name. */
  slicesOf(service: string): readonly EndpointSlice[];
  set(kind: Kind, object: Stored, key: string): void;
  /** The object that is there when it has the same fields, or else the given one. */
  same(
    kind: Kind,
    given: { readonly key: string | undefined; readonly object: Stored | undefined },
  ): Stored | undefined;
  drop(kind: Kind, key: string): void;
  /** Drops the objects of a kind that `keys` does not have. */
  keepOnly(kind: Kind, keys: ReadonlySet<string | undefined>): void;
}

/** No objects yet. `onChange` is called for each one added (without `before`), removed (without `after`) or modified. */
export function newStored(
  onChange: (kind: Kind, before: Stored | undefined, after: Stored | undefined, key: string) => void,
): StoredObjects {
  const byName = { Service: new Map(), EndpointSlice: new Map(), Node: new Map(), ServiceCIDR: new Map() };
  const slices = new Map<string, readonly EndpointSlice[]>();
  const replace = (kind: Kind, key: string, before: Stored | undefined, after: Stored | undefined): void => {
    if (kind === 'EndpointSlice') {
      if (before) takeOut(slices, before as EndpointSlice);
      if (after) putIn(slices, after as EndpointSlice);
    }
    onChange(kind, before, after, key);
  };
  const drop = (kind: Kind, key: string): void => {
    const before = byName[kind].get(key);
    if (byName[kind].delete(key)) replace(kind, key, before, undefined);
  };
  return {
    byName,
    slicesOf: (service) => slices.get(service) ?? NONE,
    same: (kind, { key = '', object }) => {
      const before = byName[kind].get(key);
      return before && object && isSame(before, object) ? before : object;
    },
    set: (kind, object, key) => {
      const before = byName[kind].get(key);
      if (before && isSame(before, object)) return;
      byName[kind].set(key, object);
      replace(kind, key, before, object);
    },
    drop,
    keepOnly: (kind, keys) => {
      for (const key of byName[kind].keys()) if (!keys.has(key)) drop(kind, key);
    },
  };
}

const NONE: readonly EndpointSlice[] = [];

function takeOut(slices: Map<string, readonly EndpointSlice[]>, slice: EndpointSlice): void {
  const service = serviceOf(slice) ?? '';
  const rest = (slices.get(service) ?? NONE).filter((each) => each !== slice);
  if (rest.length > 0) slices.set(service, rest);
  else slices.delete(service);
}

function putIn(slices: Map<string, readonly EndpointSlice[]>, slice: EndpointSlice): void {
  const service = serviceOf(slice);
  if (service === undefined) return;
  const all = [...(slices.get(service) ?? NONE), slice];
  slices.set(
    service,
    all.sort(({ metadata: a }, { metadata: b }) => (a.name < b.name ? -1 : 1)),
  );
}

/** Whether two objects have the same fields, wherever they were written. */
function isSame<T extends { readonly origin: unknown }>(a: T, b: T): boolean {
  return a === b || JSON.stringify({ ...a, origin: null }) === JSON.stringify({ ...b, origin: null });
}
