/**
 * complete, part: what may be made up, as data.
 */
import type { Cidr } from '../ip.js';
import { ONLY, type Part } from './nodes.js';

/** What to make up, beyond what controllers make of the objects at hand. */
export interface Completion {
  /** Make pods of workloads, and of Pods without a status. */
  readonly simulate: boolean;
  /** Give Services the cluster IPs and node ports that they lack. */
  readonly allocate: boolean;
  /** How many Nodes to make up when the snapshot has none. */
  readonly nodes: number;
  /** Which of several clusters it is, for pods and Nodes to have addresses of their own in each. */
  readonly part: Part;
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
  part: ONLY,
  serviceCIDRs: [],
  nodePorts: NODE_PORTS,
};

/** All that manifests leave to a cluster. */
export const SIMULATED: Completion = { ...AS_IT_IS, simulate: true, allocate: true, nodes: 3 };
