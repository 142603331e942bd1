/**
 * Kinds that decide no rule themselves: Pods, workloads, Ingresses, ServiceCIDRs, IPAddresses and multi-cluster kinds.
 */
import { describe, expect, it } from '@jest/globals';
import { type Check, cursor } from '../check.js';
import { serviceExport, serviceImport } from './clusterset.js';
import { ingress } from './ingress.js';
import { ipAddressObject, serviceCIDR } from './networking.js';
import { pod } from './pod.js';
import { workload } from './workload.js';

const META = { name: 'web', namespace: 'default', labels: {}, annotations: {} };

const copies: [string, Check<unknown>, unknown, unknown][] = [
  [
    'a Pod',
    pod,
    {
      metadata: { name: 'p', annotations: { odd: 'true' }, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        nodeName: 'n',
        containers: [{ ports: [{ containerPort: 80 }, { name: 'dns', protocol: 'UDP', containerPort: 53 }] }],
        initContainers: [{ ports: [{ containerPort: 1 }] }, { restartPolicy: 'Always', ports: [{ containerPort: 2 }] }],
      },
      status: { phase: 'Running', podIP: '10.1.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
    },
    {
      metadata: { ...META, name: 'p' },
      spec: {
        nodeName: 'n',
        hostNetwork: false,
        ports: [
          { name: '', protocol: 'TCP', port: 80 },
          { name: 'dns', protocol: 'UDP', port: 53 },
          { name: '', protocol: 'TCP', port: 2, sidecar: true },
        ],
        nodeSelector: {},
        tolerations: [],
      },
      status: { phase: 'Running', ready: true, podIPs: ['10.1.0.1'] },
      terminating: true,
      history: { deleted: '2026-01-01T00:00:00Z', restarts: 0, sidecarRestarts: 0 },
    },
  ],
  [
    'a StatefulSet',
    workload('StatefulSet'),
    {
      metadata: { name: 'db', ownerReferences: [{ kind: 'Cluster', controller: true }] },
      spec: {
        replicas: 3,
        serviceName: 'db',
        ordinals: { start: 2 },
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { nodeSelector: { disk: 'ssd' } } },
      },
    },
    {
      kind: 'StatefulSet',
      metadata: { ...META, name: 'db' },
      replicas: 3,
      serviceName: 'db',
      firstOrdinal: 2,
      selector: { matchLabels: { app: 'db' }, matchExpressions: [] },
      template: {
        labels: { app: 'db' },
        spec: { hostNetwork: false, ports: [], nodeSelector: { disk: 'ssd' }, tolerations: [] },
      },
      owned: true,
    },
  ],
  [
    'a ServiceCIDR',
    serviceCIDR,
    { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/12', 'fd00::/112'] } },
    { metadata: { ...META, name: 'kubernetes', namespace: '' }, cidrs: ['10.96.0.0/12', 'fd00::/112'] },
  ],
  [
    'an IPAddress',
    ipAddressObject,
    { metadata: { name: 'fd00::' }, spec: { parentRef: { resource: 'services', namespace: 'a', name: 'b' } } },
    {
      metadata: { ...META, name: 'fd00::', namespace: '' },
      ip: 'fd00::',
      parent: { resource: 'services', namespace: 'a', name: 'b' },
    },
  ],
  [
    'an Ingress',
    ingress,
    {
      metadata: { name: 'i' },
      spec: {
        defaultBackend: { resource: { kind: 'Bucket', name: 'b' } },
        rules: [
          {
            host: '*.a.b',
            http: {
              paths: [{ path: '/x', pathType: 'Prefix', backend: { service: { name: 's', port: { name: 'http' } } } }],
            },
          },
          {
            http: {
              paths: [
                { pathType: 'ImplementationSpecific', backend: { service: { name: 's', port: { number: 80 } } } },
              ],
            },
          },
        ],
      },
    },
    {
      metadata: { ...META, name: 'i' },
      ingressClassName: '',
      backends: [
        { host: '', at: ['spec', 'defaultBackend'] },
        {
          host: '*.a.b',
          path: '/x',
          pathType: 'Prefix',
          service: { name: 's', port: 'http' },
          at: ['spec', 'rules', 0, 'http', 'paths', 0, 'backend'],
        },
        {
          host: '',
          path: '/',
          pathType: 'ImplementationSpecific',
          service: { name: 's', port: 80 },
          at: ['spec', 'rules', 1, 'http', 'paths', 0, 'backend'],
        },
      ],
    },
  ],
];

describe('what is kept', () => {
  it.each(copies)('%s', (_, check, value, expected) => {
    const at = cursor(1000);
    expect(check(value, at)).toEqual(expected);
    expect(at.problems).toEqual([]);
  });
});

const wrong: [string, Check<unknown>, unknown, string][] = [
  [
    'a container port without a number',
    pod,
    { metadata: { name: 'p' }, spec: { containers: [{ ports: [{}] }] } },
    'spec.containers[0].ports[0] needs the field containerPort',
  ],
  ['a pod IP', pod, { metadata: { name: 'p' }, status: { podIP: 'x' } }, 'status.podIP must be an IP address'],
  ['a hostname', pod, { metadata: { name: 'p' }, spec: { hostname: 'a.b' } }, 'spec.hostname must be'],
  ['no template', workload('Deployment'), { metadata: { name: 'd' }, spec: {} }, 'spec needs the field template'],
  [
    'a selector that misses the template',
    workload('Deployment'),
    { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: {} } } },
    'spec.selector must be among spec.template.metadata.labels',
  ],
  [
    'replicas',
    workload('Deployment'),
    { metadata: { name: 'd' }, spec: { replicas: 1e9, template: { spec: {} } } },
    'spec.replicas must be a whole number',
  ],
  ['a name that is no address', ipAddressObject, { metadata: { name: 'x' } }, 'metadata.name must be an IP address'],
  [
    'two networks of one family',
    serviceCIDR,
    { metadata: { name: 'x' }, spec: { cidrs: ['10.0.0.0/8', '11.0.0.0/8'] } },
    'spec.cidrs must be at most one of each',
  ],
  [
    'a backend without a port',
    ingress,
    { metadata: { name: 'i' }, spec: { defaultBackend: { service: { name: 's', port: {} } } } },
    'spec.defaultBackend.service.port needs either number or name',
  ],
  [
    'a backend of nothing',
    ingress,
    { metadata: { name: 'i' }, spec: { defaultBackend: {} } },
    'spec.defaultBackend needs either service or resource',
  ],
  ['a host', ingress, { metadata: { name: 'i' }, spec: { rules: [{ host: 'a b' }] } }, 'spec.rules[0].host must be'],
  [
    'a hostile label',
    serviceExport,
    { metadata: { name: 'e' }, spec: { exportedLabels: { a: 'b\n-A' } } },
    'spec.exportedLabels.a must be',
  ],
  [
    'an import’s address',
    serviceImport,
    { metadata: { name: 'e' }, spec: { ips: ['x'] } },
    'spec.ips[0] must be an IP address',
  ],
];

describe('what is refused', () => {
  it.each(wrong)('%s', (_, check, value, message) => {
    const at = cursor(1000);
    expect(check(value, at)).toBeUndefined();
    expect(at.problems.map((problem) => problem.message).join()).toContain(message);
  });
});
