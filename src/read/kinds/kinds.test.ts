import { describe, expect, it } from '@jest/globals';
import { type Row, run } from '../../testing/rows.js';
import { type Check, cursor } from '../check.js';
import { serviceExport, serviceImport } from './clusterset.js';
import { endpoints } from './endpoints.js';
import { endpointSlice } from './endpointslice.js';
import { ingress } from './ingress.js';
import { ipAddressObject, serviceCIDR } from './networking.js';
import { node } from './node.js';
import { pod } from './pod.js';
import { workload } from './workload.js';

const SLICE = {
  metadata: { name: 'web-x.y', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.0.1'] }],
  ports: [{ port: 80 }],
};

const slices: Row[] = [
  ['the good one', {}],
  ['nothing in it', { endpoints: null, ports: null }],
  ['no address type', { addressType: null }, 'the object needs the field addressType'],
  ['another address type', { addressType: 'ipv4' }, 'addressType must be one of IPv4, IPv6, FQDN'],
  ['IPv6', { addressType: 'IPv6', 'endpoints.0.addresses': ['fd00::1'] }],
  [
    'an IPv6 address in IPv4',
    { 'endpoints.0.addresses': ['fd00::1'] },
    'endpoints[0].addresses[0] must be an IPv4 address',
  ],
  ['an IPv4 address in IPv6', { addressType: 'IPv6' }, 'endpoints[0].addresses[0] must be an IPv6 address'],
  ['names', { addressType: 'FQDN', 'endpoints.0.addresses': ['a.b'] }],
  ['1000 endpoints', { endpoints: new Array(1000).fill({ addresses: ['10.1.0.1'] }) }],
  [
    '1001 endpoints',
    { endpoints: new Array(1001).fill({ addresses: ['10.1.0.1'] }) },
    'endpoints must have at most 1000',
  ],
  ['no addresses', { 'endpoints.0': {} }, 'endpoints[0] needs the field addresses'],
  ['an empty list of addresses', { 'endpoints.0.addresses': [] }, 'endpoints[0].addresses must have at least 1'],
  [
    '101 addresses',
    { 'endpoints.0.addresses': new Array(101).fill('10.1.0.1') },
    'endpoints[0].addresses must have at most 100',
  ],
  [
    'a loopback address',
    { 'endpoints.0.addresses': ['127.0.0.1'] },
    'endpoints[0].addresses[0] must be an address that a pod can have',
  ],
  [
    'a hostile address',
    { 'endpoints.0.addresses': ['10.0.0.1 -j ACCEPT'] },
    'endpoints[0].addresses[0] must be an IPv4 address',
  ],
  ['conditions', { 'endpoints.0.conditions': { ready: true, serving: null } }],
  [
    'a condition that is a string',
    { 'endpoints.0.conditions': { ready: 'true' } },
    'endpoints[0].conditions.ready must be true or false',
  ],
  [
    'node, zone and hints',
    {
      'endpoints.0.nodeName': 'n.1',
      'endpoints.0.zone': 'Z_1',
      'endpoints.0.hints': { forZones: [{ name: 'z' }], forNodes: [{ name: 'n' }] },
    },
  ],
  ['a bad node', { 'endpoints.0.nodeName': 'N' }, 'endpoints[0].nodeName must be'],
  ['a bad zone', { 'endpoints.0.zone': 'a b' }, 'endpoints[0].zone must be'],
  ['a bad hostname', { 'endpoints.0.hostname': 'a.b' }, 'endpoints[0].hostname must be'],
  [
    '9 zones',
    { 'endpoints.0.hints': { forZones: new Array(9).fill({ name: 'z' }) } },
    'endpoints[0].hints.forZones must have at most 8',
  ],
  [
    '9 nodes',
    { 'endpoints.0.hints': { forNodes: new Array(9).fill({ name: 'z' }) } },
    'endpoints[0].hints.forNodes must have at most 8',
  ],
  [
    'a nameless zone',
    { 'endpoints.0.hints': { forZones: [{}] } },
    'endpoints[0].hints.forZones[0] needs the field name',
  ],
  ['a port without a number', { 'ports.0': { name: 'a' } }],
  ['port 0', { 'ports.0.port': 0 }, 'ports[0].port must be'],
  ['a port name twice', { ports: [{ name: 'a' }, { name: 'a' }] }, 'ports[1] repeats the name a of entry 0'],
  [
    'two ports without names',
    { ports: [{ port: 1 }, { name: '', port: 2 }] },
    'ports[1] repeats the empty name of entry 0',
  ],
  ['a bad port name', { 'ports.0.name': 'A' }, 'ports[0].name must be'],
  ['a bad protocol', { 'ports.0.protocol': 'ICMP' }, 'ports[0].protocol must be'],
  ['101 ports', { ports: Array.from({ length: 101 }, (_, i) => ({ name: `p${i}` })) }, 'ports must have at most 100'],
  ['a bad name', { 'metadata.name': 'a_b' }, 'metadata.name must be'],
];

const ENDPOINTS = {
  metadata: { name: 'web' },
  subsets: [{ addresses: [{ ip: '10.1.0.1', nodeName: 'n' }], ports: [{ port: 80 }] }],
};

const endpointses: Row[] = [
  ['the good one', {}],
  ['nothing in it', { subsets: null }],
  ['only unready ones', { 'subsets.0.addresses': null, 'subsets.0.notReadyAddresses': [{ ip: 'fd00::1' }] }],
  ['no addresses at all', { 'subsets.0.addresses': [] }, 'subsets[0] needs the field addresses or notReadyAddresses'],
  ['a bad address', { 'subsets.0.addresses.0.ip': 'x' }, 'subsets[0].addresses[0].ip must be'],
  [
    'a link-local address',
    { 'subsets.0.addresses.0.ip': '169.254.0.1' },
    'subsets[0].addresses[0].ip must be an ordinary address',
  ],
  ['no address', { 'subsets.0.addresses.0': {} }, 'subsets[0].addresses[0] needs the field ip'],
  ['a bad node', { 'subsets.0.addresses.0.nodeName': 'N' }, 'subsets[0].addresses[0].nodeName must be'],
  ['no port number', { 'subsets.0.ports.0': {} }, 'subsets[0].ports[0] needs the field port'],
  [
    'two ports, one nameless',
    { 'subsets.0.ports': [{ port: 1 }, { name: 'b', port: 2 }] },
    'subsets[0].ports[0] needs the field name',
  ],
  [
    'a port name twice',
    {
      'subsets.0.ports': [
        { name: 'b', port: 1 },
        { name: 'b', port: 2 },
      ],
    },
    'subsets[0].ports[1] repeats the name b',
  ],
];

const NODE = { metadata: { name: 'n.1' }, spec: {}, status: {} };

const nodes: Row[] = [
  ['the good one', {}],
  ['nothing but a name', { spec: null, status: null }],
  ['pod networks', { 'spec.podCIDR': '10.1.0.0/24', 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64'] }],
  ['a bad pod network', { 'spec.podCIDR': '10.1.0.0' }, 'spec.podCIDR must be a network'],
  [
    'another first',
    { 'spec.podCIDR': '10.1.0.0/24', 'spec.podCIDRs': ['10.2.0.0/24'] },
    'spec.podCIDR must be the first of podCIDRs',
  ],
  ['two of one family', { 'spec.podCIDRs': ['10.1.0.0/24', '10.2.0.0/24'] }, 'spec.podCIDRs must be of two families'],
  ['three', { 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64', '10.2.0.0/24'] }, 'spec.podCIDRs must have at most 2'],
  [
    'addresses',
    {
      'status.addresses': [
        { type: 'InternalIP', address: '010.0.0.1' },
        { type: 'Hostname', address: 'n' },
      ],
    },
  ],
  [
    'an address without a type',
    { 'status.addresses': [{ address: '10.0.0.1' }] },
    'status.addresses[0] needs the field type',
  ],
  ['a bad name', { 'metadata.name': 'N' }, 'metadata.name must be'],
];

const kinds: [string, Check<unknown>, object, Row[]][] = [
  ['EndpointSlice', endpointSlice, SLICE, slices],
  ['Endpoints', endpoints, ENDPOINTS, endpointses],
  ['Node', node, NODE, nodes],
];

for (const [kind, check, good, rows] of kinds) {
  describe(kind, () => {
    it.each(rows)('%s', (_, changes, ...expected) => {
      const { result, messages } = run(check, good, changes);
      expect(messages.map((message, i) => message.slice(0, expected[i]?.length))).toEqual(expected);
      expect(result === undefined).toBe(expected.length > 0);
    });
  });
}

const META = { name: 'web', namespace: 'default', labels: {}, annotations: {} };

const BARE_NODE = {
  metadata: { ...META, name: 'n', namespace: '' },
  podCIDRs: [],
  addresses: [],
  leaving: false,
  milliCPU: 0,
  ready: true,
  unschedulable: false,
  taints: [],
};

const copies: [string, Check<unknown>, unknown, unknown][] = [
  [
    'an EndpointSlice',
    endpointSlice,
    { ...SLICE, endpoints: [{ addresses: ['010.1.0.1'], conditions: { ready: false }, targetRef: {} }] },
    {
      metadata: { ...META, name: 'web-x.y', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: false } }],
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
    },
  ],
  [
    'Endpoints',
    endpoints,
    ENDPOINTS,
    {
      metadata: META,
      subsets: [
        {
          addresses: [{ ip: '10.1.0.1', nodeName: 'n' }],
          notReadyAddresses: [],
          ports: [{ name: '', protocol: 'TCP', port: 80 }],
        },
      ],
    },
  ],
  [
    'a Node',
    node,
    {
      metadata: { name: 'n', namespace: 'x' },
      spec: { podCIDR: '10.1.0.9/24' },
      status: {
        addresses: [{ type: 'InternalIP', address: 'FD00::1' }],
        allocatable: { cpu: '3920m', memory: '8Gi' },
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          { type: 'Ready', status: 'Unknown' },
        ],
      },
    },
    {
      metadata: { ...META, name: 'n', namespace: '' },
      podCIDRs: ['10.1.0.0/24'],
      addresses: [{ type: 'InternalIP', address: 'fd00::1' }],
      leaving: false,
      milliCPU: 3920,
      ready: false,
      unschedulable: false,
      taints: [],
    },
  ],
  [
    'a Node that is deleted',
    node,
    { metadata: { name: 'n', deletionTimestamp: '2026-01-01T00:00:00Z' } },
    { ...BARE_NODE, leaving: true },
  ],
  [
    'a Node that the autoscaler takes away',
    node,
    { metadata: { name: 'n' }, spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } },
    {
      ...BARE_NODE,
      leaving: true,
      taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '', effect: 'NoSchedule' }],
    },
  ],
  [
    'a Pod',
    pod,
    {
      metadata: { name: 'p', annotations: { odd: true }, deletionTimestamp: '2026-01-01T00:00:00Z' },
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
          { name: '', protocol: 'TCP', port: 2 },
        ],
        nodeSelector: {},
        tolerations: [],
      },
      status: { phase: 'Running', ready: true, podIPs: ['10.1.0.1'] },
      terminating: true,
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
    { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.1/12', 'FD00::/112'] } },
    { metadata: { ...META, name: 'kubernetes', namespace: '' }, cidrs: ['10.96.0.0/12', 'fd00::/112'] },
  ],
  [
    'an IPAddress',
    ipAddressObject,
    { metadata: { name: 'fd00::0' }, spec: { parentRef: { resource: 'services', namespace: 'a', name: 'b' } } },
    {
      metadata: { ...META, name: 'fd00::0', namespace: '' },
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
          { http: { paths: [{ backend: { service: { name: 's', port: { number: 80 } } } }] } },
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

const wrong: [string, (typeof copies)[number][1], unknown, string][] = [
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
    'spec.cidrs must be of two families',
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

describe('what is kept', () => {
  it.each(copies)('%s', (_, check, value, expected) => {
    const at = cursor(1000);
    expect(check(value, at)).toEqual(expected);
    expect(at.problems).toEqual([]);
  });
});
