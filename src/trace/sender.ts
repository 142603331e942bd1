/**
 * sender: the sender as the user wrote it → the source address, and the interface by which the packet enters the node.
 */
import { FAMILIES, type Family, type Ip, parseIp } from '../ip.js';
import type { UnknownInterface } from '../packet/packet.js';
import type { KnownPod } from './pods.js';
import { type Answered, isProblem, type Problem, type Question } from './question.js';
import { NO_ADDRESS, noPodAddress } from './target.js';
import { addressesOf, findNode, findPod, isPodHere, ofFamily, type TracedNode, type World } from './world.js';

/** The source of a packet. */
export interface Source {
  readonly ip: Ip;
  /** Absent if the traced node sends the packet. */
  readonly inInterface?: string | UnknownInterface;
  /** `Pod default/web-1 on node-a` */
  readonly about: string;
}

/** The sender before the destination is known, on which its source address depends. */
export interface KnownSender {
  readonly families: readonly Family[];
  /** The namespace of its DNS search path. */
  readonly namespace?: string;
  /** The source for a destination; `isOwn`: the destination is local to the traced node. */
  readonly sourceTo: (destination: Ip, isOwn: boolean) => Answered<Source>;
}

/** Whether the address is local to the traced node. */
export type IsOwn = (ip: Ip) => boolean;

/** The sender of a question. */
export function senderOf({ from, inInterface }: Question, world: World, isOwn: IsOwn): Answered<KnownSender> {
  const by = (usual: string | UnknownInterface) => ({ inInterface: inInterface ?? usual });
  switch (from.kind) {
    case 'address': {
      const { ip } = from;
      // A program may bind its socket to any address of the node.
      if (isOwn(ip)) return { families: [ip.family], sourceTo: () => ({ ip, about: `node${named(world.node.name)}` }) };
      const here = isPodHere(world, ip);
      const pod = world.snapshot && podAt(world, ip);
      const about = pod ? `Pod ${pod.namespace}/${pod.name}${on(pod)}` : here ? 'a pod of this node' : '';
      const source = { ip, ...by(here ? podInterface(world, ip.family) : otherInterface(world, ip.family)), about };
      return { families: [ip.family], ...(pod && { namespace: pod.namespace }), sourceTo: () => source };
    }
    case 'node': {
      if (from.name === undefined || from.name === world.node.name)
        return world.node.addresses.length === 0 ? NO_ADDRESS : fromNode(world.node, `node${named(world.node.name)}`);
      const node = findNode(world, from.name);
      if (isProblem(node)) return node;
      const about = `node ${from.name}`;
      return fromElsewhere(addressesOf(node), about, (family) => by(otherInterface(world, family)));
    }
    case 'outside':
      return {
        families: FAMILIES,
        sourceTo: ({ family }) => {
          const ip = unused(world, family);
          return ip ? { ip, ...by(otherInterface(world, family)), about: 'outside' } : ALL_USED;
        },
      };
    case 'pod': {
      const pod = findPod(world, from);
      if (isProblem(pod)) return pod;
      const about = `Pod ${pod.namespace}/${pod.name}${on(pod)}`;
      const isHere = pod.node === world.node.name;
      const { namespace } = pod;
      if (pod.hostNetwork && isHere) return { ...fromNode(world.node, `${about}, in its network`), namespace };
      if (pod.addresses.length === 0) return noPodAddress(pod);
      const isPod = isHere && !pod.hostNetwork;
      const sent = fromElsewhere(pod.addresses, about, (family) =>
        by(isPod ? podInterface(world, family) : otherInterface(world, family)),
      );
      return { ...sent, namespace };
    }
  }
}

function fromNode({ addresses, sources }: TracedNode, about: string): KnownSender {
  return {
    families: familiesOf(addresses),
    sourceTo: (destination, isOwn) => {
      const ip = isOwn ? sourceToOwn(destination, sources) : ofFamily(addresses, destination.family);
      return ip ? { ip, about } : { problem: `the node has no ${destination.family} address to send from` };
    },
  };
}

