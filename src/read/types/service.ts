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
    /** `PreferClose`, `PreferSameZone`, `PreferSameNode`, or on an admitted one what another version of the API knows. */
    readonly trafficDistribution?: string;
  };
  readonly status: { readonly loadBalancer: { readonly ingress: readonly LoadBalancerIngress[] } };
  /** metadata.creationTimestamp, as written. */
  readonly created?: string;
  /** An API server has taken it; what is wrong with it all the same is older than the rule. */
  readonly admitted?: true;
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

/** A nil selector and an empty one alike select nothing: the API stores no empty maps. */
export function hasSelector({ spec }: Service): boolean {
  return Object.keys(spec.selector ?? {}).length > 0;
}
