/**
 * read, types: EndpointSlice discovery.k8s.io/v1 and Endpoints v1.
 */
import type { Origin } from '../../diag.js';
import { groupedBy, sorted } from '../../order.js';
import type { IPFamily, ObjectMeta, Protocol } from './meta.js';

/** The label that binds a slice to its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The label that names the controller of a slice. */
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';

/** The label that binds a slice to a Service of the clusterset (KEP-1645). */
export const CLUSTERSET_SERVICE_LABEL = 'multicluster.kubernetes.io/service-name';

/** EndpointSlice discovery.k8s.io/v1, or one derived from an Endpoints object. */
export interface EndpointSlice {
  readonly metadata: ObjectMeta;
  readonly addressType: IPFamily | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
  /** What vipc derived it from, as a controller would have; absent when the slice was in the input. */
  readonly synthetic?: SliceSource;
  readonly origin: Origin;
}

/** What slices that are not in the input are derived from. */
export type SliceSource = 'Pods' | 'simulated Pods' | 'Endpoints' | 'other clusters';

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions: Conditions;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: EndpointHints;
  /** The endpoint's own name in the Service's DNS domain. */
  readonly hostname?: string;
  /** The name of the Pod, if vipc derived the endpoint from one. */
  readonly pod?: string;
  /** The Pod was simulated. */
  readonly simulated?: true;
}

/** Conditions that are not set are absent; resolve gives them kube-proxy's meaning. */
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

/** The Service of a slice, as `namespace/name`; undefined when the slice belongs to none. */
export function serviceOf(slice: EndpointSlice): string | undefined {
  const service = slice.metadata.labels[SERVICE_NAME_LABEL];
  return service ? `${slice.metadata.namespace}/${service}` : undefined;
}

/**
 * The slices of every Service by its `namespace/name`, each list sorted by slice name: so the order of objects does not
 * decide which of two equal endpoints counts.
 */
export function slicesByService(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  const found = groupedBy(slices, serviceOf);
  return new Map([...found].map(([service, its]) => [service, its.length > 1 ? sorted(its) : its]));
}
