/**
 * Facts about a node that its tools depend on, detected once.
 */
import type { Family } from '../ip.js';

/** The two kernel interfaces of iptables; neither shows the other's rules. */
export type Variant = 'nft' | 'legacy';

/** The iptables programs for one variant. */
export interface Iptables {
  readonly variant: Variant;
  /** The name before `-save` and `-restore`: `iptables-nft`, or `iptables` on nodes without the suffixed programs. */
  readonly program: Readonly<Record<Family, string>>;
}

/** nft(8). */
export interface Nft {
  /** A name or a path. */
  readonly program: string;
  /** `1.0.6`; versions before 1.0.1 lack what nftables mode needs. */
  readonly version: string;
}

export interface Detected {
  /** Absent where no iptables is installed. */
  readonly iptables?: Iptables;
  /** Absent where no nft is installed. */
  readonly nft?: Nft;
}
