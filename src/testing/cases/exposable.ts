/** Objects for `kubectl expose`, as an API server stores them. */

type Labels = Readonly<Record<string, string>>;
type Port = { readonly containerPort: number; readonly name?: string; readonly protocol?: string };

const labelled = (name: string, labels: Labels) => ({
  name,
  namespace: 'default',
  ...(Object.keys(labels).length > 0 && { labels }),
});

const template = (labels: Labels, containers: readonly (readonly Port[])[], more: object = {}) => ({
  metadata: { labels },
  spec: { containers: containers.map((ports, i) => ({ name: `c${i}`, image: 'x', ports })), ...more },
});

const APP = { app: 'web', 'example.com/tier': 'front' };

const deployment = (
  name: string,
  containers: readonly (readonly Port[])[],
  more: object = {},
  selector: object = { matchLabels: APP },
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: labelled(name, { zone: 'z', app: name.slice(0, 20) }),
  spec: { replicas: 1, selector, template: template(APP, containers, more) },
});

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: labelled(name, { app: name }),
  spec,
});

const HTTP: Port = { containerPort: 8080, name: 'http', protocol: 'TCP' };
const HTTPS: Port = { containerPort: 8443, name: 'https', protocol: 'TCP' };
const DNS: readonly Port[] = [
  { containerPort: 53, name: 'dns', protocol: 'UDP' },
  { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
  { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
];

const WEB = deployment('web', [[HTTP], [{ containerPort: 53, protocol: 'UDP' }, HTTPS]]);

export const EXPOSABLE: readonly object[] = [
  WEB,
  { ...WEB, metadata: { name: 'web', namespace: 'shop' } },
  deployment('one', [[HTTP]]),
  deployment('sidecar', [[HTTP]], {
    initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Always', ports: [HTTPS] }],
  }),
  deployment('twice-tcp', [[HTTP], [HTTP]]),
  deployment('dns', [DNS]),
  deployment('portless', [[]]),
  deployment('a-name-that-is-longer-than-sixty-three-letters-is-cut-to-its-first-63', [[HTTP]]),
  deployment(
    'by-expressions',
    [[HTTP]],
    {},
    {
      matchLabels: APP,
      matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }],
    },
  ),
  { ...deployment('one', [[HTTPS]]), kind: 'ReplicaSet' },
  { ...deployment('db', [[HTTP]]), kind: 'StatefulSet' },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: labelled('old', {}),
    spec: { replicas: 1, selector: { app: 'web' }, template: template(APP, [[HTTP]]) },
  },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: labelled('old-by-template', {}),
    spec: { replicas: 1, selector: APP, template: template(APP, [[HTTP]]) },
  },
  { apiVersion: 'v1', kind: 'Pod', ...template({}, [[HTTP]]), metadata: labelled('one', { app: 'one' }) },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    ...template({}, [[HTTP]]),
    metadata: labelled('numbers', { '1': 'true', on: '007', z: '', yes: '1e3', version: '1.10' }),
  },
  { apiVersion: 'v1', kind: 'Pod', ...template({}, [[HTTP]]), metadata: labelled('unlabelled', {}) },
  service('one', { selector: APP, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] }),
  service('several', {
    selector: APP,
    ports: [
      { name: 'a', port: 80, protocol: 'TCP', targetPort: 'http' },
      { name: 'b', port: 53, protocol: 'UDP', targetPort: 53 },
    ],
  }),
  service('dns', {
    selector: APP,
    ports: [
      { name: 'a', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'b', port: 53, protocol: 'TCP', targetPort: 53 },
    ],
  }),
  service('headless', { clusterIP: 'None', selector: APP, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }),
  service('selectorless', { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }),
];
