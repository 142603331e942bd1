/**
 * complete, part of allocate: the cluster IPs that Services lack, one of each of their families.
 */
import type { Checked, Diagnostic } from '../../diag.js';
import { parseIp } from '../../ip.js';
import {
  type IPAddress,
  type IPFamily,
  ipFamilyOf,
  isHeadless,
  keyOf,
  type Service,
  type Snapshot,
} from '../../read/types.js';
import { assign } from '../assign.js';
import { type ClusterFamilies, familiesOf } from '../families.js';
import { addressAt, placeOf } from '../range.js';
import type { NamedRange, Ranges } from './ranges.js';
import { byName, exhausted, firstBut, firstTwo, type Holder } from './words.js';

export interface GivenIP {
  readonly ip: string;
  readonly why: string;
  /** The address is in the input, in an IPAddress object. */
  readonly real?: true;
}

/** The address of each family that a Service gets. */
export type GivenIPs = ReadonlyMap<Service, Readonly<Partial<Record<IPFamily, GivenIP>>>>;

/** The missing cluster IPs of all Services. Errors: `family-missing`, `cluster-ips-exhausted`. */
export function missingClusterIPs(snapshot: Snapshot, ranges: Ranges): Checked<GivenIPs> {
  const given = new Map<Service, Partial<Record<IPFamily, GivenIP>>>();
  const diagnostics: Diagnostic[] = [];
  const { wanting, asked } = needsOf(snapshot.services, ranges.families);
  for (const family of ['IPv4', 'IPv6'] as const) {
    if (wanting[family].length === 0) continue;
    if (!ranges.families.includes(family)) {
      diagnostics.push(...wanting[family].map((service) => familyMissing(service, family)));
      continue;
    }
    const found = placed(wanting[family], family, { ...ranges, asked, ipAddresses: snapshot.ipAddresses });
    diagnostics.push(...found.diagnostics);
    for (const [service, ip] of found.value) {
      const own = given.get(service);
      if (own) own[family] = ip;
      else given.set(service, { [family]: ip });
    }
  }
  return { value: given, diagnostics };
}

interface Needs {
  readonly wanting: Readonly<Record<IPFamily, readonly Service[]>>;
  /** The addresses that Services ask for. */
  readonly asked: ReadonlyMap<string, Service>;
}

/** Both in one pass over the Services: there are thousands. */
function needsOf(services: readonly Service[], families: ClusterFamilies): Needs {
  const wanting: Record<IPFamily, Service[]> = { IPv4: [], IPv6: [] };
  const asked = new Map<string, Service>();
  for (const service of services) {
    if (!hasClusterIPs(service)) continue;
    const { clusterIPs } = service.spec;
    for (const ip of clusterIPs) asked.set(ip, service);
    for (const family of familiesOf(service, families)) {
      if (!clusterIPs.some((ip) => ipFamilyOf(ip) === family)) wanting[family].push(service);
    }
  }
  return { wanting, asked };
}

/** Whether a Service is of a kind that has cluster IPs. */
export function hasClusterIPs(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && !isHeadless(service);
}

function familyMissing({ spec, origin }: Service, family: IPFamily): Diagnostic {
  const path = ['spec', spec.ipFamilies.includes(family) ? 'ipFamilies' : 'ipFamilyPolicy'];
  const message = `${origin.object} wants an ${family} cluster IP, and the cluster has no ${family} range of them`;
  const hint = 'name a range of both families with --service-cidr v4,v6, or let ipFamilyPolicy be PreferDualStack';
  return { code: 'family-missing', severity: 'error', message, origin: { ...origin, path }, hint };
}

/** An address of one family for each of `wanting`: first known and conventional addresses, the others by name. */
function placed(
  wanting: readonly Service[],
  family: IPFamily,
  { asked, ipAddresses, byFamily }: Pick<Needs, 'asked'> & Pick<Snapshot, 'ipAddresses'> & Pick<Ranges, 'byFamily'>,
): Checked<ReadonlyMap<Service, GivenIP>> {
  const ranges = byFamily[family];
  const taken = new Map<string, Holder>([...givenAway(ipAddresses, wanting), ...asked]);
  const given = new Map<Service, GivenIP>();
  const give = (service: Service, found: GivenIP | undefined): void => {
    if (!found || given.has(service) || taken.has(found.ip)) return;
    given.set(service, found);
    taken.set(found.ip, service);
  };
  const known = knownAddresses(ipAddresses, family);
  if (known.size > 0) for (const service of wanting) give(service, known.get(keyOf(service)));
  for (const { service, place, why } of conventions(wanting)) give(service, conventional(ranges[0], place, why));

  let rest = wanting.filter((service) => !given.has(service));
  for (const range of ranges) {
    const keys = rest.map((service) => `${keyOf(service)} ${family}`);
    const { places, left } = assign(keys, placesIn(range, taken.keys()), range);
    for (const [i, service] of rest.entries()) {
      const place = places.get(keys[i] ?? '');
      if (place === undefined) continue;
      given.set(service, { ip: addressAt(range, place), why: byName(place, range, range.name) });
    }
    if (left.length === 0) return { value: given, diagnostics: [] };
    // Ranges may overlap.
    for (const [service, { ip }] of given) taken.set(ip, service);
    rest = rest.filter((service) => !given.has(service));
  }
  return { value: given, diagnostics: rest.length > 0 ? noneLeft(rest, ranges, taken) : [] };
}

/** The addresses that the cluster allocated to objects that are not in `wanting`. */
function givenAway(ipAddresses: readonly IPAddress[], wanting: readonly Service[]): readonly [string, Holder][] {
  if (ipAddresses.length === 0) return [];
  const own = new Set(wanting.map(keyOf));
  return ipAddresses
    .filter(({ parent: { resource, namespace, name } }) => resource !== 'services' || !own.has(`${namespace}/${name}`))
    .map((address) => [address.ip, address]);
}

/** The addresses that the cluster allocated to Services whose manifests leave them out (KEP-1880). */
function knownAddresses(ipAddresses: readonly IPAddress[], family: IPFamily): ReadonlyMap<string, GivenIP> {
  const own = ipAddresses.filter(({ ip, parent }) => parent.resource === 'services' && ipFamilyOf(ip) === family);
  const sorted = own.toSorted((a, b) => (a.ip < b.ip ? 1 : -1));
  // A Map keeps the last entry of a key: here the lowest address.
  return new Map(
    sorted.map(({ ip, parent }) => [
      `${parent.namespace}/${parent.name}`,
      { ip, why: `as IPAddress ${ip} has it`, real: true },
    ]),
  );
}

interface Convention {
  readonly service: Service;
  readonly place: number;
  readonly why: string;
}

/**
 * The control plane takes the first address for itself; kubeadm and similar tools give the tenth to the cluster DNS.
 */
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
  services: readonly Service[],
  ranges: readonly NamedRange[],
  taken: ReadonlyMap<string, Holder>,
): readonly Diagnostic[] {
  const inside = [...taken].filter(([ip]) => ranges.some((range) => placesIn(range, [ip]).size > 0));
  const claimants = firstTwo(inside.map(([, holder]) => holder));
  const size = ranges.reduce((sum, range) => sum + range.size, 0);
  const names = ranges.map(({ name }) => name).join(', ');
  const all = size === 0 ? `${names} has no address for a Service` : `all ${size} addresses of ${names} are taken`;
  return services.map((service) => {
    const origin = { ...service.origin, path: ['metadata', 'name'] };
    const message = `${origin.object} gets no cluster IP: ${all}`;
    return exhausted('cluster-ips-exhausted', message, origin, firstBut(service, claimants));
  });
}
