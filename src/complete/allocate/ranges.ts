/**
 * complete, part of allocate: the ranges of cluster IPs and node ports.
 */
import type { Origin } from '../../diag.js';
import { type Cidr, parseCidr } from '../../ip.js';
import type { IPFamily, Snapshot } from '../../read/types.js';
import type { PortRange } from '../completion.js';
import { type ClusterFamilies, clusterFamilies, IP_FAMILY, inOrder } from '../families.js';
import { type AddressRange, type Range, serviceRange } from '../range.js';

export interface Ranges {
  readonly families: ClusterFamilies;
  /** In the order in which addresses are allocated from them. */
  readonly byFamily: Readonly<Record<IPFamily, readonly NamedRange[]>>;
  /** Whether they come from --service-cidr or ServiceCIDRs; else they are the defaults of kubeadm and kind. */
  readonly known: boolean;
}

export interface NamedRange extends AddressRange {
  /** `10.96.0.0/12`, or `10.96.0.0/12 of ServiceCIDR kubernetes`. */
  readonly name: string;
  /** The ServiceCIDR of the range. */
  readonly origin?: Origin;
}

/** kubeadm's default networking.serviceSubnet, and a similar network for IPv6. */
const DEFAULTS: Readonly<Record<IPFamily, string>> = { IPv4: '10.96.0.0/12', IPv6: 'fd00:10:96::/112' };

/** The ranges of --service-cidr, else of the ServiceCIDR objects, else the defaults of the cluster's families. */
export function rangesOf(snapshot: Snapshot, serviceCIDRs: readonly Cidr[]): Ranges {
  const families = clusterFamilies(snapshot, serviceCIDRs);
  const said = serviceCIDRs.length > 0 ? serviceCIDRs.map((cidr) => named(cidr)) : objectRanges(snapshot);
  const known = said.length > 0;
  const all = known ? said : families.flatMap((family) => parse(DEFAULTS[family]).map((cidr) => named(cidr)));
  const of = (family: IPFamily) => all.filter(({ cidr }) => IP_FAMILY[cidr.family] === family);
  return { families, known, byFamily: { IPv4: of('IPv4'), IPv6: of('IPv6') } };
}

function objectRanges({ serviceCIDRs }: Snapshot): readonly NamedRange[] {
  return inOrder(serviceCIDRs).flatMap(({ cidrs, metadata, origin }) =>
    cidrs
      .flatMap(parse)
      .map((cidr) => ({ ...named(cidr), name: `${cidr.text} of ServiceCIDR ${metadata.name}`, origin })),
  );
}

function parse(text: string): readonly Cidr[] {
  const cidr = parseCidr(text);
  return cidr ? [cidr] : [];
}

function named(cidr: Cidr): NamedRange {
  return { ...serviceRange(cidr), name: cidr.text };
}

/** The node ports of a range; the first min(max(16, size/32), 128) are KEP-3668's static band, if it has 16 or more. */
export function nodePortRange({ first, last }: PortRange): Range {
  const size = last - first + 1;
  return { size, reserved: size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128) };
}
