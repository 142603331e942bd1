/**
 * complete, part: simulated Nodes for a snapshot without Nodes, and the pod networks of Nodes.
 */
import { type Cidr, FAMILIES, type Family, ipOf, parseCidr } from '../ip.js';
import { type Node, REGION_LABEL, ZONE_LABEL } from '../read/types.js';
import { assign } from './assign.js';
import { type AddressRange, addressAt, podRange, serviceRange } from './range.js';
import type { RoleLabel } from './roles.js';

/** The number of a cluster among several, so that each simulates different addresses. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

export const ONLY: Part = { index: 0, of: 1 };

/** Private networks (RFC 1918, RFC 4193) outside the defaults of kubeadm and kind for Services and pods. */
const PODS: Readonly<Record<Family, string>> = { ipv4: '10.128.0.0/9', ipv6: 'fd00:10:80::/41' };
const NODES: Readonly<Record<Family, string>> = { ipv4: '172.16.0.0/12', ipv6: 'fd00:172:16::/56' };

/** Kubernetes gives every Node a /64 of IPv6; a /16 of IPv4 is enough for any Node. */
const NODE_PREFIX = { ipv4: { largest: 16, smallest: 24 }, ipv6: { largest: 64, smallest: 64 } } as const;

const ZONES = 3;

const NO_ORIGIN = { source: { name: '--nodes', text: '' }, document: 0, base: [], path: [] };

/** The labels that kubelet and cloud providers set on every Node, under their current and their old names. */
const LABELS = {
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'beta.kubernetes.io/arch': 'amd64',
  'node.kubernetes.io/instance-type': 'synthetic',
  'beta.kubernetes.io/instance-type': 'synthetic',
};

/**
 * `count` Nodes, in three zones in turn, with pod networks of both families: first those in `named`, which Pods refer
 * to, then node-1 and so on; then one control-plane Node for each of `roles`.
 */
export function syntheticNodes(
  count: number,
  named: readonly string[] = [],
  part: Part = ONLY,
  roles: readonly RoleLabel[] = [],
): readonly Node[] {
  const others = Array.from({ length: count }, (_, i) => `node-${i + 1}`).filter((name) => !named.includes(name));
  const workers = [...named, ...others].slice(0, Math.max(count, named.length));
  const leaders = roles.map((_, i) => unused(`control-plane-${i + 1}`, workers));
  const names = [...workers, ...leaders];
  return names.map((name, i): Node => {
    const role = roles[i - workers.length];
    return {
      metadata: {
        name,
        namespace: '',
        labels: {
          ...LABELS,
          'kubernetes.io/hostname': name,
          [REGION_LABEL]: 'region-1',
          [ZONE_LABEL]: `zone-${(i % ZONES) + 1}`,
          ...(role && { [role.key]: role.value }),
        },
        annotations: {},
      },
      podCIDRs: FAMILIES.map((family) => subnet(family, i, names.length, part).text),
      addresses: FAMILIES.map((family) => ({ type: 'InternalIP', address: nodeAddress(family, i, part) })),
      leaving: false,
      milliCPU: 4000,
      ready: true,
      unschedulable: false,
      // kubeadm's taint: only pods that tolerate it run there.
      taints: role ? [{ key: role.key, value: '', effect: 'NoSchedule' }] : [],
      synthetic: true,
      origin: { ...NO_ORIGIN, object: `Node ${name}` },
    };
  });
}

function unused(name: string, names: readonly string[]): string {
  return names.includes(name) ? unused(`${name}-simulated`, names) : name;
}

/** The pod networks of every Node by name: its podCIDRs, or networks for synthetic Nodes if it has none. */
export function podNetworks(nodes: readonly Node[], part: Part = ONLY): ReadonlyMap<string, readonly AddressRange[]> {
  const places = assign(
    nodes.map(({ metadata }) => metadata.name),
    new Set(),
    { size: Math.max(nodes.length, MANY), reserved: 0 },
  ).places;
  return new Map(
    nodes.map(({ metadata, podCIDRs }) => {
      const own = podCIDRs.flatMap((text) => parseCidr(text) ?? []);
      const given = FAMILIES.map((family) => subnet(family, places.get(metadata.name) ?? 0, MANY, part));
      return [metadata.name, (own.length > 0 ? own : given).map(podRange)];
    }),
  );
}

/** Enough networks that two Nodes rarely compete for one. */
const MANY = 4096;

/** The `i`th of `count` networks for the pods of a Node. */
function subnet(family: Family, i: number, count: number, part: Part): Cidr {
  const all = split(cidr(PODS[family]), part.index, bitsFor(part.of));
  const { largest, smallest } = NODE_PREFIX[family];
  const prefix = Math.max(largest, Math.min(smallest, all.prefix + bitsFor(Math.max(count, i + 1))));
  return split(all, i, prefix - all.prefix);
}

function nodeAddress(family: Family, i: number, part: Part): string {
  return addressAt(serviceRange(split(cidr(NODES[family]), part.index, bitsFor(part.of))), i);
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count));
}

/** The `i`th of the networks that are `bits` longer in prefix. */
function split(all: Cidr, i: number, bits: number): Cidr {
  const prefix = all.prefix + bits;
  const bytes = [...all.bytes];
  // Writes `i` into the bits before the host part, lowest bit last.
  for (let bit = prefix - 1, rest = i; rest > 0 && bit >= all.prefix; bit--, rest = Math.floor(rest / 2)) {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | ((rest % 2) << (7 - (bit & 7)));
  }
  return cidr(`${ipOf(bytes).text}/${prefix}`);
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} is no network`);
  return parsed;
}
