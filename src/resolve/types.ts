/**
 * ServicePort: the contract between the front half, which knows Kubernetes, and the backends, which know the kernel.
 * All decisions of Kubernetes semantics are in it as data; a backend makes none.
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

/** One port of a Service in one IP family; each port of a dual-stack Service has two. */
export interface ServicePort {
  readonly name: ServicePortName;
  readonly family: Family;
  /** ClusterIP first, then external IPs, load-balancer IPs and the node port, in the API object's order. */
  readonly frontends: readonly Frontend[];
  /** Set for session affinity ClientIP. */
  readonly affinity?: { readonly timeoutSeconds: number };
  readonly endpoints: EndpointSets;
  /** The port of the health check that load balancers poll under externalTrafficPolicy Local. */
  readonly healthCheckNodePort?: number;
  /** The health check's port is not in the input. */
  readonly syntheticHealthCheck?: true;
  readonly origin: Origin;
}

/** The usable endpoints by traffic policy, each sorted by `ip:port` as a string, as kube-proxy sorts them. */
export interface EndpointSets {
  /** For policy Cluster; empty when no frontend uses it. */
  readonly cluster: readonly Endpoint[];
  /** For policy Local: usable endpoints on this node. */
  readonly local: readonly Endpoint[];
  /** The union: all endpoints that this node may send a packet to. */
  readonly reachable: readonly Endpoint[];
  /** All endpoints on this node, in any state. */
  readonly onNode: readonly Endpoint[];
  /** All serving endpoints, even if new traffic does not use them: an open UDP flow may stay with one. */
  readonly serving: readonly Endpoint[];
  /** The number of endpoints in the slices for this port, usable or not. */
  readonly total: number;
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** The endpoint is on the node that is compiled for. */
  readonly local: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName: string;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
  /** What the endpoint was derived from; absent when it is in the input. */
  readonly synthetic?: SliceSource;
}

export type FrontendKind = 'ClusterIP' | 'ExternalIP' | 'LoadBalancerIP' | 'NodePort';

/** An address that clients connect to. */
export interface Frontend {
  readonly kind: FrontendKind;
  /** Absent for a node port, which is served on the node's own addresses. */
  readonly ip?: string;
  readonly port: number;
  /** The set of endpoints that its traffic goes to. */
  readonly policy: TrafficPolicy;
  /**
   * Set when there is no endpoint for its traffic: `reject` when the Service has none anywhere, `drop` when policy
   * Local has none on this node. Under `drop`, traffic from this node and its pods may still go to endpoints on other
   * nodes.
   */
  readonly whenEmpty?: 'reject' | 'drop';
  /** Which traffic gets the node's address as its source: all, that from outside the cluster, or none. */
  readonly masquerade: 'always' | 'off-cluster' | 'never';
  /** The clients that may use it; absent means all. */
  readonly sourceRanges?: SourceRanges;
  /** The frontend's address or port is not in the input. */
  readonly synthetic?: true;
}

/**
 * What a proxy mode does under policy Local. `strict`: an external address sends traffic from this node and its pods to
 * all endpoints; without local endpoints it drops traffic from outside. `fallback`: all traffic goes to the endpoints
 * on this node, or if there are none, to all endpoints (k/k#97081).
 */
export type LocalPolicy = 'strict' | 'fallback';

export interface SourceRanges {
  readonly ranges: readonly Cidr[];
  /** Whether a range includes this node. The node uses a load-balancer IP that is local to it also as the source. */
  readonly node: boolean;
}

/** How traffic of this node's pods is recognised (kube-proxy's LocalTrafficDetector). */
export type PodTraffic =
  | { readonly kind: 'source'; readonly cidr: Cidr }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'interface-prefix'; readonly prefix: string };

/** The node in one IP family. */
export interface NodeContext {
  readonly name: string;
  /** Topology zone; `''` when the Node has none. */
  readonly zone: string;
  readonly family: Family;
  /** The node's primary address; the loopback address when it is unknown, as in kube-proxy. */
  readonly ip: Ip;
  /** Absent when unknown; then off-cluster traffic is not masqueraded and pods get no short circuit. */
  readonly podTraffic?: PodTraffic;
  /** The known addresses of its interfaces, without loopback and link-local addresses; sorted. */
  readonly addresses: readonly string[];
  /** The addresses that serve node ports: all local ones, with or without loopback, or only the listed ones. */
  readonly nodePorts:
    | { readonly on: 'local-addresses'; readonly loopback: boolean }
    | { readonly on: 'addresses'; readonly addresses: readonly string[] };
  /** Node ports answer on 127.0.0.1. That needs route_localnet, and so a rule against its abuse (k/k#90259). */
  readonly localhostNodePorts: boolean;
  /** The loopback address on which the relay serves node ports, where rules do not. */
  readonly relayedLoopback?: string;
}

/** The name and addresses of another Node. */
export interface Peer {
  readonly metadata: { readonly name: string };
  readonly addresses: readonly { readonly address: string }[];
}

/** `default/web:http`, or `default/web` for an unnamed port: kube-proxy's name of a port in comments and hashes. */
export function formatServicePortName(name: ServicePortName): string {
  const service = `${name.namespace}/${name.service}`;
  return name.port === '' ? service : `${service}:${name.port}`;
}
