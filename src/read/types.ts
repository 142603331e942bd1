/**
 * The snapshot: the API's objects under the API's field names, checked, with the API server's defaults, reduced to the
 * fields that vipc uses, every address canonical. This is the contract between read and resolve.
 */
import type { Key, Origin, Source } from '../diag.js';
import type {
  Ingress,
  IPAddress,
  Namespace,
  NetworkPolicy,
  ServiceCIDR,
  ServiceExport,
  ServiceImport,
} from './types/cluster.js';
import type { EndpointSlice, Endpoints } from './types/endpoints.js';
import type { Node, Pod, Workload } from './types/pods.js';
import type { Service } from './types/service.js';

export * from './types/cluster.js';
export * from './types/endpoints.js';
export * from './types/meta.js';
export * from './types/pods.js';
export * from './types/service.js';

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
  readonly policies: readonly NetworkPolicy[];
  readonly exports: readonly ServiceExport[];
  readonly imports: readonly ServiceImport[];
  readonly skipped: readonly SkippedObject[];
}

/** A cluster without anything. */
export const EMPTY_SNAPSHOT: Snapshot = {
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
  policies: [],
  exports: [],
  imports: [],
  skipped: [],
};

/** A parsed object and its place, not yet checked. */
export interface RawObject {
  readonly value: unknown;
  readonly source: Source;
  readonly document: number;
  readonly base: readonly Key[];
  readonly span?: Origin['span'];
}
