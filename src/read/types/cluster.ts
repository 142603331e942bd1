/**
 * read, types: what a cluster allocates from, its Namespaces and Ingresses, and what it has to do with others.
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

/** NetworkPolicy networking.k8s.io/v1: which Pods of its namespace it restricts, not how. */
export interface NetworkPolicy {
  readonly metadata: ObjectMeta;
  readonly podSelector: LabelSelector;
  /** `Ingress`, `Egress`. */
  readonly policyTypes: readonly string[];
  /** Each of them lets some clients in; without any, type Ingress lets in nobody. */
  readonly ingressRules: number;
  readonly origin: Origin;
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
