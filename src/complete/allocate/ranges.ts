/**
 * complete, part of allocate: where cluster IPs come from, and node ports.
 */
import type { Origin } from '../../diag.js';
import { type Cidr, parseCidr } from '../../ip.js';
import type { IPFamily, Snapshot } from '../../read/types.js';
import type { PortRange } from '../completion.js';
import { type ClusterFamilies, clusterFamilies, IP_FAMILY, inOrder } from '../families.js';
import { type AddressRange, type Range, serviceRange } from '../range.js';

export interface Ranges {
  readonly families: ClusterFamilies;
  /** In the order in which they are used up. */
  readonly byFamily: Readonly<Record<IPFamily, readonly NamedRange[]>>;
  /** Somebody said them; else they are what kubeadm and kind take. */
  readonly known: boolean;
}

export interface NamedRange extends AddressRange {
  /** `10.96.0.0/12`, or `10.96.0.0/12 of ServiceCIDR kubernetes`. */
  readonly name: string;
  /** Of the ServiceCIDR. */
  readonly origin?: Origin;
}

/** kubeadm's networking.serviceSubnet, and its neighbour in IPv6. */
const DEFAULTS: Readonly<Record<IPFamily, string>> = { IPv4: '10.96.0.0/12', IPv6: 'fd00:10:96::/112' };

/** The ranges of --service-cidr, else of the ServiceCIDR objects, else the usual ones of the cluster's families. */
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

/** The node ports of a range; the first min(max(16, size/32), 128) are the static band of KEP-3668, if there are 16. */
export function nodePortRange({ first, last }: PortRange): Range {
  const size = last - first + 1;
  return { size, reserved: size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128) };
}
