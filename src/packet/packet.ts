/**
 * packet: the first packet of a connection, as the evaluator sees it on its way through a node.
 */
import type { Family, Ip } from '../ip.js';

export type State = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';

/** An interface of unknown name, which is none of `not` and never `lo`; `veth+` is every name that begins with veth. */
export interface UnknownInterface {
  readonly not: readonly string[];
}

/** A class of packets that rules treat alike. */
export interface PacketClass {
  readonly family: Family;
  readonly source: Ip;
  readonly destination: Ip;
  /** `tcp`, `udp`, `sctp`, or another as iptables calls it. */
  readonly protocol: string;
  readonly sourcePort?: number;
  /** For tcp, udp and sctp. */
  readonly destinationPort?: number;
  /** The input interface; absent if this node sends the packet. */
  readonly inInterface?: string | UnknownInterface;
  /** Absent: NEW. */
  readonly state?: State;
  /** The affinity list that has the client, and for how many seconds; absent: none has. */
  readonly remembered?: Remembered;
}

/** An entry in a list of the recent match. */
export interface Remembered {
  readonly list: string;
  readonly seconds: number;
}

/** A packet on its way: the class, and the changes by rules so far. */
export interface Flow {
  readonly family: Family;
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: string;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly inInterface: string | undefined;
  /** The names that an unknown input interface does not have. */
  readonly notInterfaces: readonly string[];
  readonly outInterface: string | undefined;
  /** Whether this node sends the packet. */
  readonly isLocal: boolean;
  readonly state: State;
  /** Undefined if a rule set it to something that is not known. */
  readonly mark: number | undefined;
  /** Undefined if an earlier packet of the connection may have set it. */
  readonly connmark: number | undefined;
  /** The destination before DNAT; undefined if it was not translated. */
  readonly original: { readonly destination: Ip; readonly port: number | undefined } | undefined;
  /** Whether table nat has decided on the destination, which the kernel does once for each connection. */
  readonly isDestinationSet: boolean;
  /** The same for the source: a packet that comes back by lo is not translated in INPUT. */
  readonly isSourceSet: boolean;
  /** The IPVS virtual server that took it. */
  readonly virtualServer: string | undefined;
  /** How POSTROUTING translates the source. */
  readonly sourceNat: 'masquerade' | 'snat' | undefined;
  /** The affinity list that a rule adds the client to, the last one; for IPVS the persistent virtual server. */
  readonly affinity: string | undefined;
  /** The lists and sets that rules added the packet to, each between two line ends: a text, as flows are compared. */
  readonly lists: string;
  /** The list that had the client before. */
  readonly remembered: Remembered | undefined;
}

/** The flow at its start, for a class of packets. */
export function flowOf(packet: PacketClass): Flow {
  return {
    family: packet.family,
    source: packet.source,
    destination: packet.destination,
    protocol: packet.protocol,
    sourcePort: packet.sourcePort,
    destinationPort: packet.destinationPort,
    inInterface: typeof packet.inInterface === 'string' ? packet.inInterface : undefined,
    notInterfaces: typeof packet.inInterface === 'object' ? ['lo', ...packet.inInterface.not] : [],
    outInterface: undefined,
    isLocal: packet.inInterface === undefined,
    state: packet.state ?? 'NEW',
    mark: 0,
    connmark: packet.state === 'ESTABLISHED' || packet.state === 'RELATED' ? undefined : 0,
    original: undefined,
    isDestinationSet: false,
    isSourceSet: false,
    virtualServer: undefined,
    sourceNat: undefined,
    affinity: undefined,
    lists: '\n',
    remembered: packet.remembered,
  };
}

/** The flow behind a rule that added it to a list or set. */
export function addedTo(flow: Flow, list: string): Flow {
  return { ...flow, affinity: list, lists: isAdded(flow, list) ? flow.lists : `${flow.lists}${list}\n` };
}

/** Whether a rule added the packet to the list. */
export function isAdded({ lists }: Flow, list: string): boolean {
  return lists.includes(`\n${list}\n`);
}

/** The names of the lists and sets that rules added the packet to, in the order of the first time. */
export function listsOf({ lists }: Flow): readonly string[] {
  return lists
    .slice(1, -1)
    .split('\n')
    .filter((name) => name !== '');
}
