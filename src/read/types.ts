/**
 * What a snapshot holds: the API's objects under the API's field names, checked, defaulted as the API server defaults
 * them, reduced to the fields that decide rules, every address canonical. This is the contract between read and resolve.
 */
import type { Key, Origin, Source } from '../diag.js';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type IPFamily = 'IPv4' | 'IPv6';
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
export type TrafficPolicy = 'Cluster' | 'Local';

export interface ObjectMeta {
  readonly name: string;
  /** `default` where a namespaced manifest says nothing; `''` for a Node. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Service v1. */
export interface Service {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type: ServiceType;
    /** `['None']` when headless, empty when none is allocated. */
    readonly clusterIPs: readonly string[];
    /** Empty in manifests that no API server has seen. */
    readonly ipFamilies: readonly IPFamily[];
    /** Absent or empty: endpoints come from somebody other than the endpoint-slice controller. */
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports: readonly ServicePortSpec[];
    readonly sessionAffinity: 'None' | 'ClientIP';
    /** Seconds a client stays with its endpoint; 10800 unless said. */
    readonly affinityTimeoutSeconds: number;
    readonly externalTrafficPolicy: TrafficPolicy;
    readonly internalTrafficPolicy: TrafficPolicy;
    readonly externalIPs: readonly string[];
    /** Canonical CIDRs. */
    readonly loadBalancerSourceRanges: readonly string[];
    /** 0 when unset. */
    readonly healthCheckNodePort: number;
  };
  readonly status: { readonly loadBalancer: { readonly ingress: readonly LoadBalancerIngress[] } };
  readonly origin: Origin;
}

export interface ServicePortSpec {
  /** `''` when the only port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0 when unset. */
  readonly nodePort: number;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode: 'VIP' | 'Proxy';
}

/** The label that binds a slice to its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** EndpointSlice discovery.k8s.io/v1, or one derived from an Endpoints object. */
export interface EndpointSlice {
  readonly metadata: ObjectMeta;
  readonly addressType: IPFamily | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
  readonly origin: Origin;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions: Conditions;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: EndpointHints;
}

/** `unset` conditions are absent; resolve gives them kube-proxy's meaning. */
export interface Conditions {
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

export interface EndpointHints {
  readonly forZones?: readonly { readonly name: string }[];
  readonly forNodes?: readonly { readonly name: string }[];
}

export interface EndpointPort {
  /** The API server stores `''` for a port without a name. */
  readonly name: string;
  readonly protocol: Protocol;
  /** Absent when the pod's named target port did not resolve. */
  readonly port?: number;
}

/** Endpoints v1. */
export interface Endpoints {
  readonly metadata: ObjectMeta;
  readonly subsets: readonly EndpointSubset[];
  readonly origin: Origin;
}

export interface EndpointSubset {
  readonly addresses: readonly EndpointAddress[];
  readonly notReadyAddresses: readonly EndpointAddress[];
  readonly ports: readonly { readonly name: string; readonly protocol: Protocol; readonly port: number }[];
}

export interface EndpointAddress {
  readonly ip: string;
  readonly nodeName?: string;
}

/** Node v1. */
export interface Node {
  readonly metadata: ObjectMeta;
  /** Canonical CIDRs, `podCIDR` first. */
  readonly podCIDRs: readonly string[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  /** It is to go: load balancers should send no new connections to it (KEP-3836). */
  readonly leaving: boolean;
  readonly origin: Origin;
}

/** An object of a kind that vipc does not read. */
export interface SkippedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface Snapshot {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly endpoints: readonly Endpoints[];
  readonly nodes: readonly Node[];
  readonly skipped: readonly SkippedObject[];
}

/** A parsed object and where it stands, before anybody checked it. */
export interface RawObject {
  readonly value: unknown;
  readonly source: Source;
  readonly document: number;
  readonly base: readonly Key[];
  readonly span?: Origin['span'];
}
