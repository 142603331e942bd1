/**
 * read, types: Nodes, Pods and workloads.
 */
import type { Origin } from '../../diag.js';
import type { LabelSelector } from '../selects.js';
import type { ObjectMeta, Protocol } from './meta.js';

/** Node v1. */
export interface Node {
  readonly metadata: ObjectMeta;
  /** Canonical CIDRs, `podCIDR` first. */
  readonly podCIDRs: readonly string[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  /** The node is about to be removed: load balancers should send it no new connections (KEP-3836). */
  readonly leaving: boolean;
  /** status.allocatable.cpu in thousandths of a CPU; 0 when unknown. */
  readonly milliCPU: number;
  /** Its Ready condition; true when it has none, as in manifests. */
  readonly ready: boolean;
  /** The node is cordoned: no new pod is scheduled to it. */
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  /** The node is not in the input. */
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

/** The part of a pod's spec that decides where it runs and what it serves; also in the templates of workloads. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly hostNetwork: boolean;
  /** Ports of containers, then of sidecars (init containers that keep running). */
  readonly ports: readonly ContainerPort[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** The required nodeAffinity: a Node must meet all requirements of one of these terms. */
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
  /** `''` when the port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** Absent when no port of the node is forwarded to it. */
  readonly hostPort?: number;
  /** A sidecar has the port, not one of `containers`. */
  readonly sidecar?: true;
}

/** Pod v1. */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: {
    /** `''` in manifests. */
    readonly phase: string;
    /** The Pod's Ready condition. */
    readonly ready: boolean;
    /** Canonical, at most one of each family. */
    readonly podIPs: readonly string[];
  };
  /** The Pod has a deletionTimestamp. */
  readonly terminating: boolean;
  /** Absent in manifests. */
  readonly history?: PodHistory;
  /** The simulated workload or Pod, as `Deployment default/web`; absent when the Pod's status was in the input. */
  readonly simulated?: string;
  /** `helm.sh/hook: test`: the Pod runs once during a release. */
  readonly hook?: string;
  readonly origin: Origin;
}

/** What a cluster has written about a Pod; times as they are written. */
export interface PodHistory {
  readonly created?: string;
  readonly deleted?: string;
  readonly readySince?: string;
  /** The most of any container. */
  readonly restarts: number;
  readonly sidecarRestarts: number;
}

export type WorkloadKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'PodTemplate';

/** An object that creates pods from a template. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly metadata: ObjectMeta;
  /** 1 for kinds without the field. */
  readonly replicas: number;
  /** The headless Service that names a StatefulSet's pods; `''` for others. */
  readonly serviceName: string;
  /** Number of a StatefulSet's first pod. */
  readonly firstOrdinal: number;
  /** Which pods are its own; a PodTemplate has none. */
  readonly selector: LabelSelector;
  readonly template: { readonly labels: Readonly<Record<string, string>>; readonly spec: PodSpec };
  /** Another workload owns it, as a Deployment owns its ReplicaSets. */
  readonly owned: boolean;
  /** As for a Pod. */
  readonly hook?: string;
  readonly origin: Origin;
}
