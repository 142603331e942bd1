/**
 * IPVS's virtual and real servers as data: what ipvsadm(8) lists.
 */
import type { Origin } from '../../diag.js';
import type { Owner } from '../../owner.js';
import type { L4Protocol } from '../l4.js';

export interface Ipvs {
  /** Timeouts of idle connections, for the whole network namespace. */
  readonly timeouts?: Timeouts;
  readonly virtualServers: readonly VirtualServer[];
}

/** Whole seconds; 0 keeps the kernel's value. */
export interface Timeouts {
  readonly tcp: number;
  /** After a FIN. */
  readonly tcpFin: number;
  readonly udp: number;
}

/** What identifies a virtual server. */
export interface VirtualServerName {
  readonly protocol: L4Protocol;
  readonly address: string;
  readonly port: number;
}

export interface VirtualServer extends VirtualServerName {
  readonly scheduler: string;
  /** A flag of the scheduler, such as `mh-port`: hash the source port too. */
  readonly schedulerFlag?: string;
  /** How long after its last connection a client keeps its real server. */
  readonly persistence?: { readonly timeoutSeconds: number };
  readonly realServers: readonly RealServer[];
  readonly owner?: Owner;
  readonly origin?: Origin;
}

/** A virtual server that VirtualServer cannot hold: the lines that ipvsadm --save prints. */
export interface OtherServer {
  /** `-A …` */
  readonly line: string;
  /** `-a …`, one for each real server. */
  readonly realServers: readonly string[];
}

/** Reached by masquerading (NAT), the only method that may change the port. */
export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}
