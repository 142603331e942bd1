/**
 * Store: the objects of the cluster as they are now. An object that comes again unchanged stays the very same, so that
 * what was made of it stays as well; one with errors is left out and reported once.
 */
import { type Diagnostic, hasErrors } from '../diag.js';
import { claim } from '../read/claims.js';
import { keyOf, readObserved } from '../read/observed.js';
import { type EndpointSlice, NOTHING, type Node, type Service, type Snapshot } from '../read/types.js';

/** What rules are made of, and the list of a snapshot it is in. */
const LISTS = { Service: 'services', EndpointSlice: 'slices', Node: 'nodes' } as const;

type Kind = keyof typeof LISTS;

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

export interface Changes {
  readonly services: number;
  readonly slices: number;
  readonly nodes: number;
  /** When the endpoints that changed did so, as their controller says, in seconds since 1970. */
  readonly triggered: readonly number[];
}

export interface StoreOptions {
  /** Told of every change, at once. */
  readonly onChange: () => void;
  /** Told what is wrong with an object, once for each version of it. */
  readonly onInvalid: (diagnostics: readonly Diagnostic[]) => void;
}

type Objects = { readonly [K in Kind]: Map<string, Snapshot[(typeof LISTS)[K]][number]> };

/** An empty store. */
export function newStore({ onChange, onInvalid }: StoreOptions): Store {
  const objects: Objects = { Service: new Map(), EndpointSlice: new Map(), Node: new Map() };
  const conflicts = new Set<string>();
  let changes = NO_CHANGES;

  const changed = (kind: Kind, object?: Service | EndpointSlice | Node): void => {
    const trigger = Date.parse(object?.metadata.annotations[TRIGGER] ?? '') / 1000;
    changes = {
      services: changes.services + (kind === 'Service' ? 1 : 0),
      slices: changes.slices + (kind === 'EndpointSlice' ? 1 : 0),
      nodes: changes.nodes + (kind === 'Node' ? 1 : 0),
      triggered:
        Number.isNaN(trigger) || changes.triggered.length >= MOST_TRIGGERS
          ? changes.triggered
          : [...changes.triggered, trigger],
    };
    onChange();
  };
  const drop = (kind: Kind, key: string): void => {
    if (objects[kind].delete(key)) changed(kind);
  };
  const set = (kind: Kind, object: Service | EndpointSlice | Node, key: string): void => {
    const map = objects[kind] as Map<string, typeof object>;
    const before = map.get(key);
    if (before && isSame(before, object)) return;
    map.set(key, object);
    changed(kind, object);
  };
  const read = (kind: Kind, value: unknown): void => {
    const key = keyOf(value);
    const { value: known, diagnostics } = readObserved(kind, value);
    if (diagnostics.length > 0) onInvalid(diagnostics);
    if (key === undefined) return;
    if (known) set(kind, known.object as Service, key);
    else drop(kind, key);
  };
  const keepOnly = (kind: Kind, keys: ReadonlySet<string | undefined>): void => {
    for (const key of objects[kind].keys()) if (!keys.has(key)) drop(kind, key);
  };

  return {
    put: read,
    remove: (kind, value) => drop(kind, keyOf(value) ?? ''),
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
    snapshot: () => ({
      ...NOTHING,
      services: unconflicted(objects.Service, conflicts, onInvalid),
      slices: [...objects.EndpointSlice.values()],
      nodes: [...objects.Node.values()],
    }),
    changes: () => changes,
    takeChanges: () => {
      const taken = changes;
      changes = NO_CHANGES;
      return taken;
    },
  };
}

const NO_CHANGES: Changes = { services: 0, slices: 0, nodes: 0, triggered: [] };

/** When the endpoint-slice controller saw what made it write the slice. */
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** A list of everything has one for each Service; the metric is about what comes after. */
const MOST_TRIGGERS = 1000;

/** Whether two objects say the same, wherever they were written. */
function isSame<T extends { readonly origin: unknown }>(a: T, b: T): boolean {
  return JSON.stringify({ ...a, origin: null }) === JSON.stringify({ ...b, origin: null });
}

/** The Services that have what they want; of two with one address the first by name, whichever came first. */
function unconflicted(
  services: ReadonlyMap<string, Service>,
  known: Set<string>,
  onInvalid: StoreOptions['onInvalid'],
): readonly Service[] {
  const claims = new Map();
  const sorted = [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
  return sorted.filter((service) => {
    const conflicts = claim(claims, service);
    const news = conflicts.filter(({ message }) => !known.has(message));
    for (const { message } of news) known.add(message);
    if (news.length > 0) onInvalid(news);
    return !hasErrors(conflicts);
  });
}
