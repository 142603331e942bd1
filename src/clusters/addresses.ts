/**
 * clusters, part: ClusterSetIPs. In: Services of the clusterset, some with the addresses of a ServiceImport. Out: the
 * same Services with an address of each family; addresses that are not in the input are marked as allocated.
 */
import { assign } from '../complete/assign.js';
import { type AddressRange, addressAt, placeOf, serviceRange } from '../complete/range.js';
import type { Checked, Diagnostic } from '../diag.js';
import { type Cidr, parseCidr, parseIp } from '../ip.js';
import type { IPFamily, Snapshot } from '../read/types.js';
import type { ClustersetService } from './imports.js';

/**
 * The default ranges of ClusterSetIPs; the API leaves them to implementations. They do not overlap kubeadm's default
 * for Services (10.96.0.0/12) or the usual pod networks.
 */
export const CLUSTERSET_CIDRS: readonly Cidr[] = ['10.112.0.0/12', 'fd00:10:112::/112'].flatMap(
  (text) => parseCidr(text) ?? [],
);

const FAMILY = { IPv4: 'ipv4', IPv6: 'ipv6' } as const;

/**
 * `services` with their addresses. A name gets the same address in every cluster, because addresses that any cluster
 * uses are excluded. (KEP-1645 allows one address for all clusters or one per cluster.)
 */
export function withAddresses(
  services: readonly ClustersetService[],
  snapshots: readonly Snapshot[],
  cidrs: readonly Cidr[],
): Checked<readonly ClustersetService[]> {
  const wanting = services.filter(({ type, ips }) => type === 'ClusterSetIP' && ips.length === 0);
  const used = usedAddresses(snapshots);
  const given = new Map<string, string[]>();
  const diagnostics: Diagnostic[] = [];
  for (const family of ['IPv4', 'IPv6'] as const) {
    const wanted = wanting.filter(({ families }) => families.includes(family));
    const { value, left } = allocate(wanted.map(keyOf), used, rangeOf(cidrs, family));
    for (const [key, ip] of value) given.set(key, [...(given.get(key) ?? []), ip]);
    const without = wanted.filter((service) => left.includes(keyOf(service)));
    diagnostics.push(...without.map((service) => noAddress(service, family)));
  }
  const value = services.map((service) => addressed(service, given.get(keyOf(service)) ?? []));
  return { value, diagnostics: [...diagnostics, ...value.flatMap(note)] };
}

/** `service` with `ips` in the order of its families. */
function addressed(service: ClustersetService, ips: readonly string[]): ClustersetService {
  if (ips.length === 0) return service;
  const ordered = service.families.flatMap((family) => ips.filter((ip) => ip.includes(':') === (family === 'IPv6')));
  return { ...service, ips: ordered, allocated: ordered };
}

function rangeOf(cidrs: readonly Cidr[], family: IPFamily): AddressRange | undefined {
  const cidr = cidrs.find((each) => each.family === FAMILY[family]);
  return cidr && serviceRange(cidr);
}

function allocate(
  keys: readonly string[],
  used: readonly string[],
  range: AddressRange | undefined,
): { readonly value: ReadonlyMap<string, string>; readonly left: readonly string[] } {
  if (!range) return { value: new Map(), left: keys };
  const taken = new Set(
    used.flatMap((text) => {
      const ip = parseIp(text);
      return (ip && placeOf(range, ip)) ?? [];
    }),
  );
  const { places, left } = assign(keys, taken, range);
  return { value: new Map([...places].map(([key, place]) => [key, addressAt(range, place)])), left };
}

/** Every address of a Service or ServiceImport in any cluster. */
function usedAddresses(snapshots: readonly Snapshot[]): readonly string[] {
  return snapshots.flatMap(({ services, imports }) => [
    ...services.flatMap(({ spec, status }) => [
      ...spec.clusterIPs,
      ...spec.externalIPs,
      ...status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []),
    ]),
    ...imports.flatMap(({ spec }) => spec.ips),
  ]);
}

function keyOf({ namespace, name }: ClustersetService): string {
  return `${namespace}/${name}`;
}

function noAddress(service: ClustersetService, family: IPFamily): Diagnostic {
  return {
    code: 'mcs-no-address',
    severity: 'error',
    message: `needs an ${family} ClusterSetIP, and none is left`,
    origin: service.origin,
    hint: '--clusterset-cidr sets a larger network, or with v4,v6 one of each family',
  };
}

function note(service: ClustersetService): readonly Diagnostic[] {
  if (service.allocated.length === 0) return [];
  const message = `its ClusterSetIP is synthetic: ${service.allocated.join(' and ')}`;
  const hint = 'a ServiceImport with spec.ips in the snapshot of the cluster gives the real one';
  return [{ code: 'mcs-allocated', severity: 'note', message, origin: service.origin, hint, synthetic: true }];
}
