/**
 * packet: the first packet of a connection, as the evaluator sees it on its way through a node.
 */
import type { Family, Ip } from '../ip.js';

export type State = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';

/** An interface whose name is not known, but that it is none of these; `veth+` is all that begin so. It is never `lo`. */
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
  /** Of tcp, udp and sctp. */
  readonly destinationPort?: number;
  /** The interface that it comes in by; absent when this node sends it. */
  readonly inInterface?: string | UnknownInterface;
  /** New unless said. */
  readonly state?: State;
  /** The affinity list that its client was added to, and how many seconds ago; absent: it is in none. */
  readonly remembered?: Remembered;
}

/** A place in a list of the recent match. */
export interface Remembered {
  readonly list: string;
  readonly seconds: number;
}

/** A packet on its way: the class, and what rules did to it so far. */
export interface Flow {
  readonly family: Family;
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: string;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly inInterface: string | undefined;
  /** What an unknown interface is not. */
  readonly notInterfaces: readonly string[];
  readonly outInterface: string | undefined;
  /** Whether it came from this node and not by an interface. */
  readonly isLocal: boolean;
  readonly state: State;
  readonly mark: number;
  readonly connmark: number;
  /** As it was sent, when its destination was translated. */
  readonly original: { readonly destination: Ip; readonly port: number | undefined } | undefined;
  /** Whether a nat chain has decided on its destination; the kernel asks once for each connection. */
  readonly isDestinationSet: boolean;
  /** The IPVS virtual server that took it. */
  readonly virtualServer: string | undefined;
  /** What its source becomes. */
  readonly sourceNat: 'masquerade' | 'snat' | undefined;
  /** The affinity list that its client is added to. */
  readonly affinity: string | undefined;
  /** The list that its client was in before. */
  readonly remembered: Remembered | undefined;
}

/** The flow that a packet of a class begins. */
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
    connmark: 0,
    original: undefined,
    isDestinationSet: false,
    virtualServer: undefined,
    sourceNat: undefined,
    affinity: undefined,
    remembered: packet.remembered,
  };
}
