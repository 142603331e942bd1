/**
 * read, types: ServiceCIDRs and IPAddresses, Ingresses, NetworkPolicies, Namespaces, and the multi-cluster kinds.
 */

import type { Key, Origin } from '../../diag.js';
import type { LabelSelector } from '../selects.js';
import type { ObjectMeta, Protocol } from './meta.js';

/** ServiceCIDR networking.k8s.io/v1. */
export interface ServiceCIDR {
  readonly metadata: ObjectMeta;
  /** Canonical, at most one of each family. */
  readonly cidrs: readonly string[];
  readonly origin: Origin;
}

/** IPAddress networking.k8s.io/v1: an address that the API server has allocated. */
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
  /** `''` for any host, and for the default backend. */
  readonly host: string;
  /** Absent for the default backend. */
  readonly path?: string;
  readonly pathType?: string;
  /** Absent when the backend is a resource of another kind. */
  readonly service?: { readonly name: string; readonly port: number | string };
  /** The path of the backend in the object. */
  readonly at: readonly Key[];
}

/** NetworkPolicy networking.k8s.io/v1: which Pods of its namespace it restricts, and what it admits. */
export interface NetworkPolicy {
  readonly metadata: ObjectMeta;
  readonly podSelector: LabelSelector;
  /** `Ingress`, `Egress`. */
  readonly policyTypes: readonly string[];
  /** Where policyTypes has Ingress: its Pods get what any of these rules admits. */
  readonly ingress: readonly PolicyRule[];
  /** Where policyTypes has Egress: its Pods may send what any of these rules admits. */
  readonly egress: readonly PolicyRule[];
  readonly origin: Origin;
}

/** One rule of a NetworkPolicy: any of these peers (all without any), on any of these ports (all without any). */
export interface PolicyRule {
  readonly ports: readonly PolicyPort[];
  /** `from` of ingress, `to` of egress. */
  readonly peers: readonly PolicyPeer[];
}

export interface PolicyPort {
  readonly protocol: Protocol;
  /** A number, or the name of a container's port; absent means all. */
  readonly port?: number | string;
  /** The last of a range that begins with a number. */
  readonly endPort?: number;
}

/** Pods by their labels and their namespace's, or addresses. */
export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  /** The addresses of `cidr` without those of `except`. */
  readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] };
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
