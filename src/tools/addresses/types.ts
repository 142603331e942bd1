/**
 * A dummy network device and its addresses as data: this is how a node makes virtual IPs local. Also the observed
 * devices of a node, reduced to the fields that matter here.
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';

export interface Addresses {
  readonly device: string;
  /** Whether the device must be created first. */
  readonly create: boolean;
  /** No duplicates. */
  readonly addresses: readonly Address[];
}

export interface Address {
  readonly ip: string;
  readonly origin?: Origin;
  /** The ServicePorts that use it as a virtual IP. */
  readonly owners?: readonly Owner[];
}

/** An observed network device. */
export interface Link {
  readonly name: string;
  /** `dummy`, `bridge`, `veth`; absent for a physical device, and when ip ran without -details. */
  readonly kind?: string;
  readonly addresses: readonly LinkAddress[];
}

export interface LinkAddress {
  readonly ip: string;
  readonly prefix: number;
  readonly family: Family;
  /** `global`, `link`, `host`, or a number. */
  readonly scope: string;
  /** Whether the device had another address of this network before. */
  readonly isSecondary?: true;
}
