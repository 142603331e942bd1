/**
 * Rules of Service v1.
 */
import type { KindRules } from './rule.js';
import { TRAFFIC } from './service-traffic.js';

const LB = { 'spec.type': 'LoadBalancer' };
const ANNOTATIONS = 'metadata.annotations';
const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';
const TWO = [
  { name: 'a', port: 80 },
  { name: 'b', port: 81 },
];

export const SERVICE: KindRules = {
  kind: 'Service',
  apiVersion: 'v1',
  about:
    'Between Services: one cluster IP in two of them is an error, and so is one node port number, whatever its protocols; ' +
    'of two that an API server has admitted, with different protocols, a warning (`alloc`). A node port outside the range ' +
    'is a warning, for the range is the cluster’s; an error where `--service-node-port-range` says it.',
  object: { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  rules: [
    { field: 'metadata.name', rule: 'a DNS label', says: 'error', source: 'core', bad: { 'metadata.name': 'Web' } },
    {
      field: `metadata.annotations[${RANGES}]`,
      rule: 'networks separated by commas, for type LoadBalancer; not looked at beside spec.loadBalancerSourceRanges',
      says: 'refused',
      source: 'core',
      good: { ...LB, [ANNOTATIONS]: { [RANGES]: '10.0.0.0/8, fd00::/8' } },
      bad: { [ANNOTATIONS]: { [RANGES]: '10.0.0.0/8' } },
    },
    {
      field: `metadata.annotations[${MODE}]`,
      rule: `the same as ${HINTS}, where both are given`,
      says: 'refused',
      source: 'core',
      good: { [ANNOTATIONS]: { [MODE]: 'Auto', [HINTS]: 'Auto' } },
      bad: { [ANNOTATIONS]: { [MODE]: 'Auto', [HINTS]: 'Disabled' } },
    },
    {
      field: 'spec.type',
      absent: { is: 'ClusterIP; `""` too', at: 'spec.type', value: 'ClusterIP', with: { 'spec.type': '' } },
      rule: 'ClusterIP, NodePort, LoadBalancer or ExternalName',
      says: 'error',
      source: 'defaults',
      bad: { 'spec.type': 'Ingress' },
    },
    {
      field: 'spec.ports',
      rule: 'at least one, unless headless or ExternalName',
      says: 'refused',
      source: 'core',
      good: { 'spec.ports': [], 'spec.clusterIP': 'None' },
      bad: { 'spec.ports': [] },
    },
    {
      field: 'spec.ports[].name',
      rule: 'a DNS label; given where there are several ports',
      says: 'error',
      source: 'core',
      good: { 'spec.ports': TWO },
      bad: { 'spec.ports': [{ port: 80 }, { port: 81 }] },
    },
    {
      field: 'spec.ports[].name',
      rule: 'each once',
      says: 'error',
      source: 'core',
      bad: { 'spec.ports': TWO.map((port) => ({ ...port, name: 'a' })) },
    },
    {
      field: 'spec.ports[].protocol',
      absent: { is: 'TCP; `""` too', at: 'spec.ports.0.protocol', value: 'TCP', with: { 'spec.ports.0.protocol': '' } },
      rule: 'TCP, UDP or SCTP',
      says: 'error',
      source: 'defaults',
      bad: { 'spec.ports.0.protocol': 'HTTP' },
    },
    {
      field: 'spec.ports[].port',
      rule: '1 to 65535; with its protocol, each once',
      says: 'error',
      source: 'core',
      bad: { 'spec.ports.0.port': 0 },
    },
    {
      field: 'spec.ports[].targetPort',
      absent: {
        is: 'the port; `0` and `""` too',
        at: 'spec.ports.0.targetPort',
        value: 80,
        with: { 'spec.ports.0.targetPort': 0 },
      },
      rule: '1 to 65535, or the name of a port: at most 15 characters, one a letter',
      says: 'error',
      source: 'defaults',
      good: { 'spec.ports.0.targetPort': 'http' },
      bad: { 'spec.ports.0.targetPort': '8080' },
    },
    {
      field: 'spec.ports[].nodePort',
      absent: { is: '0: none', at: 'spec.ports.0.nodePort', value: 0 },
      rule: 'not for type ClusterIP',
      says: 'refused',
      source: 'core',
      good: { 'spec.type': 'NodePort', 'spec.ports.0.nodePort': 30080 },
      bad: { 'spec.ports.0.nodePort': 30080 },
    },
    {
      field: 'spec.ports[].nodePort',
      rule: 'with its protocol, each once; ports of several protocols may share one',
      says: 'error',
      source: 'core',
      good: {
        'spec.type': 'NodePort',
        'spec.ports': [
          { name: 'a', port: 53, nodePort: 30053 },
          { name: 'b', port: 53, nodePort: 30053, protocol: 'UDP' },
        ],
      },
      bad: { 'spec.type': 'NodePort', 'spec.ports': TWO.map((port) => ({ ...port, nodePort: 30053 })) },
    },
    {
      field: 'spec.ports[].appProtocol',
      rule: 'a qualified name',
      says: 'refused',
      source: 'core',
      good: { 'spec.ports.0.appProtocol': 'kubernetes.io/h2c' },
      bad: { 'spec.ports.0.appProtocol': 'a b' },
    },
    {
      field: 'spec.selector',
      rule: 'labels',
      says: 'error',
      source: 'core',
      good: { 'spec.selector': { app: '' } },
      bad: { 'spec.selector': { 'a b': 'c' } },
    },
    {
      field: 'spec.clusterIP',
      absent: { is: 'allocated', at: 'spec.clusterIPs', value: [] },
      rule: 'an address, or None',
      says: 'error',
      source: 'core',
      good: { 'spec.clusterIP': '10.96.0.1' },
      bad: { 'spec.clusterIP': '10.96.0.256' },
    },
    {
      field: 'spec.clusterIP',
      rule: 'not None for types NodePort and LoadBalancer',
      says: 'refused',
      source: 'core',
      bad: { 'spec.clusterIP': 'None', 'spec.type': 'NodePort' },
    },
    {
      field: 'spec.clusterIPs',
      absent: {
        is: 'spec.clusterIP',
        at: 'spec.clusterIPs',
        value: ['10.96.0.1'],
        with: { 'spec.clusterIP': '10.96.0.1' },
      },
      rule: 'its first is spec.clusterIP',
      says: 'refused',
      source: 'core',
      good: { 'spec.clusterIP': '10.96.0.1', 'spec.clusterIPs': ['10.96.0.1', 'fd00::1'] },
      bad: { 'spec.clusterIP': '10.96.0.1', 'spec.clusterIPs': ['10.96.0.2'] },
    },
    {
      field: 'spec.clusterIPs',
      rule: 'at most one of each family; None is alone',
      says: 'error',
      source: 'core',
      bad: { 'spec.clusterIP': '10.96.0.1', 'spec.clusterIPs': ['10.96.0.1', '10.96.0.2'] },
    },
    {
      field: 'spec.ipFamilies',
      rule: 'those of spec.clusterIPs, each once',
      says: 'refused',
      source: 'core',
      good: { 'spec.clusterIP': 'fd00::1', 'spec.ipFamilies': ['IPv6'] },
      bad: { 'spec.clusterIP': '10.96.0.1', 'spec.ipFamilies': ['IPv6'] },
    },
    {
      field: 'spec.ipFamilyPolicy',
      rule: 'not SingleStack with two ipFamilies or clusterIPs',
      says: 'refused',
      source: 'alloc',
      good: { 'spec.ipFamilyPolicy': 'PreferDualStack', 'spec.ipFamilies': ['IPv4', 'IPv6'] },
      bad: { 'spec.ipFamilyPolicy': 'SingleStack', 'spec.ipFamilies': ['IPv4', 'IPv6'] },
    },
    {
      field: 'spec.externalName',
      rule: 'a DNS name, for type ExternalName',
      says: 'error',
      source: 'core',
      good: { 'spec.type': 'ExternalName', 'spec.externalName': 'db.example.com.' },
      bad: { 'spec.type': 'ExternalName' },
    },
    ...(['clusterIP', 'ipFamilies', 'ipFamilyPolicy'] as const).map((field, i) => ({
      field: `spec.${field}`,
      rule: 'not for type ExternalName',
      says: 'refused' as const,
      source: 'core' as const,
      bad: {
        'spec.type': 'ExternalName',
        'spec.externalName': 'a.b',
        [`spec.${field}`]: ['10.96.0.1', ['IPv4'], 'SingleStack'][i],
      },
    })),
    ...TRAFFIC,
  ],
};
