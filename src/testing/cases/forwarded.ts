/** Pods of one Service, and which of them kubectl port-forward takes. */

export const WEB = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    clusterIP: '10.96.0.7',
    selector: { app: 'web' },
    ports: [
      { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'both', port: 54, protocol: 'UDP', targetPort: 54 },
      { name: 'both-tcp', port: 54, protocol: 'TCP', targetPort: 54 },
      { name: 'odd', port: 90, protocol: 'TCP', targetPort: 'none' },
    ],
  },
};

interface More {
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: string | false;
  readonly created?: string;
  readonly deleted?: string;
  readonly restarts?: number;
  readonly sidecar?: number;
}

/** A Pod `web-NAME` that runs and is ready, unless `more` says otherwise; times are hours. */
export function podOf(name: string, more: More = {}) {
  const { node = 'n', phase = 'Running', ready = '05', created = '04', deleted, restarts = 0, sidecar = 0 } = more;
  const at = (hour: string) => `2026-01-01T${hour}:00:00Z`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app: 'web' },
      creationTimestamp: at(created),
      ...(deleted !== undefined && { deletionTimestamp: at(deleted) }),
    },
    spec: {
      ...(node !== '' && { nodeName: node }),
      containers: [{ name: 'c', image: 'x', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }],
      initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always' }],
    },
    status: {
      phase,
      podIP: `10.1.0.${name.charCodeAt(0)}`,
      conditions: ready === false ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }],
      containerStatuses: [{ name: 'c', restartCount: restarts, image: 'x', imageID: 'x', ready: true }],
      initContainerStatuses: [{ name: 's', restartCount: sidecar, image: 'x', imageID: 'x', ready: true }],
    },
  };
}

/** In each row the last criterion that differs speaks for the other Pod. */
export const PODS: readonly (readonly [string, readonly ReturnType<typeof podOf>[], string])[] = [
  ['one that runs, before one that is not ready', [podOf('a', { ready: false, created: '01' }), podOf('b')], 'b'],
  ['not one that is Pending', [podOf('a', { phase: 'Pending', created: '01' }), podOf('b', { ready: false })], 'b'],
  ['the one that is ready for longer', [podOf('a', { ready: '06' }), podOf('b', { restarts: 3 })], 'b'],
  ['the one with fewer restarts', [podOf('a', { restarts: 1, created: '01' }), podOf('b')], 'b'],
  ['the oldest', [podOf('a', { created: '03' }), podOf('b', { created: '02' })], 'b'],
];

/** The same with what kubectl 1.20 does not look at. */
export const NEWER_PODS: typeof PODS = [
  ['not one that is being deleted', [podOf('a', { deleted: '09', ready: '01' }), podOf('b')], 'b'],
  ['of those being deleted the last', [podOf('a', { deleted: '08', ready: '01' }), podOf('b', { deleted: '09' })], 'b'],
  ['the one whose sidecars have fewer restarts', [podOf('a', { sidecar: 1, created: '01' }), podOf('b')], 'b'],
];
