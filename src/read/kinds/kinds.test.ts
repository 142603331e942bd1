import { describe, expect, it } from '@jest/globals';
import { type Row, run } from '../../testing/cases/rows.js';
import type { Check } from '../check.js';
import { endpoints } from './endpoints.js';
import { endpointSlice } from './endpointslice.js';
import { node } from './node.js';

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
];

const NODE = { metadata: { name: 'n.1' }, spec: {}, status: {} };

const nodes: Row[] = [
  ['the good one', {}],
  ['nothing but a name', { spec: null, status: null }],
  ['pod networks', { 'spec.podCIDR': '10.1.0.0/24', 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64'] }],
  ['a bad pod network', { 'spec.podCIDR': '10.1.0.0' }, 'spec.podCIDR must be a network'],
  ['another first', { 'spec.podCIDR': '10.1.0.0/24', 'spec.podCIDRs': ['10.2.0.0/24'] }],
  [
    'two of one family',
    { 'spec.podCIDRs': ['10.1.0.0/24', '10.2.0.0/24'] },
    'spec.podCIDRs must be at most one of each',
  ],
  [
    'three',
    { 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64', '10.2.0.0/24'] },
    'spec.podCIDRs must be at most one of each',
  ],
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
