/**
 * Discovery documents of the test API server, by which kubectl finds the resources it can ask for.
 */
import type { StoredKind } from './store.js';

export interface ServedResource {
  readonly kind: StoredKind;
  readonly group: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
}

export const SERVED: readonly ServedResource[] = [
  { kind: 'Service', group: '', apiVersion: 'v1', name: 'services', shortNames: ['svc'], namespaced: true },
  {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    apiVersion: 'discovery.k8s.io/v1',
    name: 'endpointslices',
    shortNames: [],
    namespaced: true,
  },
  { kind: 'Node', group: '', apiVersion: 'v1', name: 'nodes', shortNames: ['no'], namespaced: false },
  { kind: 'Pod', group: '', apiVersion: 'v1', name: 'pods', shortNames: ['po'], namespaced: true },
  {
    kind: 'ReplicationController',
    group: '',
    apiVersion: 'v1',
    name: 'replicationcontrollers',
    shortNames: ['rc'],
    namespaced: true,
  },
  ...(
    [
      ['Deployment', 'deploy'],
      ['ReplicaSet', 'rs'],
      ['StatefulSet', 'sts'],
    ] as const
  ).map(([kind, short]) => ({
    kind,
    group: 'apps',
    apiVersion: 'apps/v1',
    name: `${kind.toLowerCase()}s`,
    shortNames: [short],
    namespaced: true,
  })),
  { kind: 'Namespace', group: '', apiVersion: 'v1', name: 'namespaces', shortNames: ['ns'], namespaced: false },
  {
    kind: 'Ingress',
    group: 'networking.k8s.io',
    apiVersion: 'networking.k8s.io/v1',
    name: 'ingresses',
    shortNames: ['ing'],
    namespaced: true,
  },
  {
    kind: 'ServiceCIDR',
    group: 'networking.k8s.io',
    apiVersion: 'networking.k8s.io/v1',
    name: 'servicecidrs',
    shortNames: [],
    namespaced: false,
  },
];

/** The document at a path, or undefined when there is none. */
export function documentAt(path: string): object | undefined {
  return DOCUMENTS[path.replace(/(.)\/$/, '$1')];
}

const GROUPS = ['apps', 'discovery.k8s.io', 'networking.k8s.io'].map((name) => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
});

const DOCUMENTS: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '36', gitVersion: 'v1.36.0', platform: 'linux/amd64' },
  '/healthz': { status: 'ok' },
  '/readyz': { status: 'ok' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS },
  ...Object.fromEntries(
    GROUPS.map((group) => [`/apis/${group.name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group }]),
  ),
  '/api/v1': resourceList('v1'),
  ...Object.fromEntries(GROUPS.map(({ name }) => [`/apis/${name}/v1`, resourceList(`${name}/v1`)])),
};

function resourceList(apiVersion: string): object {
  const resources = SERVED.filter((served) => served.apiVersion === apiVersion).map(
    ({ name, kind, namespaced, shortNames }) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: ['get', 'list', 'watch'],
      ...(shortNames.length > 0 && { shortNames }),
    }),
  );
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources };
}

/** A Status object, the API's answer when there is no other object to return. */
export function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}
