/**
 * A dummy network device and its addresses as data: where a node announces virtual IPs to itself. And the devices that
 * a node has, as far as that matters for it.
 */
import type { Origin } from '../../diag.js';
import type { Family } from '../../ip.js';
import type { Owner } from '../../owner.js';

export interface Addresses {
  readonly device: string;
  /** Whether the device is to be made first. */
  readonly create: boolean;
  /** None twice. */
  readonly addresses: readonly Address[];
}

export interface Address {
  readonly ip: string;
  readonly origin?: Origin;
  /** The ServicePorts that it is a virtual IP of. */
  readonly owners?: readonly Owner[];
}

/** A network device that is there. */
export interface Link {
  readonly name: string;
  /** `dummy`, `bridge`, `veth`; absent for a physical device, and when the details were not asked for. */
  readonly kind?: string;
  readonly addresses: readonly LinkAddress[];
}

export interface LinkAddress {
  readonly ip: string;
  readonly prefix: number;
  readonly family: Family;
  /** `global`, `link`, `host`, or a number. */
  readonly scope: string;
}
