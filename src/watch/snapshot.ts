/**
 * Snapshot: reads the objects of some kinds once, with all their fields, as `kubectl get` prints them.
 */
import { limited } from './budget.js';
import type { ApiClient } from './client.js';
import { list } from './list.js';
import type { ApiObject } from './objects.js';
import { ApiError } from './request.js';
import type { Resource } from './resources.js';
import { DEFAULT_TUNING } from './tuning.js';

/** The kinds that can be read, and their paths in the API. */
const PATHS: Readonly<
  Record<string, { readonly apiVersion: string; readonly plural: string; readonly namespaced: boolean }>
> = {
  Service: { apiVersion: 'v1', plural: 'services', namespaced: true },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  Node: { apiVersion: 'v1', plural: 'nodes', namespaced: false },
  Pod: { apiVersion: 'v1', plural: 'pods', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets', namespaced: true },
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets', namespaced: true },
  ReplicationController: { apiVersion: 'v1', plural: 'replicationcontrollers', namespaced: true },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets', namespaced: true },
  Namespace: { apiVersion: 'v1', plural: 'namespaces', namespaced: false },
  Ingress: { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses', namespaced: true },
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', plural: 'networkpolicies', namespaced: true },
  ServiceCIDR: { apiVersion: 'networking.k8s.io/v1', plural: 'servicecidrs', namespaced: false },
  IPAddress: { apiVersion: 'networking.k8s.io/v1', plural: 'ipaddresses', namespaced: false },
  ServiceImport: { apiVersion: 'multicluster.x-k8s.io/v1alpha1', plural: 'serviceimports', namespaced: true },
};

/** A kind, and the namespaces to read it from; absent means all. */
export interface ReadScope {
  readonly kind: string;
  readonly namespaces?: readonly string[];
}

/** The objects of a kind, or why the server does not give them. */
export type Answered = ReadScope & ({ readonly objects: readonly ApiObject[] } | { readonly error: ApiError });

export interface SnapshotOptions {
  /** The deadline of an answer, and of each silence in it. */
  readonly answerMs: number;
}

/**
 * Lists each of `scopes`, all at once. Rejects with an ApiError when a request fails; a kind that the server does not
 * serve, or refuses to us, is an answer.
 */
export async function readAll(
  client: ApiClient,
  scopes: readonly ReadScope[],
  { answerMs }: SnapshotOptions,
): Promise<readonly Answered[]> {
  const controller = new AbortController();
  const tuning = { ...DEFAULT_TUNING, answerMs };
  const bounded = limited(client);
  const one = async (each: ReadScope): Promise<Answered> => {
    try {
      const objects: ApiObject[] = [];
      for (const resource of resourcesOf(each)) {
        const { into } = await list(bounded, resource, tuning, controller.signal, newCollected, withoutManagedFields);
        for (const object of into.objects) objects.push(object);
      }
      return { ...each, objects };
    } catch (error) {
      if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return { ...each, error };
      // The first failure is the reason; the other requests need not go on.
      controller.abort(error);
      throw error;
    }
  };
  return Promise.all(scopes.map(one));
}

/** All objects of a list. */
function newCollected() {
  const objects: ApiObject[] = [];
  const page = (some: readonly ApiObject[]): void => {
    for (const object of some) objects.push(object);
  };
  return { objects, page };
}

function resourcesOf({ kind, namespaces }: ReadScope): readonly Resource<string>[] {
  const found = PATHS[kind];
  if (!found) throw new Error(`${kind} is not known to be in the API`);
  const { apiVersion, plural, namespaced } = found;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespaced && namespaces ? namespaces.map((name) => `${base}/namespaces/${name}`) : [base];
  return [...new Set(within)].map((path) => ({ kind, apiVersion, path: `${path}/${plural}`, selector: {} }));
}

/** kubectl does not print managedFields either; they can be half of an object. */
function withoutManagedFields(object: ApiObject): ApiObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
