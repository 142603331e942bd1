/**
 * rows: a snapshot and its diagnostics → one row for each Service of the list, with what it can be searched and
 * filtered by. In one pass over the cluster, because a list of ten thousand must be there at once.
 */
import type { Diagnostic } from '../diag.js';
import {
  ipFamilyOf,
  isHeadless,
  keyOf,
  type Service,
  type ServiceType,
  type Snapshot,
  serviceOf,
} from '../read/types.js';

/**
 * `broken`: no endpoint takes connections, or an error; `suspect`: a warning, or only endpoints that end; `fine`: nothing
 * is known against it.
 */
export type State = 'broken' | 'suspect' | 'fine';

export interface Row {
  /** `default/web` */
  readonly key: string;
  readonly service: Service;
  readonly type: ServiceType | 'headless';
  readonly families: readonly ('IPv4' | 'IPv6')[];
  /** Cluster IPs, then other addresses; the target of an ExternalName. */
  readonly addresses: readonly string[];
  /** `80/TCP` */
  readonly ports: readonly string[];
  readonly ready: number;
  readonly total: number;
  readonly state: State;
  /** Warnings and errors. */
  readonly problems: number;
  /** Effects of the change, or lines of drift. */
  readonly changes: number;
  /** In lower case. */
  readonly text: string;
}

/** `changed`: how much there is to tell of a ServicePort's change, by the key of its Service. */
export function rowsOf(
  snapshot: Snapshot,
  said: readonly Diagnostic[],
  changed: ReadonlyMap<string, number> = new Map(),
): readonly Row[] {
  const endpoints = endpointsByService(snapshot);
  const problems = problemsByObject(said);
  return snapshot.services
    .map((service) => {
      const key = keyOf(service);
      return rowOf(service, endpoints.get(key), problems.get(service.origin.object ?? ''), changed.get(key));
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** How many there are: a pod of both families has an address of each, and is in slices of each. */
interface Endpoints {
  readonly ready: number;
  /** They serve while they end, and get connections where none is ready (KEP-1669). */
  readonly draining: number;
  readonly all: number;
}

type Addresses = { readonly [K in keyof Endpoints]: Set<string> };

function endpointsByService({ slices }: Snapshot): ReadonlyMap<string, Endpoints> {
  const found = new Map<string, Map<string, Addresses>>();
  for (const slice of slices) {
    const key = serviceOf(slice);
    if (key === undefined) continue;
    const families = found.get(key) ?? new Map<string, Addresses>();
    found.set(key, families);
    const known = families.get(slice.addressType) ?? { ready: new Set(), draining: new Set(), all: new Set() };
    families.set(slice.addressType, known);
    for (const { addresses, conditions } of slice.endpoints) {
      const [address = ''] = addresses;
      const { ready = true, serving = true, terminating = false } = conditions;
      known.all.add(address);
      if (ready) known.ready.add(address);
      else if (serving && terminating) known.draining.add(address);
    }
  }
  return new Map([...found].map(([key, families]) => [key, countOf([...families.values()])]));
}

/** Of the family that has most. */
function countOf(families: readonly Addresses[]): Endpoints {
  const most = (of: keyof Endpoints) => Math.max(0, ...families.map((each) => each[of].size));
  return { ready: most('ready'), draining: most('draining'), all: most('all') };
}

interface Problems {
  readonly warnings: number;
  readonly errors: number;
}

const NONE: Problems = { warnings: 0, errors: 0 };

function problemsByObject(said: readonly Diagnostic[]): ReadonlyMap<string, Problems> {
  const found = new Map<string, Problems>();
  for (const { severity, origin, related, synthetic } of said) {
    if (severity === 'note' || synthetic) continue;
    for (const object of new Set([origin?.object, related?.origin.object])) {
      if (object === undefined) continue;
      const { warnings, errors } = found.get(object) ?? NONE;
      found.set(object, severity === 'error' ? { warnings, errors: errors + 1 } : { warnings: warnings + 1, errors });
    }
  }
  return found;
}

const NO_ENDPOINTS: Endpoints = { ready: 0, draining: 0, all: 0 };

function rowOf(
  service: Service,
  endpoints: Endpoints = NO_ENDPOINTS,
  { warnings, errors }: Problems = NONE,
  changes = 0,
): Row {
  const { spec, status, metadata } = service;
  const key = keyOf(service);
  const headless = isHeadless(service);
  const type = headless && spec.type === 'ClusterIP' ? 'headless' : spec.type;
  const { ready, all: total, draining } = endpoints;
  const balancers = status.loadBalancer.ingress.map(({ ip, hostname = '' }) => ip ?? hostname);
  const own = spec.type === 'ExternalName' ? [spec.externalName] : spec.clusterIPs.filter((ip) => ip !== 'None');
  const addresses = [...own, ...spec.externalIPs, ...balancers].filter((text) => text !== '');
  const ports = spec.ports.map(
    ({ port, protocol, nodePort }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
  );
  const named =
    spec.ipFamilies.length > 0 ? spec.ipFamilies : spec.clusterIPs.filter((ip) => ip !== 'None').map(ipFamilyOf);
  // The cluster's DNS, which is all of a headless Service, has ready endpoints only.
  const drains = !headless && ready === 0 && draining > 0;
  const serves = spec.type === 'ExternalName' || ready > 0 || drains;
  return {
    key,
    service,
    type,
    families: [...new Set(named)],
    addresses,
    ports,
    ready,
    total,
    state: !serves || errors > 0 ? 'broken' : warnings > 0 || drains ? 'suspect' : 'fine',
    problems: warnings + errors,
    changes,
    text: [key, type, ...addresses, ...ports, ...spec.ports.map(({ name }) => name), ...labels(metadata.labels)]
      .join(' ')
      .toLowerCase(),
  };
}

function labels(all: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

/** What the list is narrowed to; `''` and `false` are no filter. */
export interface Filter {
  readonly search: string;
  readonly namespace: string;
  readonly type: string;
  readonly family: string;
  readonly state: '' | 'problems' | 'changed';
}

export const NO_FILTER: Filter = { search: '', namespace: '', type: '', family: '', state: '' };

/** The rows that fit; every word of the search must occur. */
export function filtered(rows: readonly Row[], { search, namespace, type, family, state }: Filter): readonly Row[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter(
    (row) =>
      (namespace === '' || row.service.metadata.namespace === namespace) &&
      (type === '' || row.type === type) &&
      (family === '' || row.families.includes(family as 'IPv4')) &&
      (state === '' || (state === 'changed' ? row.changes > 0 : row.state !== 'fine' || row.problems > 0)) &&
      words.every((word) => row.text.includes(word)),
  );
}
