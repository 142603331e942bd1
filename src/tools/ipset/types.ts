/**
 * ipset(8)'s sets as data.
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';
import type { L4Protocol } from '../l4.js';

export type SetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port';

export interface IpSet {
  /** At most 31 characters. */
  readonly name: string;
  readonly type: SetType;
  /** Of the addresses; a bitmap:port has none and serves either. */
  readonly family: Family;
  /** None twice. */
  readonly entries: readonly Entry[];
  /** How many members it has room for, when that is not for print to say. */
  readonly size?: number;
}

/** A member: those of these that the set's type has. */
export interface Entry {
  readonly ip?: string;
  /** A bitmap:port has numbers only. */
  readonly protocol?: L4Protocol;
  readonly port?: number;
  /** The third dimension: an address or, in a hash:ip,port,net, a network other than that of all addresses. */
  readonly source?: string;
  readonly origin?: Origin;
  /** The ServicePorts that it is there for. */
  readonly owners?: readonly Owner[];
}
