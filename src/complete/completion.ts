/**
 * complete, part: what may be simulated or allocated, as data.
 */
import type { Cidr } from '../ip.js';
import { ONLY, type Part } from './nodes.js';

/** What to add beyond the objects that controllers derive from the snapshot. */
export interface Completion {
  /** Simulate the pods of workloads, and Pods without a status. */
  readonly simulate: boolean;
  /** Allocate the missing cluster IPs and node ports of Services. */
  readonly allocate: boolean;
  /** The number of Nodes to simulate when the snapshot has none. */
  readonly nodes: number;
  /** Which of several clusters this is: each has its own addresses for pods and Nodes. */
  readonly part: Part;
  /** The ranges of cluster IPs; empty means the snapshot's ServiceCIDRs, or the defaults of kubeadm and kind. */
  readonly serviceCIDRs: readonly Cidr[];
  /** The range of node ports, both ends included. */
  readonly nodePorts: PortRange;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The default of kube-apiserver's --service-node-port-range. */
export const NODE_PORTS: PortRange = { first: 30000, last: 32767 };

/** Only the objects that controllers derive from the snapshot. */
export const AS_IT_IS: Completion = {
  simulate: false,
  allocate: false,
  nodes: 0,
  part: ONLY,
  serviceCIDRs: [],
  nodePorts: NODE_PORTS,
};

/** Everything that manifests leave to a cluster. */
export const SIMULATED: Completion = { ...AS_IT_IS, simulate: true, allocate: true, nodes: 3 };
