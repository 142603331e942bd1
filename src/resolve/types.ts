/**
 * ServicePort: the contract between the front half, which knows Kubernetes, and the backends, which know the kernel.
 * Every question that the Kubernetes API leaves open is answered here as data: a backend asks no further ones.
 */
import type { Origin } from '../diag.js';
import type { Cidr, Family, Ip } from '../ip.js';
import type { Protocol, SliceSource, TrafficPolicy } from '../read/types.js';

export type { Protocol, TrafficPolicy };

/** kube-proxy's ServicePortName, and the key of everything it programs. */
export interface ServicePortName {
  readonly namespace: string;
  readonly service: string;
  /** `''` for the only port of a Service when it has no name. */
  readonly port: string;
  readonly protocol: Protocol;
}

/** One port of a Service in one IP family; a dual-stack Service is two of them. */
export interface ServicePort {
  readonly name: ServicePortName;
  readonly family: Family;
  /** ClusterIP first, then external IPs, load-balancer IPs and the node port, in the API object's order. */
  readonly frontends: readonly Frontend[];
  /** Set when the Service keeps a client on one endpoint. */
  readonly affinity?: { readonly timeoutSeconds: number };
  readonly endpoints: EndpointSets;
  /** The kubelet-style health check that load balancers poll under externalTrafficPolicy Local. */
  readonly healthCheckNodePort?: number;
  /** That port is not in the input. */
  readonly syntheticHealthCheck?: true;
  readonly origin: Origin;
}

/** The usable endpoints by traffic policy, each sorted by `ip:port` as a string, as kube-proxy sorts them. */
export interface EndpointSets {
  /** For traffic under policy Cluster; empty when no frontend uses that policy. */
  readonly cluster: readonly Endpoint[];
  /** For traffic under policy Local: those on this node. */
  readonly local: readonly Endpoint[];
  /** The union: all endpoints that this node may send a packet to. */
  readonly reachable: readonly Endpoint[];
  /** Those on this node, in whatever state. */
  readonly onNode: readonly Endpoint[];
  /** Those that serve, chosen for new traffic or not: an open flow of datagrams may stay with one of them. */
  readonly serving: readonly Endpoint[];
  /** How many the slices list for this port, usable or not. */
  readonly total: number;
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** On the node that is compiled for. */
  readonly local: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName: string;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
  /** What it was made of; absent when the input has it. */
  readonly synthetic?: SliceSource;
}

export type FrontendKind = 'ClusterIP' | 'ExternalIP' | 'LoadBalancerIP' | 'NodePort';

/** An address that clients connect to. */
export interface Frontend {
  readonly kind: FrontendKind;
  /** Absent for a node port, which is served on the node's own addresses. */
  readonly ip?: string;
  readonly port: number;
  /** Which endpoints its traffic goes to. */
  readonly policy: TrafficPolicy;
  /**
   * Set when there is no endpoint for its traffic: `reject` when the Service has none anywhere, `drop` when policy Local
   * finds none on this node. Under `drop`, traffic of this node and its pods may still reach endpoints elsewhere.
   */
  readonly whenEmpty?: 'reject' | 'drop';
  /** Whose traffic gets the node's address as source: everybody's, that from outside the cluster, nobody's. */
  readonly masquerade: 'always' | 'off-cluster' | 'never';
  /** Clients allowed to use it; absent means everybody. */
  readonly sourceRanges?: SourceRanges;
  /** Its address or port is not in the input. */
  readonly synthetic?: true;
}

/**
 * What a proxy mode does under policy Local. `strict`: an external address serves this node and its pods from all
 * endpoints, and drops what comes from outside when none is here. `fallback`: traffic goes to the endpoints on this
 * node, whoever sends it, or when there are none to all (k/k#97081).
 */
export type LocalPolicy = 'strict' | 'fallback';

export interface SourceRanges {
  readonly ranges: readonly Cidr[];
  /** Whether one of them lets this node in. It talks to a load-balancer IP that is local to it from that very address. */
  readonly node: boolean;
}

/** How traffic of this node's pods is recognised (kube-proxy's LocalTrafficDetector). */
export type PodTraffic =
  | { readonly kind: 'source'; readonly cidr: Cidr }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'interface-prefix'; readonly prefix: string };

/** What the node is, in one IP family. */
export interface NodeContext {
  readonly name: string;
  /** Topology zone; `''` when the Node has none. */
  readonly zone: string;
  readonly family: Family;
  /** The node's primary address: the loopback address when nothing is known, as in kube-proxy. */
  readonly ip: Ip;
  /** Absent when it can't be told; then off-cluster traffic is not masqueraded and pods get no short circuit. */
  readonly podTraffic?: PodTraffic;
  /** What its interfaces are known to have, loopback and link-local addresses aside; sorted. */
  readonly addresses: readonly string[];
  /** Where node ports are served: every local address (perhaps but loopback), or just these. */
  readonly nodePorts:
    | { readonly on: 'local-addresses'; readonly loopback: boolean }
    | { readonly on: 'addresses'; readonly addresses: readonly string[] };
  /** Node ports answer on 127.0.0.1, which needs route_localnet and so a rule against its abuse (k/k#90259). */
  readonly localhostNodePorts: boolean;
}

/** What another Node is known by. */
export interface Peer {
  readonly metadata: { readonly name: string };
  readonly addresses: readonly { readonly address: string }[];
}

/** `default/web:http`, or `default/web` for an unnamed port: how kube-proxy names a port in comments and hashes. */
export function formatServicePortName(name: ServicePortName): string {
  const service = `${name.namespace}/${name.service}`;
  return name.port === '' ? service : `${service}:${name.port}`;
}
