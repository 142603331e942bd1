/**
 * ipset(8)'s sets as data.
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';
import type { L4Protocol } from '../l4.js';

export type SetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port';

export interface IpSet {
  /** At most 31 characters (IPSET_MAXNAMELEN). */
  readonly name: string;
  readonly type: SetType;
  /** Of the addresses; a bitmap:port has no addresses and serves both families. */
  readonly family: Family;
  /** No duplicates. */
  readonly entries: readonly Entry[];
  /** Its maxelem, when print must not compute it. */
  readonly size?: number;
}

/** A member; the set's type decides which fields it has. */
export interface Entry {
  readonly ip?: string;
  /** A bitmap:port holds numbers only. */
  readonly protocol?: L4Protocol;
  readonly port?: number;
  /** The third dimension: an address or, in a hash:ip,port,net, a network other than that of all addresses. */
  readonly source?: string;
  readonly origin?: Origin;
  /** The ServicePorts that need it. */
  readonly owners?: readonly Owner[];
}
