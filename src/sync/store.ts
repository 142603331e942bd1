/**
 * Store: the objects of the cluster as they are now. An object that comes again unchanged stays the very same, so that
 * what was made of it stays as well; one with errors is left out and reported once.
 */
import type { Diagnostic } from '../diag.js';
import { claim } from '../read/claims.js';
import { keyOf, readObserved } from '../read/observed.js';
import {
  type EndpointSlice,
  NOTHING,
  type Node,
  SERVICE_NAME_LABEL,
  type Service,
  type Snapshot,
} from '../read/types.js';

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
  /** The Services that changed, or whose endpoints did, as `default/web`. */
  readonly names: ReadonlySet<string>;
  /** When the endpoints that changed did so, as their controller says, in seconds since 1970. */
  readonly triggered: readonly number[];
}

export interface StoreOptions {
  /** Told of every change, at once. */
  readonly onChange: () => void;
  /** Told all that is wrong with an object now, or with all of them together; nothing when that is over. */
  readonly onInvalid: (diagnostics: readonly Diagnostic[], about: string) => void;
}

type Stored = Service | EndpointSlice | Node;

type Objects = { readonly [K in Kind]: Map<string, Snapshot[(typeof LISTS)[K]][number]> };

/** An empty store. */
export function newStore({ onChange, onInvalid }: StoreOptions): Store {
  const objects: Objects = { Service: new Map(), EndpointSlice: new Map(), Node: new Map() };
  const invalid: { readonly [K in Kind]: Set<string> } = {
    Service: new Set(),
    EndpointSlice: new Set(),
    Node: new Set(),
  };
  let conflicts = '';
  let changes = NO_CHANGES;
  let names = new Set<string>();
  let made: Snapshot | undefined;

  const changed = (kind: Kind, before: Stored | undefined, object?: Stored): void => {
    made = undefined;
    const trigger = Date.parse(object?.metadata.annotations[TRIGGER] ?? '') / 1000;
    for (const each of [before, object]) {
      const name = each && serviceOf(kind, each);
      if (name !== undefined) names.add(name);
    }
    changes = {
      names,
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
  /** Whether an object has errors, and which; those of one without a name are told as well. */
  const judge = (kind: Kind, key: string | undefined, diagnostics: readonly Diagnostic[]): void => {
    const was = key !== undefined && invalid[kind].delete(key);
    if (diagnostics.length > 0 && key !== undefined) invalid[kind].add(key);
    if (was || diagnostics.length > 0) onInvalid(diagnostics, `${kind} ${key ?? ''}`);
  };
  const read = (kind: Kind, value: unknown): void => {
    const key = keyOf(value);
    const { value: known, diagnostics } = readObserved(kind, value);
    judge(kind, key, diagnostics);
    if (key === undefined) return;
    if (known) set(kind, known.object as Service, key);
    else drop(kind, key);
  };
  const keepOnly = (kind: Kind, keys: ReadonlySet<string | undefined>): void => {
    for (const key of objects[kind].keys()) if (!keys.has(key)) drop(kind, key);
    for (const key of [...invalid[kind]]) if (!keys.has(key)) judge(kind, key, []);
  };
  const snapshot = (): Snapshot => {
    const services = unconflicted(objects.Service);
    const told = JSON.stringify(services.conflicts.map(({ message }) => message));
    if (told !== conflicts && (conflicts !== '' || services.conflicts.length > 0)) {
      onInvalid(services.conflicts, 'conflicts');
      conflicts = told;
    }
    return {
      ...NOTHING,
      services: services.kept,
      slices: [...objects.EndpointSlice.values()],
      nodes: [...objects.Node.values()],
    };
  };

  return {
    put: read,
    remove: (kind, value) => {
      const key = keyOf(value) ?? '';
      judge(kind, key, []);
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
    changes: () => changes,
    takeChanges: () => {
      const taken = changes;
      changes = NO_CHANGES;
      names = new Set();
      return taken;
    },
  };
}

const NO_CHANGES: Changes = { services: 0, slices: 0, nodes: 0, names: new Set(), triggered: [] };

/** The Service that an object is, or has endpoints of. */
function serviceOf(kind: Kind, { metadata: { namespace, name, labels } }: Stored): string | undefined {
  const service = kind === 'Service' ? name : kind === 'EndpointSlice' ? labels[SERVICE_NAME_LABEL] : undefined;
  return service === undefined ? undefined : `${namespace}/${service}`;
}

/** When the endpoint-slice controller saw what made it write the slice. */
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** A list of everything has one for each Service; the metric is about what comes after. */
const MOST_TRIGGERS = 1000;

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
    return found.length === 0;
  });
  return { kept, conflicts };
}
