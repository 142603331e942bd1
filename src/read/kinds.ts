/**
 * The kinds that vipc reads: for each apiVersion and kind, the validator and the list of the snapshot it fills.
 */
import type { Origin } from '../diag.js';
import { type Check, type Cursor, isMapping } from './check.js';
import { serviceExport, serviceImport } from './kinds/clusterset.js';
import { endpoints } from './kinds/endpoints.js';
import { endpointSlice } from './kinds/endpointslice.js';
import { ingress } from './kinds/ingress.js';
import { namespace } from './kinds/namespace.js';
import { ipAddressObject, serviceCIDR } from './kinds/networking.js';
import { networkPolicy } from './kinds/networkpolicy.js';
import { node } from './kinds/node.js';
import { pod } from './kinds/pod.js';
import { service } from './kinds/service.js';
import { workload } from './kinds/workload.js';
import { checkKnown } from './known.js';
import type { Snapshot } from './types.js';

/** A list of the snapshot that holds objects. */
export type ListName = Exclude<keyof Snapshot, 'skipped'>;

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly list: ListName;
  /** The object of that kind without its origin, or undefined after reporting what is wrong. */
  readonly read: (value: unknown, at: Cursor) => object | undefined;
}

/** An entry of KINDS; its types make sure that the validator returns what the list holds. */
function kind<L extends ListName>(
  list: L,
  apiVersion: string,
  name: string,
  read: Check<Omit<Snapshot[L][number], 'origin'>>,
  namespaced = true,
): Kind {
  return { apiVersion, kind: name, namespaced, list, read };
}

/** An object that passed the validator of its kind. */
export type KnownObject = {
  readonly [L in ListName]: { readonly list: L; readonly object: Snapshot[L][number] };
}[ListName];

const MCS_VERSIONS = [
  'multicluster.x-k8s.io/v1alpha1',
  'multicluster.x-k8s.io/v1beta1',
  'multicluster.k8s.io/v1alpha1',
];

export const KINDS: readonly Kind[] = [
  kind('services', 'v1', 'Service', service),
  kind('slices', 'discovery.k8s.io/v1', 'EndpointSlice', endpointSlice),
  kind('endpoints', 'v1', 'Endpoints', endpoints),
  kind('nodes', 'v1', 'Node', node, false),
  kind('pods', 'v1', 'Pod', pod),
  kind('workloads', 'apps/v1', 'Deployment', workload('Deployment')),
  kind('workloads', 'apps/v1', 'StatefulSet', workload('StatefulSet')),
  kind('workloads', 'apps/v1', 'DaemonSet', workload('DaemonSet')),
  kind('workloads', 'apps/v1', 'ReplicaSet', workload('ReplicaSet')),
  kind('workloads', 'v1', 'ReplicationController', workload('ReplicationController')),
  kind('workloads', 'v1', 'PodTemplate', workload('PodTemplate')),
  kind('namespaces', 'v1', 'Namespace', namespace, false),
  kind('serviceCIDRs', 'networking.k8s.io/v1', 'ServiceCIDR', serviceCIDR, false),
  kind('ipAddresses', 'networking.k8s.io/v1', 'IPAddress', ipAddressObject, false),
  kind('ingresses', 'networking.k8s.io/v1', 'Ingress', ingress),
  kind('policies', 'networking.k8s.io/v1', 'NetworkPolicy', networkPolicy),
  ...MCS_VERSIONS.map((version) => kind('exports', version, 'ServiceExport', serviceExport)),
  ...MCS_VERSIONS.map((version) => kind('imports', version, 'ServiceImport', serviceImport)),
];

/** The object of `value` at `origin`, or undefined after reporting its errors. */
export function readKind(
  { kind, list, read }: Kind,
  value: unknown,
  at: Cursor,
  origin: Origin,
): KnownObject | undefined {
  at.admitted = isAdmitted(value);
  checkKnown(kind, value, at);
  const object = read(value, at);
  // The function `kind` made sure that this list holds such objects.
  return object && ({ list, object: { ...object, origin } } as KnownObject);
}

/** An API server has admitted the object: it has fields that only a server sets. */
function isAdmitted(value: unknown): boolean {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const { uid, resourceVersion } = isMapping(metadata) ? metadata : {};
  return Boolean(uid && resourceVersion);
}
