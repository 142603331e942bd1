/**
 * complete, part: the IP families of the cluster, and of each Service, as the API server defaults them (KEP-563,
 * initIPFamilyFields in k/k pkg/registry/core/service/storage/alloc.go).
 */
import type { Cidr, Family } from '../ip.js';
import { compare } from '../order.js';
import {
  hasSelector,
  type IPFamily,
  type IPFamilyPolicy,
  ipFamilyOf,
  isHeadless,
  type Service,
  type ServiceCIDR,
  type Snapshot,
} from '../read/types.js';

/** The families that Services of the cluster may have, the primary one first. */
export type ClusterFamilies = readonly IPFamily[];

/** The API's name of a family. */
export const IP_FAMILY: Readonly<Record<Family, IPFamily>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

const BOTH: ClusterFamilies = ['IPv4', 'IPv6'];

/**
 * The cluster's families: those of --service-cidr, else of its ServiceCIDRs, else of its Nodes' podCIDRs in their
 * order, else both, IPv4 first.
 */
export function clusterFamilies(
  { serviceCIDRs: objects, nodes }: Snapshot,
  serviceCIDRs: readonly Cidr[],
): ClusterFamilies {
  const said = [
    serviceCIDRs.map(({ family }) => IP_FAMILY[family]),
    inOrder(objects).flatMap(({ cidrs }) => cidrs.map(ipFamilyOf)),
    primaryFirst(nodes.map(({ podCIDRs }) => podCIDRs.map(ipFamilyOf))),
  ];
  return distinct(said.find((families) => families.length > 0) ?? BOTH);
}

/** ServiceCIDRs in the order of allocation: `kubernetes`, made from kube-apiserver's flag, then by name (KEP-1880). */
export function inOrder(objects: readonly ServiceCIDR[]): readonly ServiceCIDR[] {
  const rank = ({ metadata: { name } }: ServiceCIDR) => (name === 'kubernetes' ? '' : name);
  return objects.toSorted((a, b) => compare(rank(a), rank(b)));
}

/** IPv6 is the primary family only when it is first on every Node; the order of the Nodes has no meaning. */
function primaryFirst(nodes: readonly (readonly IPFamily[])[]): readonly IPFamily[] {
  const all = nodes.flat();
  const firsts = nodes.flatMap((families) => families.slice(0, 1));
  return firsts.some((family) => family === 'IPv4') ? BOTH.filter((family) => all.includes(family)) : all;
}

/** The families of a Service's addresses and endpoints, the primary one first; none for an ExternalName. */
export function familiesOf(service: Service, cluster: ClusterFamilies): readonly IPFamily[] {
  const { type, ipFamilies, clusterIPs } = service.spec;
  if (type === 'ExternalName') return [];
  const given = distinct([...ipFamilies, ...clusterIPs.filter((ip) => ip !== 'None').map(ipFamilyOf)]);
  const families = given.length > 0 ? given : cluster.slice(0, 1);
  const policy = familyPolicyOf(service);
  if (families.length !== 1 || policy === 'SingleStack') return families;
  // An API server cannot know the endpoints of a headless Service without selector, so it allows both in any cluster.
  const both = policy === 'RequireDualStack' || cluster.length > 1 || isFree(service);
  return both ? distinct([...families, ...BOTH]) : families;
}

/** spec.ipFamilyPolicy, or its default. */
export function familyPolicyOf(service: Service): IPFamilyPolicy {
  const { ipFamilyPolicy, ipFamilies, clusterIPs } = service.spec;
  if (ipFamilyPolicy !== undefined) return ipFamilyPolicy;
  return ipFamilies.length > 1 || clusterIPs.length > 1 || isFree(service) ? 'RequireDualStack' : 'SingleStack';
}

function isFree(service: Service): boolean {
  return isHeadless(service) && !hasSelector(service);
}

function distinct(families: readonly IPFamily[]): readonly IPFamily[] {
  return [...new Set(families)];
}
