/**
 * lower, part: what every lowering function may look at.
 */
import type { NodeContext } from '../../../resolve/types.js';

/** What the node's tools and kernel can do; probed on a live node, assumed when compiling offline. */
export interface Features {
  /** MASQUERADE knows --random-fully: iptables 1.6.2 and Linux 3.13 or newer. */
  readonly randomFully: boolean;
}

export const DEFAULT_FEATURES: Features = { randomFully: true };

export interface Context {
  readonly node: NodeContext;
  readonly features: Features;
  /** The packet mark that means "masquerade". */
  readonly masqueradeMark: number;
  /** Whether INVALID packets are left alone, see Options. */
  readonly tcpBeLiberal: boolean;
  /** Whether rules that there are one of per endpoint carry a comment. */
  readonly endpointComments: boolean;
}
