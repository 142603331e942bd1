/**
 * What a snapshot holds: the API's objects under the API's field names, checked, defaulted as the API server defaults
 * them, reduced to the fields that decide rules, every address canonical. This is the contract between read and resolve.
 */
import type { Key, Origin, Source } from '../diag.js';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type IPFamily = 'IPv4' | 'IPv6';
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
export type TrafficPolicy = 'Cluster' | 'Local';
export type IPFamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';

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
    readonly ipFamilyPolicy?: IPFamilyPolicy;
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
    /** False: a load balancer reaches the endpoints without node ports. */
    readonly allocateLoadBalancerNodePorts: boolean;
    /** What an ExternalName Service stands for: a DNS name; `''` for others. */
    readonly externalName: string;
    /** Endpoints count as ready whatever they are. */
    readonly publishNotReadyAddresses: boolean;
    /** `PreferClose`, `PreferSameZone`, `PreferSameNode`, or something that nobody knows. */
    readonly trafficDistribution?: string;
  };
  readonly status: { readonly loadBalancer: { readonly ingress: readonly LoadBalancerIngress[] } };
  /** metadata.creationTimestamp, as written. */
  readonly created?: string;
  /** What of it vipc filled in, as an API server would have. */
  readonly allocated?: Allocated;
  readonly origin: Origin;
}

/** Values that are not in the input. */
export interface Allocated {
  readonly clusterIPs: readonly string[];
  readonly nodePorts: readonly number[];
  readonly healthCheckNodePort: boolean;
}

export interface ServicePortSpec {
  /** `''` when the only port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0 when unset. */
  readonly nodePort: number;
  /** A number, or the name of a container's port; `port` unless said. */
  readonly targetPort: number | string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode: 'VIP' | 'Proxy';
}

/** The label that binds a slice to its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The label that says which controller looks after a slice. */
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';

/** The label that binds a slice to a Service of the whole clusterset (KEP-1645). */
export const CLUSTERSET_SERVICE_LABEL = 'multicluster.kubernetes.io/service-name';

export const REGION_LABEL = 'topology.kubernetes.io/region';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** EndpointSlice discovery.k8s.io/v1, or one derived from an Endpoints object. */
export interface EndpointSlice {
  readonly metadata: ObjectMeta;
  readonly addressType: IPFamily | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
  /** What vipc made it of, as a controller would have; absent when it was in the input. */
  readonly synthetic?: SliceSource;
  readonly origin: Origin;
}

/** What slices that are not in the input are made of. */
export type SliceSource = 'Pods' | 'simulated Pods' | 'Endpoints' | 'other clusters';

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions: Conditions;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: EndpointHints;
  /** Its own name in the Service's domain. */
  readonly hostname?: string;
  /** Name of the Pod, where vipc made the endpoint of one. */
  readonly pod?: string;
  /** The Pod was simulated. */
  readonly simulated?: true;
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
  readonly hostname?: string;
}

