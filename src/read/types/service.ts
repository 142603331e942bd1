/**
 * read, types: Service v1.
 */
import type { Origin } from '../../diag.js';
import type { IPFamily, ObjectMeta, Protocol } from './meta.js';

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
export type TrafficPolicy = 'Cluster' | 'Local';
export type IPFamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';

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
    /** Absent or empty: the endpoint-slice controller creates no endpoints; users or other controllers do. */
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports: readonly ServicePortSpec[];
    readonly sessionAffinity: 'None' | 'ClientIP';
    /** Seconds that a client stays with its endpoint; 10800 by default. */
    readonly affinityTimeoutSeconds: number;
    readonly externalTrafficPolicy: TrafficPolicy;
    readonly internalTrafficPolicy: TrafficPolicy;
    readonly externalIPs: readonly string[];
    /** Canonical CIDRs. */
    readonly loadBalancerSourceRanges: readonly string[];
    /** 0 when unset. */
    readonly healthCheckNodePort: number;
    /** False: the load balancer reaches the endpoints without node ports. */
    readonly allocateLoadBalancerNodePorts: boolean;
    /** The DNS name that an ExternalName Service stands for; `''` for other types. */
    readonly externalName: string;
    /** All endpoints count as ready. */
    readonly publishNotReadyAddresses: boolean;
    /** `PreferClose`, `PreferSameZone`, `PreferSameNode`; on an admitted Service also values of other API versions. */
    readonly trafficDistribution?: string;
  };
  readonly status: { readonly loadBalancer: { readonly ingress: readonly LoadBalancerIngress[] } };
  /** metadata.creationTimestamp, as written. */
  readonly created?: string;
  /** An API server has admitted the Service; a rule it breaks is newer than that. */
  readonly admitted?: true;
  /** The values that vipc filled in, as an API server would have. */
  readonly allocated?: Allocated;
  readonly origin: Origin;
}

/** Values that are not in the input but allocated by vipc. */
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
  /** A number, or the name of a container's port; `port` by default. */
  readonly targetPort: number | string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode: 'VIP' | 'Proxy';
}

/** Whether a Service is headless: its only cluster IP is `None`. */
export function isHeadless({ spec }: Pick<Service, 'spec'>): boolean {
  return spec.clusterIPs[0] === 'None';
}

/** A nil selector and an empty one alike select nothing: the API stores no empty maps. */
export function hasSelector({ spec }: Service): boolean {
  return Object.keys(spec.selector ?? {}).length > 0;
}
