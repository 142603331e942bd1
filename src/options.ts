/**
 * Options: everything KubeProxyConfiguration can say that changes rules, as one value. read/config.ts fills it from a
 * file, the command line overrides it, DEFAULT_OPTIONS is the one table of defaults (kube-proxy v1alpha1 SetDefaults).
 */
import type { Cidr } from './ip.js';

/** How a proxier tells traffic of pods on this node from all other (kube-proxy's --detect-local-mode). */
export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix';

export const DETECT_LOCAL_MODES: readonly DetectLocalMode[] = [
  'ClusterCIDR',
  'NodeCIDR',
  'BridgeInterface',
  'InterfaceNamePrefix',
];

/** What kube-proxy's configuration says of a node; every field has a default in DEFAULT_OPTIONS. */
export interface Options {
  /** Proxy mode as written; `''` means iptables. Which modes exist is the backends' list to say. */
  readonly mode: string;
  /** Name of the node to compile for; `''` when nothing said. */
  readonly nodeName: string;
  /** Overrides the node's own address of its family; an unspecified address (0.0.0.0, ::) does not. */
  readonly bindAddress: string;
  /** At most one per family. */
  readonly clusterCIDRs: readonly Cidr[];
  readonly detectLocalMode: DetectLocalMode;
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  /** CIDRs that node ports are served on, or `primary`; empty means every local address. */
  readonly nodePortAddresses: readonly Cidr[] | 'primary';
  /** Addresses the node has beyond those its Node object lists. */
  readonly nodeAddresses: readonly string[];
  /** The machine that is the node, when it is at hand. */
  readonly machine?: Machine;
  readonly masqueradeAll: boolean;
  /** Bit of the packet mark that means "masquerade", 0 to 31. */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  /** conntrack.tcpBeLiberal: kube-proxy then writes no rule that drops INVALID packets. */
  readonly tcpBeLiberal: boolean;
  readonly ipvs: IpvsOptions;
  readonly daemon: DaemonOptions;
}

/** What decides no rule, but when and how the daemon works. */
export interface DaemonOptions {
  /** By proxy mode. */
  readonly periods: { readonly iptables: Periods; readonly ipvs: Periods };
  /** Where it says whether it is well, and what it did. */
  readonly healthz: Listen;
  readonly metrics: Listen;
}

/** Seconds. */
export interface Periods {
  /** How often the whole node is compared. */
  readonly sync: number;
  /** How long changes are collected before they are applied. */
  readonly minSync: number;
}

/** An address to listen on; no host means all. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What a machine says of itself, which is truer than what the Node object does. */
export interface Machine {
  readonly hostname: string;
  /** On its interfaces, virtual IPs aside. */
  readonly addresses: readonly string[];
}

/** What only ipvs mode asks. */
export interface IpvsOptions {
  /** As ipvsadm calls it; `''` means rr. */
  readonly scheduler: string;
  /** Virtual servers there are left alone when stale ones are deleted. */
  readonly excludeCIDRs: readonly Cidr[];
  /** The node answers ARP for an address only on the interface that has it: needed behind MetalLB and kube-vip. */
  readonly strictARP: boolean;
  /** Idle time after which a connection is forgotten, in whole seconds; 0 leaves the kernel's. */
  readonly timeouts: { readonly tcp: number; readonly tcpFin: number; readonly udp: number };
}

/** kube-proxy's defaults: iptables mode, on the only Node of the snapshot. */
export const DEFAULT_OPTIONS: Options = {
  mode: 'iptables',
  nodeName: '',
  bindAddress: '',
  clusterCIDRs: [],
  detectLocalMode: 'ClusterCIDR',
  bridgeInterface: '',
  interfaceNamePrefix: '',
  nodePortAddresses: [],
  nodeAddresses: [],
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  tcpBeLiberal: false,
  ipvs: { scheduler: '', excludeCIDRs: [], strictARP: false, timeouts: { tcp: 0, tcpFin: 0, udp: 0 } },
  daemon: {
    periods: { iptables: { sync: 30, minSync: 1 }, ipvs: { sync: 30, minSync: 0 } },
    healthz: { host: '0.0.0.0', port: 10256 },
    metrics: { host: '127.0.0.1', port: 10249 },
  },
};
