/**
 * Cluster: objects as they are at each call: a Snapshot of which one Service can be asked for.
 */
import type { EndpointSlice, Service, Snapshot } from './types.js';

export interface Cluster {
  /** All of them. */
  snapshot(): Snapshot;
  /** A Service by its name, `default/web`. */
  service(name: string): Service | undefined;
  /** The slices of a Service, there or not, sorted by name. */
  slicesOf(name: string): readonly EndpointSlice[];
}
