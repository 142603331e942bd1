/**
 * lower, part: the contract of a layout.
 */
import type { ServicePort } from '../../../resolve/types.js';
import type { Table } from '../../../tools/iptables/types.js';
import type { Context } from './context.js';

export interface Layout {
  /** The tables that serve all of `ports`, which are in order. */
  readonly arrange: (ports: readonly ServicePort[], context: Context) => readonly Table[];
  /** The same for a daemon, which arranges a few ServicePorts at a time; without it, all are arranged at each change. */
  readonly keep?: (ports: readonly ServicePort[], context: Context) => KeptLayout;
}

/** What a layout keeps of all ServicePorts. */
export interface KeptLayout {
  /** Puts ServicePorts in the place of others; false when that changes the rules of all. */
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): boolean;
  /**
   * The tables with the chains that some of the ServicePorts have to themselves, and all chains that ServicePorts share.
   * The most of those are the very same objects until their rules change.
   */
  arrange(ports: readonly ServicePort[]): readonly Table[];
}