/**
 * The source of packets to a local address: `src` of its route in the kernel's table local. It is the same address, but
 * for secondary ones, and for all that the route 127.0.0.0/8 of lo has.
 */
function sourceToOwn(destination: Ip, sources: TracedNode['sources']): Ip {
  const { family, bytes, text } = destination;
  const source = sources.get(text) ?? (family === 'ipv4' && bytes[0] === 127 ? '127.0.0.1' : text);
  return parseIp(source) ?? destination;
}

function fromElsewhere(
  addresses: readonly Ip[],
  about: string,
  by: (family: Family) => Pick<Source, 'inInterface'>,
): KnownSender {
  return {
    families: familiesOf(addresses),
    sourceTo: ({ family }) => {
      const ip = ofFamily(addresses, family);
      return ip ? { ip, about, ...by(family) } : { problem: `${about} has no ${family} address to send from` };
    },
  };
}

function familiesOf(addresses: readonly Ip[]): readonly Family[] {
  return FAMILIES.filter((family) => addresses.some((ip) => ip.family === family));
}

function podAt({ snapshot }: World, { text }: Ip) {
  return snapshot?.pods.flatMap(({ metadata, spec, status }) =>
    status.podIPs.includes(text)
      ? [{ namespace: metadata.namespace, name: metadata.name, node: spec.nodeName ?? '' }]
      : [],
  )[0];
}

function on({ node }: Pick<KnownPod, 'node'>): string {
  return node === '' ? '' : ` on ${node}`;
}

function named(name: string): string {
  return name === '' ? '' : ` ${name}`;
}

/** The interface of a pod on the traced node; unknown unless kube-proxy detects pods by their interface. */
function podInterface(world: World, family: Family): string | UnknownInterface {
  return detected(world, family) ?? { not: [] };
}

/** The unknown interface of packets from elsewhere, which is no interface of a pod. */
function otherInterface(world: World, family: Family): UnknownInterface {
  const pods = detected(world, family);
  return { not: pods === undefined ? [] : [pods] };
}

/** The interfaces of pods by --detect-local-mode: BridgeInterface, or InterfaceNamePrefix with `+` behind it. */
function detected({ node }: World, family: Family): string | undefined {
  const traffic = node.contexts.find((context) => context.family === family)?.podTraffic;
  if (traffic?.kind === 'interface') return traffic.name;
  return traffic?.kind === 'interface-prefix' ? `${traffic.prefix}+` : undefined;
}

const ALL_USED: Problem = {
  problem: 'the input has addresses of all networks that are reserved for examples and benchmarks',
  hint: 'say which address sends: --from ADDRESS',
};

/** Networks for documentation (RFC 5737, 3849, 9637) and benchmarks (RFC 2544, 5180): text prefix, and an address. */
const EXAMPLES: Readonly<Record<Family, readonly (readonly [string, string])[]>> = {
  ipv4: [
    ['192.0.2.', '192.0.2.77'],
    ['198.51.100.', '198.51.100.77'],
    ['203.0.113.', '203.0.113.77'],
    ['198.18.', '198.18.77.77'],
    ['198.19.', '198.19.77.77'],
  ],
  ipv6: [
    ['2001:db8:', '2001:db8:77::77'],
    ['3fff:', '3fff:77::77'],
    ['2001:2:', '2001:2:0:77::77'],
  ],
};

/** The beginnings of their addresses, as World.mentions is asked for them. */
export const EXAMPLE_NETWORKS: readonly string[] = Object.values(EXAMPLES).flatMap((networks) =>
  networks.map(([beginning]) => beginning),
);

/** An address of the first of these networks that does not occur in the input. */
function unused({ mentions }: World, family: Family): Ip | undefined {
  const [, address = ''] = EXAMPLES[family].find(([beginning]) => !mentions(beginning)) ?? [];
  return parseIp(address);
}
