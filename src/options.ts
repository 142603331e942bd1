/**
 * Options: every setting of KubeProxyConfiguration that vipc uses, as one value. read/config.ts fills it from a file,
 * the command line overrides it, DEFAULT_OPTIONS is the only table of defaults (kube-proxy v1alpha1 SetDefaults).
 */
import type { Cidr, Family } from './ip.js';

/** How traffic of pods on this node is recognised (kube-proxy's --detect-local-mode). */
export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix';

export const DETECT_LOCAL_MODES: readonly DetectLocalMode[] = [
  'ClusterCIDR',
  'NodeCIDR',
  'BridgeInterface',
  'InterfaceNamePrefix',
];

/** The settings for a node; every field has a default in DEFAULT_OPTIONS. */
export interface Options {
  /** The proxy mode as written; `''` means iptables. The list of backends defines which modes exist. */
  readonly mode: string;
  /** The name of the node to compile for; `''` when not given. */
  readonly nodeName: string;
  /** Overrides the node's address of its family; an unspecified address (0.0.0.0, ::) does not. */
  readonly bindAddress: string;
  /** At most one CIDR per family. */
  readonly clusterCIDRs: readonly Cidr[];
  readonly detectLocalMode: DetectLocalMode;
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  /** The CIDRs of addresses that serve node ports, or `primary`; empty means the default of the mode. */
  readonly nodePortAddresses: readonly Cidr[] | 'primary';
  /** Addresses of the node that its Node object does not list. */
  readonly nodeAddresses: readonly string[];
  /** This machine, when rules are compiled for it. */
  readonly machine?: Machine;
  /** Masquerading in all modes but nftables. */
  readonly masqueradeAll: boolean;
  /** The bit of the packet mark that means "masquerade", 0 to 31, in all modes but nftables. */
  readonly masqueradeBit: number;
  /** Node ports answer on 127.0.0.1, in all modes but nftables. */
  readonly localhostNodePorts: boolean;
  /** In iptables mode the relay serves them there, and not rules: those need the sysctl route_localnet. */
  readonly localhostByRelay: boolean;
  readonly nftables: NftablesOptions;
  /** The feature gate AllowServiceExternalIPs: without it spec.externalIPs are not served (KEP-5707). */
  readonly externalIPs: boolean;
  /** conntrack.tcpBeLiberal: kube-proxy then writes no rule that drops INVALID packets. */
  readonly tcpBeLiberal: boolean;
  readonly ipvs: IpvsOptions;
  readonly userspace: UserspaceOptions;
  readonly daemon: DaemonOptions;
}

/** Settings of the daemon, which change no rule. */
export interface DaemonOptions {
  /** By proxy mode. */
  readonly periods: { readonly iptables: Periods; readonly ipvs: Periods; readonly nftables: Periods };
  /** The addresses of its health checks and metrics. */
  readonly healthz: Listen;
  readonly metrics: Listen;
}

/** In seconds. */
export interface Periods {
  /** The interval of full comparisons with the node. */
  readonly sync: number;
  /** The time for which changes are collected before they are applied. */
  readonly minSync: number;
}

/** An address to listen on; no host means all. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What the machine itself reports; more reliable than its Node object. */
export interface Machine {
  readonly hostname: string;
  /** The addresses of its interfaces, without virtual IPs. */
  readonly addresses: readonly string[];
  /** The ports of the relay's range that are in use; absent when nobody asked. */
  readonly proxyPorts?: ProxyPorts;
}

/** Ports of a node, as a relay finds them. */
export interface ProxyPorts {
  /** Ports of other programs, such as `tcp 23817`. */
  readonly taken: readonly string[];
  /**
   * The ports that listeners of the relay have, or rules of the node lead to: each listener keeps its own, and no other
   * gets it before it is free.
   */
  readonly held: readonly HeldPort[];
}

export interface HeldPort {
  /** The name of the listener (tools/relay/types.ts). */
  readonly name: string;
  readonly family: Family;
  readonly protocol: string;
  readonly port: number;
}

/** Settings of ipvs mode. */
export interface IpvsOptions {
  /** The scheduler's name in ipvsadm; `''` means rr. */
  readonly scheduler: string;
  /** Virtual servers in these networks are not deleted as stale. */
  readonly excludeCIDRs: readonly Cidr[];
  /** The node answers ARP for an address only on the interface that has it; MetalLB and kube-vip need that. */
  readonly strictARP: boolean;
  /** The idle timeouts of connections in whole seconds; 0 keeps the kernel's. */
  readonly timeouts: { readonly tcp: number; readonly tcpFin: number; readonly udp: number };
}

/** Settings of the relay, which serves userspace mode. */
export interface UserspaceOptions {
  /** The ports on which it may listen (portRange). */
  readonly proxyPorts: { readonly first: number; readonly last: number };
  /** Milliseconds after which a UDP flow without packets has ended (udpIdleTimeout). */
  readonly udpIdle: number;
}

/** Settings of nftables mode, where those of iptables have no effect. */
export interface NftablesOptions {
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
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
  localhostByRelay: false,
  nftables: { masqueradeAll: false, masqueradeBit: 14 },
  externalIPs: true,
  tcpBeLiberal: false,
  ipvs: { scheduler: '', excludeCIDRs: [], strictARP: false, timeouts: { tcp: 0, tcpFin: 0, udp: 0 } },
  // Below the node ports (30000-32767) and the kernel's ephemeral ports (32768-60999).
  userspace: { proxyPorts: { first: 12000, last: 29999 }, udpIdle: 250 },
  daemon: {
    periods: {
      iptables: { sync: 30, minSync: 1 },
      ipvs: { sync: 30, minSync: 0 },
      nftables: { sync: 30, minSync: 1 },
    },
    healthz: { host: '0.0.0.0', port: 10256 },
    metrics: { host: '127.0.0.1', port: 10249 },
  },
};

/** Which traffic to cluster IPs is masqueraded, and by which bit of the packet mark, in the mode of `options`. */
export function masqueradeOf({ mode, masqueradeAll, masqueradeBit, nftables }: Options): NftablesOptions {
  return mode === 'nftables' ? nftables : { masqueradeAll, masqueradeBit };
}

/**
 * Where the mode of `options` serves node ports: CIDRs, every local address when there are none, or `primary`. On
 * 127.0.0.1 nftables mode does not (k/k platformApplyDefaults, pkg/proxy/nftables).
 */
export function nodePortsOf(options: Options): {
  readonly cidrs: readonly Cidr[] | 'primary';
  readonly localhost: boolean;
  /** Whether the relay serves them on a loopback address; `named`: where CIDRs name one. */
  readonly byRelay: boolean | 'named';
} {
  const { mode, nodePortAddresses: cidrs, localhostNodePorts, localhostByRelay } = options;
  const byRelay = localhostNodePorts && localhostByRelay && (mode === '' || mode === 'iptables');
  if (mode !== 'nftables') return { cidrs, localhost: localhostNodePorts && !byRelay, byRelay };
  return { cidrs: cidrs.length === 0 ? 'primary' : cidrs, localhost: false, byRelay: 'named' };
}
