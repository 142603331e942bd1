/**
 * world: what a trace looks names up in: a completed snapshot, if there is one, and the node whose rules are traced.
 */
import { type Cidr, contains, type Family, type Ip, parseCidr, parseIp } from '../ip.js';
import { nearest } from '../near.js';
import type { Node, Snapshot } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import type { Named, Problem } from './question.js';

/** The node whose rules are traced. */
export interface TracedNode {
  /** `''` when nothing names it. */
  readonly name: string;
  /** Its own addresses, the best of each family first; none when nothing says them. */
  readonly addresses: readonly Ip[];
  /** How its pods are told from others, by family. */
  readonly contexts: readonly NodeContext[];
}

export interface World {
  /** Absent when only rules were given. */
  readonly snapshot: Snapshot | undefined;
  /** What the node serves, of all families. */
  readonly ports: readonly ServicePort[];
  readonly node: TracedNode;
  /** Whether the input has an address that begins so. */
  readonly mentions: (beginning: string) => boolean;
}

/** A pod that is there, as far as it matters. */
export interface KnownPod extends Named {
  readonly addresses: readonly Ip[];
  /** `''` when it is on none. */
  readonly node: string;
  readonly hostNetwork: boolean;
}

/** Pods of the snapshot; of one without Pods those that slices name. */
export function podsOf({ pods, slices }: Snapshot): readonly KnownPod[] {
  const found = new Map<string, KnownPod>();
  for (const { metadata, addresses, nodeName, pod } of slices.flatMap(({ metadata, endpoints }) =>
    endpoints.map((endpoint) => ({ metadata, ...endpoint })),
  )) {
    if (pod === undefined) continue;
    const key = `${metadata.namespace}/${pod}`;
    const before = found.get(key)?.addresses ?? [];
    const known = [...before, ...addresses.flatMap((text) => parseIp(text) ?? [])];
    const unique = [...new Map(known.map((ip) => [ip.text, ip])).values()];
    found.set(key, {
      namespace: metadata.namespace,
      name: pod,
      addresses: unique,
      node: nodeName ?? '',
      hostNetwork: false,
    });
  }
  for (const { metadata, spec, status } of pods) {
    const key = `${metadata.namespace}/${metadata.name}`;
    const own = status.podIPs.flatMap((text) => parseIp(text) ?? []);
    found.set(key, {
      namespace: metadata.namespace,
      name: metadata.name,
      addresses: own.length > 0 ? own : (found.get(key)?.addresses ?? []),
      node: spec.nodeName ?? found.get(key)?.node ?? '',
      hostNetwork: spec.hostNetwork,
    });
  }
  return [...found.values()];
}

/** The pod of a name. */
export function findPod({ snapshot }: Pick<World, 'snapshot'>, { namespace, name }: Named): KnownPod | Problem {
  if (!snapshot) return unnamed(`pod/${name}`);
  const pods = podsOf(snapshot);
  const found = pods.find((pod) => pod.namespace === namespace && pod.name === name);
  if (found) return found;
  const hint =
    elsewhere(
      pods.map((pod) => pod),
      { namespace, name },
      'pod',
    ) ??
    (snapshot.pods.length === 0
      ? 'the snapshot has no Pods (kubectl get services,endpointslices,nodes,pods -A -o yaml); an address will do as well'
      : 'an address will do as well');
  return { problem: `there is no Pod ${namespace}/${name}`, hint };
}

/** Names are looked up in a snapshot. */
export function unnamed(name: string): Problem {
  return {
    problem: `${name} is a name, and there is no snapshot to look it up in`,
    hint: 'name one as PATH beside the rules, or use addresses',
  };
}

/** The same name in another namespace, or a name like it. */
export function elsewhere(all: readonly Named[], { namespace, name }: Named, kind: 'svc' | 'pod'): string | undefined {
  const other = all.find((each) => each.name === name);
  if (other)
    return `there is one in namespace ${other.namespace}: ${kind}/${other.namespace}/${name}, or -n ${other.namespace}`;
  const near = nearest(
    name,
    all.filter((each) => each.namespace === namespace).map((each) => each.name),
  );
  return near === undefined ? undefined : `did you mean ${kind}/${near}?`;
}

/** The Node of a name. */
export function findNode({ snapshot }: Pick<World, 'snapshot'>, name: string): Node | Problem {
  if (!snapshot) return unnamed(`node/${name}`);
  const found = snapshot.nodes.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const names = snapshot.nodes.map(({ metadata }) => metadata.name);
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? `Nodes of the snapshot: ${names.slice(0, 10).join(', ') || 'none'}`
      : `did you mean node/${near}?`;
  return { problem: `there is no Node ${name}`, hint };
}

/** Addresses of a Node, internal ones first. */
export function addressesOf({ addresses }: Node): readonly Ip[] {
  const rank = (type: string) => ['InternalIP', 'ExternalIP'].indexOf(type);
  return addresses
    .filter(({ type }) => rank(type) >= 0)
    .sort((a, b) => rank(a.type) - rank(b.type))
    .flatMap(({ address }) => parseIp(address) ?? []);
}

/** The first address of a family. */
export function ofFamily(addresses: readonly Ip[], family: Family): Ip | undefined {
  return addresses.find((ip) => ip.family === family);
}

/** Where pods of the traced node have their addresses, as far as it is known. */
function podNetworks({ snapshot, node }: Pick<World, 'snapshot' | 'node'>): readonly Cidr[] {
  const own = snapshot?.nodes.find(({ metadata }) => metadata.name === node.name);
  return own?.podCIDRs.flatMap((text) => parseCidr(text) ?? []) ?? [];
}

/** Whether an address is one of a pod on the traced node. */
export function isPodHere(world: World, ip: Ip): boolean {
  const pod =
    world.snapshot && podsOf(world.snapshot).find(({ addresses }) => addresses.some(({ text }) => text === ip.text));
  if (pod) return pod.node === world.node.name && !pod.hostNetwork;
  return podNetworks(world).some((cidr) => contains(cidr, ip));
}
