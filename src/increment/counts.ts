/**
 * Counts: how many ServicePorts with a node port there are.
 */
import { countNodePorts, type NodePorts } from '../backends/backend.js';
import { FAMILIES, type Family } from '../ip.js';
import type { ServicePort } from '../resolve/types.js';

type Count = Omit<NodePorts, 'node'>;

export interface Counts {
  of(family: Family): Count;
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): void;
  /** All of them; empty when there is none. */
  key(): string;
}

/** Those of `ports`. */
export function newCounts(ports: readonly ServicePort[]): Counts {
  const none: Count = { nodePorts: 0, notRelayed: 0 };
  const counts = { ipv4: none, ipv6: none };
  const add = (some: readonly ServicePort[], by: 1 | -1): void => {
    for (const family of FAMILIES) {
      const { nodePorts, notRelayed } = countNodePorts(some.filter((port) => port.family === family));
      const was = counts[family];
      counts[family] = { nodePorts: was.nodePorts + by * nodePorts, notRelayed: was.notRelayed + by * notRelayed };
    }
  };
  add(ports, 1);
  return {
    of: (family) => counts[family],
    replace: (before, after) => {
      add(before, -1);
      add(after, 1);
    },
    key: () => {
      const numbers = FAMILIES.flatMap((family) => [counts[family].nodePorts, counts[family].notRelayed]);
      return numbers.every((count) => count === 0) ? '' : numbers.join(' ');
    },
  };
}
