/**
 * Rules of EndpointSlice discovery.k8s.io/v1 and Endpoints v1.
 */
import type { KindRules } from './rule.js';

const ENDPOINT = { addresses: ['10.1.0.1'] };

export const ENDPOINT_SLICE: KindRules = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  about: 'A slice without the label kubernetes.io/service-name is a warning: it belongs to no Service.',
  object: {
    metadata: { name: 'web-1' },
    addressType: 'IPv4',
    endpoints: [ENDPOINT],
    ports: [{ name: 'http', port: 80 }],
  },
  rules: [
    {
      field: 'metadata.name',
      rule: 'a DNS subdomain',
      says: 'error',
      source: 'discovery',
      bad: { 'metadata.name': 'A' },
    },
    {
      field: 'addressType',
      rule: 'IPv4, IPv6 or FQDN',
      says: 'error',
      source: 'discovery',
      bad: { addressType: 'IP' },
    },
    {
      field: 'endpoints',
      rule: 'at most 1000',
      says: 'error',
      source: 'discovery',
      bad: { endpoints: Array(1001).fill(ENDPOINT) },
    },
    {
      field: 'endpoints[].addresses',
      rule: '1 to 100',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.addresses': [] },
    },
    {
      field: 'endpoints[].addresses',
      rule: 'of the addressType; neither loopback, link-local nor unspecified',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.addresses': ['fd00::1'] },
    },
    {
      field: 'endpoints[].addresses',
      rule: 'of addressType FQDN: a DNS name of two labels or more',
      says: 'refused',
      source: 'discovery',
      good: { addressType: 'FQDN', 'endpoints.0.addresses': ['a.example.com.'] },
      bad: { addressType: 'FQDN', 'endpoints.0.addresses': ['a'] },
    },
    {
      field: 'endpoints[].conditions',
      absent: { is: 'unset: ready, serving, not terminating', at: 'endpoints.0.conditions', value: {} },
      rule: 'true or false each',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.conditions': { ready: 'yes' } },
    },
    {
      field: 'endpoints[].nodeName',
      rule: 'a DNS subdomain',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.nodeName': 'A' },
    },
    {
      field: 'endpoints[].zone',
      rule: 'a label value',
      says: 'error',
      source: 'vipc',
      bad: { 'endpoints.0.zone': 'a b' },
    },
    {
      field: 'endpoints[].hostname',
      rule: 'a DNS label',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.hostname': 'A' },
    },
    {
      field: 'endpoints[].hints.forZones, forNodes',
      rule: 'at most 8 names',
      says: 'error',
      source: 'discovery',
      bad: { 'endpoints.0.hints': { forZones: Array(9).fill({ name: 'a' }) } },
    },
    {
      field: 'endpoints[].hints.forZones, forNodes',
      rule: 'each once, none empty',
      says: 'refused',
      source: 'discovery',
      good: { 'endpoints.0.hints': { forZones: [{ name: 'a' }], forNodes: [{ name: 'a' }] } },
      bad: { 'endpoints.0.hints': { forZones: [{ name: 'a' }, { name: 'a' }] } },
    },
    {
      field: 'ports[].name',
      absent: { is: '`""`', at: 'ports.0.name', value: '', with: { 'ports.0.name': undefined } },
      rule: 'a DNS label, or empty; each once',
      says: 'error',
      source: 'discovery',
      bad: { ports: [{ port: 80 }, { name: '', port: 81 }] },
    },
    {
      field: 'ports[].protocol',
      absent: { is: 'TCP', at: 'ports.0.protocol', value: 'TCP' },
      rule: 'TCP, UDP or SCTP; not `""`',
      says: 'error',
      source: 'discovery',
      bad: { 'ports.0.protocol': '' },
    },
    {
      field: 'ports[].port',
      absent: {
        is: 'none: it is not served',
        at: 'ports.0.port',
        value: undefined,
        with: { 'ports.0.port': undefined },
      },
      rule: '1 to 65535',
      says: 'error',
      source: 'discovery',
      bad: { 'ports.0.port': 0 },
    },
    {
      field: 'ports[].appProtocol',
      rule: 'a qualified name',
      says: 'refused',
      source: 'discovery',
      bad: { 'ports.0.appProtocol': 'a b' },
    },
  ],
};

export const ENDPOINTS: KindRules = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  object: {
    metadata: { name: 'web' },
    subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ name: 'http', port: 80 }] }],
  },
  rules: [
    {
      field: 'subsets[]',
      rule: 'has addresses or notReadyAddresses',
      says: 'refused',
      source: 'core',
      bad: { 'subsets.0.addresses': [] },
    },
    {
      field: 'subsets[].addresses[].ip',
      rule: 'an address, neither loopback, link-local nor unspecified; so notReadyAddresses',
      says: 'error',
      source: 'core',
      bad: { 'subsets.0.addresses.0.ip': '127.0.0.1' },
    },
    {
      field: 'subsets[].addresses[].nodeName',
      rule: 'a DNS subdomain',
      says: 'error',
      source: 'core',
      bad: { 'subsets.0.addresses.0.nodeName': 'A' },
    },
    {
      field: 'subsets[].addresses[].hostname',
      rule: 'a DNS label',
      says: 'error',
      source: 'core',
      bad: { 'subsets.0.addresses.0.hostname': 'A' },
    },
    {
      field: 'subsets[].ports[].name',
      absent: { is: '`""`', at: 'subsets.0.ports.0.name', value: '', with: { 'subsets.0.ports.0.name': undefined } },
      rule: 'a DNS label; given where there are several ports',
      says: 'error',
      source: 'core',
      bad: { 'subsets.0.ports': [{ port: 80 }, { port: 81 }] },
    },
    {
      field: 'subsets[].ports[].name',
      rule: 'each once: an EndpointSlice, which is made of it, must have that',
      says: 'warning',
      source: 'vipc',
      bad: {
        'subsets.0.ports': [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      },
    },
    {
      field: 'subsets[].ports[].protocol',
      absent: {
        is: 'TCP; `""` too',
        at: 'subsets.0.ports.0.protocol',
        value: 'TCP',
        with: { 'subsets.0.ports.0.protocol': '' },
      },
      rule: 'TCP, UDP or SCTP',
      says: 'error',
      source: 'defaults',
      bad: { 'subsets.0.ports.0.protocol': 'HTTP' },
    },
    {
      field: 'subsets[].ports[].port',
      rule: '1 to 65535',
      says: 'error',
      source: 'core',
      bad: { 'subsets.0.ports.0.port': 65536 },
    },
    {
      field: 'subsets[].ports[].appProtocol',
      rule: 'a qualified name',
      says: 'refused',
      source: 'core',
      bad: { 'subsets.0.ports.0.appProtocol': 'a b' },
    },
  ],
};
