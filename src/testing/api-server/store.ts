/**
 * The test API server's store: objects, a version that grows with each change, and a log of the last changes.
 */
export type StoredKind =
  | 'Service'
  | 'EndpointSlice'
  | 'Node'
  | 'Pod'
  | 'ReplicationController'
  | 'Deployment'
  | 'ReplicaSet'
  | 'StatefulSet'
  | 'Namespace'
  | 'Ingress'
  | 'ServiceCIDR';

export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: StoredKind;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

/** A change of an object: added without `before`, deleted without `after`. */
export interface Change {
  readonly version: number;
  readonly kind: StoredKind;
  readonly before?: StoredObject | undefined;
  readonly after?: StoredObject | undefined;
  /** The object in a DELETED event: its last state, with the version of the deletion. */
  readonly last: StoredObject;
}

export interface Store {
  version(): number;
  /** All of a kind, by namespace and name. */
  list(kind: StoredKind): readonly StoredObject[];
  get(kind: StoredKind, namespace: string, name: string): StoredObject | undefined;
  put(object: unknown): StoredObject;
  remove(kind: StoredKind, namespace: string, name: string): boolean;
  /** The changes after a version, or undefined when some of them were forgotten. */
  since(version: number): readonly Change[] | undefined;
  /** Forgets all changes. */
  expire(): void;
  /** Goes back to an older version number. */
  rewind(version: number): void;
  /** Saves objects and version; the returned function restores them. */
  backup(): () => void;
}

/** An empty store that remembers `history` changes. It calls `onChange` after each. */
export function newStore(history: number, onChange: () => void): Store {
  const objects = new Map<string, StoredObject>();
  const log = newLog(history);
  let version = 1;

  const record = (change: Omit<Change, 'version'>): void => {
    log.add({ ...change, version });
    onChange();
  };
  const rewind = (to: number): void => {
    version = to;
    log.forget(to);
  };
  return {
    version: () => version,
    list: (kind) => sorted(objects).filter((object) => object.kind === kind),
    get: (kind, namespace, name) => objects.get(keyOf(kind, namespace, name)),
    put: (given) => {
      const { kind, metadata, ...rest } = structuredClone(given) as StoredObject;
      const space = spaceOf(kind, metadata.namespace);
      const key = keyOf(kind, space.namespace ?? '', metadata.name);
      const before = objects.get(key);
      version++;
      const { uid, creationTimestamp } = before?.metadata ?? CREATED(version);
      const after = {
        ...rest,
        kind,
        metadata: { uid, creationTimestamp, ...metadata, ...space, resourceVersion: `${version}` },
      };
      objects.set(key, after);
      record({ kind, before, after, last: after });
      return after;
    },
    remove: (kind, namespace, name) => {
      const before = objects.get(keyOf(kind, namespace, name));
      if (!before) return false;
      objects.delete(keyOf(kind, namespace, name));
      version++;
      record({ kind, before, last: withVersion(before, version) });
      return true;
    },
    since: log.since,
    expire: () => log.forget(version),
    rewind,
    backup: () => {
      const [then, at] = [[...objects], version];
      return () => {
        objects.clear();
        for (const [key, object] of then) objects.set(key, object);
        rewind(at);
      };
    },
  };
}

function sorted(objects: ReadonlyMap<string, StoredObject>): readonly StoredObject[] {
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** A log of the last changes: `history` of them, or a few more. */
function newLog(history: number) {
  let log: Change[] = [];
  /** The last version whose changes were forgotten. */
  let forgotten = 1;
  return {
    add: (change: Change): void => {
      log.push(change);
      if (log.length <= 2 * history) return;
      forgotten = log[log.length - history - 1]?.version ?? forgotten;
      log = log.slice(-history);
    },
    /** The changes after a version; undefined when some of them were forgotten. */
    since: (from: number) => (from < forgotten ? undefined : log.slice(firstAfter(log, from))),
    /** Forgets all changes up to a version. */
    forget: (version: number): void => {
      log = [];
      forgotten = version;
    },
  };
}

function keyOf(kind: StoredKind, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function spaceOf(kind: StoredKind, namespace = 'default'): { readonly namespace?: string } {
  return ['Node', 'Namespace', 'ServiceCIDR'].includes(kind) ? {} : { namespace };
}

const CREATED = (version: number) => ({
  uid: `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`,
  creationTimestamp: '2026-01-01T00:00:00Z',
});

/** The same object at another version. */
export function withVersion(object: StoredObject, version: number): StoredObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
}

/** The index in the log of the first change after a version; the log is sorted. */
function firstAfter(log: readonly Change[], version: number): number {
  let from = 0;
  let to = log.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((log[middle]?.version ?? 0) <= version) from = middle + 1;
    else to = middle;
  }
  return from;
}
