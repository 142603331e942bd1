/**
 * Features: what the node's tools and kernel support; probed on a live node, assumed when compiling offline.
 */

export interface Features {
  /** MASQUERADE supports --random-fully: iptables 1.6.2 and Linux 3.13 or newer. */
  readonly randomFully: boolean;
  /** The kernel and iptables have the match bpf (xt_bpf). */
  readonly bpf: boolean;
}

export const DEFAULT_FEATURES: Features = { randomFully: true, bpf: true };
