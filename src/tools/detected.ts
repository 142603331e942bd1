/**
 * What of a node the doing of its tools depends on, found out once.
 */
import type { Family } from '../ip.js';

/** The two ways iptables has of reaching the kernel, which do not see each other's rules. */
export type Variant = 'nft' | 'legacy';

/** The iptables of a node that programs one variant. */
export interface Iptables {
  readonly variant: Variant;
  /** What stands before `-save` and `-restore`: `iptables-nft`, or `iptables` where the programs have just that name. */
  readonly program: Readonly<Record<Family, string>>;
}

export interface Detected {
  /** Absent where no iptables is installed. */
  readonly iptables?: Iptables;
}
