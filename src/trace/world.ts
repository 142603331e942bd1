/**
 * world: the completed snapshot in which a trace looks up names, if there is one, and the node whose rules are traced.
 */
import { type Cidr, contains, type Family, type Ip, parseCidr, parseIp } from '../ip.js';
import { nearest } from '../near.js';
import type { Node, Snapshot } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import { type KnownPod, podsAt, podsOf } from './pods.js';
import type { Named, Problem } from './question.js';

/** The node whose rules are traced. */
export interface TracedNode {
  /** `''` if it is not known. */
  readonly name: string;
  /** Its addresses, the primary ones first; empty if they are not known. */
  readonly addresses: readonly Ip[];
  /** The source of packets that it sends to one of its addresses, as far as its interfaces are known. */
  readonly sources: ReadonlyMap<string, string>;
  /** One for each family, with the way to detect traffic of the node's pods. */
  readonly contexts: readonly NodeContext[];
}

export interface World {
  /** Undefined if the input has rules only. */
  readonly snapshot: Snapshot | undefined;
  /** The ServicePorts that the node serves, of all families. */
  readonly ports: readonly ServicePort[];
  readonly node: TracedNode;
  /** Whether this beginning of an address occurs in the input. */
  readonly mentions: (beginning: string) => boolean;
}

/** The pod of that name, or why there is none. */
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

/** The problem with a name if there is no snapshot. */
export function unnamed(name: string): Problem {
  return {
    problem: `${name} is a name, and there is no snapshot to look it up in`,
    hint: 'name one as PATH beside the rules, or use addresses',
  };
}

/** A hint: the same name in another namespace, or a similar name in this one. */
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

/** The Node of that name, or why there is none. */
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

/** The InternalIPs of a Node, then its ExternalIPs. */
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

/** The podCIDRs of the traced node; empty if they are not known. */
function podNetworks({ snapshot, node }: Pick<World, 'snapshot' | 'node'>): readonly Cidr[] {
  const own = snapshot?.nodes.find(({ metadata }) => metadata.name === node.name);
  return own?.podCIDRs.flatMap((text) => parseCidr(text) ?? []) ?? [];
}

/** Whether the address is a pod's on the traced node: by the known pods, else by the node's podCIDRs. */
export function isPodHere(world: World, ip: Ip): boolean {
  const [pod] = world.snapshot ? podsAt(world.snapshot, ip.text) : [];
  if (pod) return pod.node === world.node.name && !pod.hostNetwork;
  return podNetworks(world).some((cidr) => contains(cidr, ip));
}
