/**
 * cli: what the nodes of a cluster do with one Service, as resolve decides it.
 */

import { backendFor } from '../backends/index.js';
import type { Options } from '../options.js';
import { resolveFamilies } from '../pipeline.js';
import { keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { viewOf } from '../resolve/view.js';
import type { OnNode } from '../views/traffic.js';

/** A limit, because thousands of nodes would be resolved for each of thousands of Services. */
const MOST_NODES = 50;

/** By node: `options.nodeName`, or all Nodes, or without Nodes those with endpoints and one without. */
export function trafficOn(snapshot: Snapshot, service: Service, options: Options): readonly OnNode[] {
  const slices = snapshot.slices.filter((slice) => serviceOf(slice) === keyOf(service));
  const known = snapshot.nodes.map(({ metadata }) => metadata.name);
  const used = slices.flatMap(({ endpoints }) => endpoints.flatMap(({ nodeName }) => nodeName ?? []));
  const all = known.length > 0 ? known.sort() : [...[...new Set(used)].sort(), ''];
  const names = options.nodeName === '' ? all.slice(0, MOST_NODES) : [options.nodeName];
  const localPolicy = backendFor(options.mode)?.localPolicy ?? 'strict';
  return names.map((node) => {
    // Only this Node, or none when the name is '': several Nodes without a name would be an error.
    const nodes = snapshot.nodes.filter(({ metadata }) => metadata.name === node);
    const one = { ...snapshot, nodes, services: [service], slices };
    const { value } = resolveFamilies(one, { ...options, nodeName: node });
    return {
      node,
      ports: value.flatMap((family) => family.ports.map((port) => viewOf(port, family.node, localPolicy))),
    };
  });
}
