/**
 * The relay's listeners as data. A relay accepts the connections that rules redirect to its ports, and connects each to an
 * endpoint; it is a process of vipc, not a part of the kernel.
 */
import type { Origin } from '../../diag.js';
import { familyOf, joinHostPort } from '../../ip.js';
import { type Owner, ownerName } from '../../owner.js';

/** Protocols that a relay can accept. */
export type RelayProtocol = 'tcp' | 'udp';

export interface Listener {
  readonly protocol: RelayProtocol;
  /** Where it listens: `0.0.0.0` and `::` are all addresses of one family. */
  readonly address: string;
  readonly port: number;
  readonly owner: Owner;
  /** Listeners of one owner, family and policy share their turn among endpoints, and their clients' affinity. */
  readonly policy: 'Cluster' | 'Local';
  /** The addresses and ports whose connections come here; no duplicates. */
  readonly frontends: readonly RelayFrontend[];
  /** The networks of clients that are served; absent: all are. */
  readonly clients?: readonly string[];
  /** Seconds for which a client stays with its endpoint; absent: each connection takes the next endpoint. */
  readonly affinity?: number;
  /** Milliseconds after which a UDP flow without packets has ended. */
  readonly idle?: number;
  readonly endpoints: readonly RelayEndpoint[];
  readonly origin?: Origin;
}

/** Without an address: a node port, on the node's own addresses. */
export interface RelayFrontend {
  readonly kind: string;
  readonly ip?: string;
  readonly port: number;
}

export interface RelayEndpoint {
  readonly ip: string;
  readonly port: number;
}

/** `tcp 0.0.0.0:23817`: a listener has its address for itself. */
export function listenerKey({ protocol, address, port }: Pick<Listener, 'protocol' | 'address' | 'port'>): string {
  return `${protocol} ${joinHostPort(address, port)}`;
}

/** The port that a listener has, by its name. */
export function heldBy(listener: Listener) {
  const { address, protocol, port } = listener;
  return { name: listenerName(listener), family: familyOf(address), protocol, port };
}

/** What a listener is for, from which its port follows: `default/web:http tcp ipv4 Cluster`. */
export function listenerName({
  owner,
  protocol,
  address,
  policy,
  clients,
}: Pick<Listener, 'owner' | 'address' | 'policy' | 'clients'> & { readonly protocol: string }): string {
  return `${ownerName(owner)} ${protocol} ${familyOf(address)} ${policy}${clients ? ' clients' : ''}`;
}
