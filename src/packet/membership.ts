/**
 * membership: the answer of an ipset about a packet.
 */
import type { Flow } from './packet.js';

/**
 * Whether the set has the packet, by its source or destination as in `--match-set NAME dst,dst,src`; undefined where that
 * is not known.
 */
export type Membership = (flow: Flow, sides: readonly ('src' | 'dst')[]) => boolean | undefined;
