/**
 * complete, part of allocate: the cluster IPs that Services lack, one of each of their families.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { parseIp } from '../../ip.js';
import { type IPAddress, type IPFamily, keyOf, type Service, type Snapshot } from '../../read/types.js';
import { assign } from '../assign.js';
import { type ClusterFamilies, familiesOf, familyOf, isHeadless } from '../families.js';
import { addressAt, placeOf } from '../range.js';
import type { NamedRange, Ranges } from './ranges.js';
import { byName, exhausted, firstOf, type Holder, holderOf } from './words.js';

export interface GivenIP {
  readonly ip: string;
  readonly why: string;
}

/** What `namespace/name` gets of each family. */
export type GivenIPs = ReadonlyMap<string, Readonly<Partial<Record<IPFamily, GivenIP>>>>;

/** The missing cluster IPs of all Services. Errors: `family-missing`, `cluster-ips-exhausted`. */
export function missingClusterIPs(snapshot: Snapshot, ranges: Ranges): Checked<GivenIPs> {
  const given = new Map<string, Partial<Record<IPFamily, GivenIP>>>();
  const diagnostics: Diagnostic[] = [];
  for (const family of ['IPv4', 'IPv6'] as const) {
    const wanting = snapshot.services.filter((service) => lacks(service, family, ranges.families));
    if (wanting.length === 0) continue;
    if (!ranges.families.includes(family)) {
      diagnostics.push(...wanting.map((service) => familyMissing(service, family)));
      continue;
    }
    const found = placed(wanting, family, snapshot, ranges.byFamily[family]);
    diagnostics.push(...found.diagnostics);
    for (const [key, ip] of found.value) given.set(key, { ...given.get(key), [family]: ip });
  }
  return { value: given, diagnostics };
}

/** Whether a Service has cluster IPs at all, if it has been given any. */
export function hasClusterIPs(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && !isHeadless(service);
}

function lacks(service: Service, family: IPFamily, families: ClusterFamilies): boolean {
  if (!hasClusterIPs(service) || service.spec.clusterIPs.some((ip) => familyOf(ip) === family)) return false;
  return familiesOf(service, families).includes(family);
}

function familyMissing({ spec, origin }: Service, family: IPFamily): Diagnostic {
  const path = ['spec', spec.ipFamilies.includes(family) ? 'ipFamilies' : 'ipFamilyPolicy'];
  const message = `${origin.object} wants an ${family} cluster IP, and the cluster has no ${family} range of them`;
  const hint = 'name a range of both families with --service-cidr v4,v6, or let ipFamilyPolicy be PreferDualStack';
  return { code: 'family-missing', severity: 'error', message, origin: { ...origin, path }, hint };
}

/** An address of one family for each of `wanting`: first those that are spoken for, the others by name. */
function placed(
  wanting: readonly Service[],
  family: IPFamily,
  snapshot: Snapshot,
  ranges: readonly NamedRange[],
): Checked<ReadonlyMap<string, GivenIP>> {
  const taken = takenAddresses(snapshot, new Set(wanting.map(keyOf)));
  const given = new Map<string, GivenIP>();
  const give = (service: Service, found: GivenIP | undefined): void => {
    if (!found || given.has(keyOf(service)) || taken.has(found.ip)) return;
    given.set(keyOf(service), found);
    taken.set(found.ip, holderOf(service));
  };
  const known = knownAddresses(snapshot.ipAddresses, family);
  for (const service of wanting) give(service, known.get(keyOf(service)));
  for (const { service, place, why } of conventions(wanting)) give(service, conventional(ranges[0], place, why));

  const byKey = new Map<string, Service>(wanting.map((service) => [`${keyOf(service)} ${family}`, service]));
  let rest: readonly string[] = [...byKey].filter(([, service]) => !given.has(keyOf(service))).map(([key]) => key);
  for (const range of ranges) {
    const { places, left } = assign(rest, placesIn(range, taken.keys()), range);
    for (const [key, place] of places) {
      const service = byKey.get(key);
      if (service) give(service, { ip: addressAt(range, place), why: byName(place, range, range.name) });
    }
    rest = left;
  }
  const diagnostics = rest.length > 0 ? noneLeft(rest, byKey, ranges, taken) : [];
  return { value: given, diagnostics };
}