/** Node v1. */
export interface Node {
  readonly metadata: ObjectMeta;
  /** Canonical CIDRs, `podCIDR` first. */
  readonly podCIDRs: readonly string[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  /** It is to go: load balancers should send no new connections to it (KEP-3836). */
  readonly leaving: boolean;
  /** status.allocatable.cpu in thousandths of a CPU; 0 when unknown. */
  readonly milliCPU: number;
  /** Its Ready condition; true when it has none, as in manifests. */
  readonly ready: boolean;
  /** No pod may be put there: it is cordoned. */
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  /** It is not in the input. */
  readonly synthetic?: true;
  readonly origin: Origin;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Toleration {
  /** `''` tolerates every key. */
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** `''` tolerates every effect. */
  readonly effect: string;
}

/** What of a pod's spec decides where it is and what it serves; also in the templates of workloads. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly hostNetwork: boolean;
  /** Of containers, then of sidecars: init containers that go on running. */
  readonly ports: readonly ContainerPort[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
}

export interface ContainerPort {
  /** `''` when it has none. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** Pod v1. */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: {
    /** `''` in manifests. */
    readonly phase: string;
    /** Its Ready condition. */
    readonly ready: boolean;
    /** Canonical, at most one of each family. */
    readonly podIPs: readonly string[];
  };
  /** It has a deletionTimestamp. */
  readonly terminating: boolean;
  /** The workload it was simulated for, as `Deployment default/web`, or itself; absent when its status was in the input. */
  readonly simulated?: string;
  readonly origin: Origin;
}

export type WorkloadKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'PodTemplate';

/** What makes pods of a template. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly metadata: ObjectMeta;
  /** 1 for kinds that have none. */
  readonly replicas: number;
  /** The headless Service that names a StatefulSet's pods; `''` for others. */
  readonly serviceName: string;
  /** Number of a StatefulSet's first pod. */
  readonly firstOrdinal: number;
  readonly template: { readonly labels: Readonly<Record<string, string>>; readonly spec: PodSpec };
  /** Another workload makes and owns it, as a Deployment its ReplicaSets. */
  readonly owned: boolean;
  readonly origin: Origin;
}

/** ServiceCIDR networking.k8s.io/v1. */
export interface ServiceCIDR {
  readonly metadata: ObjectMeta;
  /** Canonical, at most one of each family. */
  readonly cidrs: readonly string[];
  readonly origin: Origin;
}

/** IPAddress networking.k8s.io/v1: an address that the API server gave away. */
export interface IPAddress {
  readonly metadata: ObjectMeta;
  /** Canonical. */
  readonly ip: string;
  /** `services default/web`: resource, namespace and name of the holder. */
  readonly parent: { readonly resource: string; readonly namespace: string; readonly name: string };
  readonly origin: Origin;
}

/** Ingress networking.k8s.io/v1. */
export interface Ingress {
  readonly metadata: ObjectMeta;
  readonly ingressClassName: string;
  readonly backends: readonly IngressBackend[];
  readonly origin: Origin;
}

/** Where an Ingress sends requests for a host and path. */
export interface IngressBackend {
  /** `''` for any, and for the default backend. */
  readonly host: string;
  /** Absent for the default backend. */
  readonly path?: string;
  readonly pathType?: string;
  /** Absent when it is a resource of another kind. */
  readonly service?: { readonly name: string; readonly port: number | string };
  /** Where in the object the backend stands. */
  readonly at: readonly Key[];
}

/** Namespace v1. */
export interface Namespace {
  readonly metadata: ObjectMeta;
  readonly origin: Origin;
}

/** ServiceExport of the Multi-Cluster Services API (KEP-1645): the Service of its name is for the whole clusterset. */
export interface ServiceExport {
  readonly metadata: ObjectMeta;
  /** metadata.creationTimestamp, as written. */
  readonly created?: string;
  readonly exportedLabels: Readonly<Record<string, string>>;
  readonly exportedAnnotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** ServiceImport of the Multi-Cluster Services API. */
export interface ServiceImport {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type: 'ClusterSetIP' | 'Headless';
    readonly ips: readonly string[];
    readonly ports: readonly { readonly name: string; readonly protocol: Protocol; readonly port: number }[];
    readonly sessionAffinity: 'None' | 'ClientIP';
  };
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
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
  readonly namespaces: readonly Namespace[];
  readonly serviceCIDRs: readonly ServiceCIDR[];
  readonly ipAddresses: readonly IPAddress[];
  readonly ingresses: readonly Ingress[];
  readonly exports: readonly ServiceExport[];
  readonly imports: readonly ServiceImport[];
  readonly skipped: readonly SkippedObject[];
}

/** A cluster without anything. */
export const NOTHING: Snapshot = {
  services: [],
  slices: [],
  endpoints: [],
  nodes: [],
  pods: [],
  workloads: [],
  namespaces: [],
  serviceCIDRs: [],
  ipAddresses: [],
  ingresses: [],
  exports: [],
  imports: [],
  skipped: [],
};

/** A parsed object and where it stands, before anybody checked it. */
export interface RawObject {
  readonly value: unknown;
  readonly source: Source;
  readonly document: number;
  readonly base: readonly Key[];
  readonly span?: Origin['span'];
}

/** A slice's Service, as `namespace/name`; undefined when it belongs to none. */
export function serviceOf(slice: EndpointSlice): string | undefined {
  const service = slice.metadata.labels[SERVICE_NAME_LABEL];
  return service ? `${slice.metadata.namespace}/${service}` : undefined;
}

/** `namespace/name`. */
export function keyOf({ metadata }: { readonly metadata: ObjectMeta }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** A nil selector and an empty one alike select nothing: the API stores no empty maps. */
export function hasSelector({ spec }: Service): boolean {
  return Object.keys(spec.selector ?? {}).length > 0;
}
