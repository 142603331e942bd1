/**
 * Counts: how many ServicePorts with a node port there are.
 */
import { hasNodePort } from '../backends/backend.js';
import type { Family } from '../ip.js';
import type { ServicePort } from '../resolve/types.js';

export interface Counts {
  of(family: Family): number;
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): void;
  /** All of them; empty when there is none. */
  key(): string;
}

/** Those of `ports`. */
export function newCounts(ports: readonly ServicePort[]): Counts {
  const counts = { ipv4: 0, ipv6: 0 };
  const add = (some: readonly ServicePort[], by: 1 | -1): void => {
    for (const port of some) if (hasNodePort(port)) counts[port.family] += by;
  };
  add(ports, 1);
  return {
    of: (family) => counts[family],
    replace: (before, after) => {
      add(before, -1);
      add(after, 1);
    },
    key: () => (counts.ipv4 + counts.ipv6 === 0 ? '' : `${counts.ipv4} ${counts.ipv6}`),
  };
}
