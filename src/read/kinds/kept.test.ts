/**
 * The copy that is kept of a valid object: canonical, with the API's defaults.
 */

import { describe, expect, it } from '@jest/globals';
import { type Check, cursor } from '../check.js';
import { endpoints } from './endpoints.js';
import { endpointSlice } from './endpointslice.js';
import { node } from './node.js';
import { service } from './service.js';

const SLICE = {
  metadata: { name: 'web-x.y', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.0.1'] }],
  ports: [{ port: 80 }],
};

const ENDPOINTS = {
  metadata: { name: 'web' },
  subsets: [{ addresses: [{ ip: '10.1.0.1', nodeName: 'n' }], ports: [{ port: 80 }] }],
};

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
];

describe('what is kept', () => {
  it.each(copies)('%s', (_, check, value, expected) => {
    const at = cursor(1000);
    expect(check(value, at)).toEqual(expected);
    expect(at.problems).toEqual([]);
  });
});

describe('what is kept of a Service', () => {
  const SERVICE = { metadata: { name: 'web' }, spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] } };

  it('is kept with all defaults', () => {
    const value = {
      ...SERVICE,
      apiVersion: 'v1',
      spec: { ...SERVICE.spec, clusterIP: '010.0.0.1', publishNotReadyAddresses: true, trafficPolicy: 'x' },
    };
    expect(service(value, cursor(1000))).toEqual({
      metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {} },
      spec: {
        type: 'ClusterIP',
        clusterIPs: ['10.0.0.1'],
        ipFamilies: [],
        ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: 0, targetPort: 80 }],
        sessionAffinity: 'None',
        affinityTimeoutSeconds: 10800,
        externalTrafficPolicy: 'Cluster',
        internalTrafficPolicy: 'Cluster',
        externalIPs: [],
        loadBalancerSourceRanges: [],
        healthCheckNodePort: 0,
        allocateLoadBalancerNodePorts: true,
        externalName: '',
        publishNotReadyAddresses: true,
      },
      status: { loadBalancer: { ingress: [] } },
    });
  });

  it('of load balancers: addresses, names and modes, without empty entries', () => {
    const ingress = [{}, { ip: '' }, { ip: '192.0.2.01', ports: [] }, { hostname: 'a.b', ipMode: 'Proxy' }];
    const read = service({ ...SERVICE, status: { loadBalancer: { ingress } } }, cursor(100));
    expect(read?.status.loadBalancer.ingress).toEqual([
      { ip: '192.0.2.1', ipMode: 'VIP' },
      { hostname: 'a.b', ipMode: 'Proxy' },
    ]);
  });
});
