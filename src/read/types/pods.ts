/**
 * read, types: Nodes, Pods, and what makes Pods of templates.
 */
import type { Origin } from '../../diag.js';
import type { ObjectMeta, Protocol } from './meta.js';

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
  /** Of nodeAffinity: a Node must meet all requirements of one of these. */
  readonly nodeTerms?: readonly (readonly NodeRequirement[])[];
}

/** A requirement of a label, or of `metadata.name`. */
export interface NodeRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`. */
  readonly operator: string;
  readonly values: readonly string[];
}

export interface ContainerPort {
  /** `''` when it has none. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** Absent when the node does not forward one to it. */
  readonly hostPort?: number;
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
  /** `helm.sh/hook: test`: it runs at some moment of a release, and then no more. */
  readonly hook?: string;
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
  /** As of a Pod. */
  readonly hook?: string;
  readonly origin: Origin;
}
