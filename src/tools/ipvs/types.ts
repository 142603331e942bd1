/**
 * IPVS's virtual and real servers as data: what ipvsadm(8) lists.
 */
import type { Origin } from '../../diag.js';
import type { Owner } from '../../owner.js';
import type { L4Protocol } from '../l4.js';

export interface Ipvs {
  /** How long idle connections are remembered, for the whole network namespace. */
  readonly timeouts?: Timeouts;
  readonly virtualServers: readonly VirtualServer[];
}

/** Whole seconds; 0 leaves the kernel's as it is. */
export interface Timeouts {
  readonly tcp: number;
  /** After a FIN. */
  readonly tcpFin: number;
  readonly udp: number;
}

/** What names a virtual server. */
export interface VirtualServerName {
  readonly protocol: L4Protocol;
  readonly address: string;
  readonly port: number;
}

export interface VirtualServer extends VirtualServerName {
  readonly scheduler: string;
  /** The scheduler's own, such as `mh-port`: the source port counts as well. */
  readonly schedulerFlag?: string;
  /** A client keeps its real server for so long after its last connection. */
  readonly persistence?: { readonly timeoutSeconds: number };
  readonly realServers: readonly RealServer[];
  readonly owner?: Owner;
  readonly origin?: Origin;
}

/** Reached by masquerading (NAT), the only method that may change the port. */
export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}