/** Addresses that have a holder: asked for by a Service, or given away by the cluster to somebody who is not `wanting`. */
function takenAddresses({ services, ipAddresses }: Snapshot, wanting: ReadonlySet<string>): Map<string, Holder> {
  const taken = new Map<string, Holder>();
  for (const { ip, parent, origin } of ipAddresses) {
    if (parent.resource === 'services' && wanting.has(`${parent.namespace}/${parent.name}`)) continue;
    taken.set(ip, { object: origin.object ?? `IPAddress ${ip}`, origin });
  }
  for (const service of services) {
    if (hasClusterIPs(service)) for (const ip of service.spec.clusterIPs) taken.set(ip, holderOf(service));
  }
  return taken;
}

/** What the cluster gave Services whose manifests do not say it (KEP-1880). */
function knownAddresses(ipAddresses: readonly IPAddress[], family: IPFamily): ReadonlyMap<string, GivenIP> {
  const own = ipAddresses.filter(({ ip, parent }) => parent.resource === 'services' && familyOf(ip) === family);
  const sorted = own.toSorted((a, b) => (a.ip < b.ip ? 1 : -1));
  // The last entry of a key stands, which is the one of the least address.
  return new Map(
    sorted.map(({ ip, parent }) => [`${parent.namespace}/${parent.name}`, { ip, why: `as IPAddress ${ip} has it` }]),
  );
}

interface Convention {
  readonly service: Service;
  readonly place: number;
  readonly why: string;
}

/** The control plane gives itself the first address; kubeadm, and what is made like it, gives the cluster's DNS the tenth. */
function conventions(wanting: readonly Service[]): readonly Convention[] {
  const api = wanting.filter((service) => keyOf(service) === 'default/kubernetes');
  const dns = wanting.filter(({ metadata }) => metadata.namespace === 'kube-system' && isDns(metadata));
  const rank = ({ metadata: { name } }: Service) => (name === 'kube-dns' ? '' : name);
  const [first] = dns.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return [
    ...api.map((service) => ({ service, place: 0, why: 'the first, as default/kubernetes always has' })),
    ...(first ? [{ service: first, place: 9, why: 'the tenth, as kubeadm gives it to the cluster DNS' }] : []),
  ];
}

function isDns({ name, labels }: Service['metadata']): boolean {
  return name === 'kube-dns' || labels['k8s-app'] === 'kube-dns';
}

function conventional(range: NamedRange | undefined, place: number, why: string): GivenIP | undefined {
  return range && place < range.size ? { ip: addressAt(range, place), why: `${why}, of ${range.name}` } : undefined;
}

function placesIn(range: NamedRange, addresses: Iterable<string>): ReadonlySet<number> {
  const places = new Set<number>();
  for (const text of addresses) {
    const ip = parseIp(text);
    const place = ip && placeOf(range, ip);
    if (place !== undefined) places.add(place);
  }
  return places;
}

function noneLeft(
  keys: readonly string[],
  byKey: ReadonlyMap<string, Service>,
  ranges: readonly NamedRange[],
  taken: ReadonlyMap<string, Holder>,
): readonly Diagnostic[] {
  const inside = [...taken].filter(([ip]) => ranges.some((range) => placesIn(range, [ip]).size > 0));
  const claimant = firstOf(inside.map(([, holder]) => holder));
  const size = ranges.reduce((sum, range) => sum + range.size, 0);
  const names = ranges.map(({ name }) => name).join(', ');
  const all = size === 0 ? `${names} has no address for a Service` : `all ${size} addresses of ${names} are taken`;
  return keys.flatMap((key) => {
    const service = byKey.get(key);
    if (!service) return [];
    const origin = { ...service.origin, path: ['metadata', 'name'] };
    const message = `${origin.object} gets no cluster IP: ${all}`;
    return [exhausted('cluster-ips-exhausted', message, origin, claimant)];
  });
}
