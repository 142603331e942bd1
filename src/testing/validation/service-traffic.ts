/**
 * Rules of Service v1: the fields that direct traffic.
 */

import type { Rule } from './rule.js';

const LB = { 'spec.type': 'LoadBalancer' };

export const TRAFFIC: readonly Rule[] = [
  {
    field: 'spec.externalIPs',
    rule: 'addresses, neither loopback, link-local nor unspecified',
    says: 'error',
    source: 'core',
    good: { 'spec.externalIPs': ['203.0.113.1'] },
    bad: { 'spec.externalIPs': ['127.0.0.1'] },
  },
  {
    field: 'spec.sessionAffinity',
    absent: { is: 'None; `""` too', at: 'spec.sessionAffinity', value: 'None', with: { 'spec.sessionAffinity': '' } },
    rule: 'None or ClientIP',
    says: 'error',
    source: 'defaults',
    bad: { 'spec.sessionAffinity': 'Cookie' },
  },
  {
    field: 'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
    absent: {
      is: '10800',
      at: 'spec.affinityTimeoutSeconds',
      value: 10800,
      with: { 'spec.sessionAffinity': 'ClientIP' },
    },
    rule: '1 to 86400; cleared, whatever it is, beside sessionAffinity None',
    says: 'refused',
    source: 'defaults',
    good: { 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 0 } } },
    bad: { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 0 } } },
  },
  {
    field: 'spec.externalTrafficPolicy',
    absent: {
      is: 'Cluster; `""` too',
      at: 'spec.externalTrafficPolicy',
      value: 'Cluster',
      with: { 'spec.externalTrafficPolicy': '' },
    },
    rule: 'only for types NodePort and LoadBalancer, and for ClusterIP with externalIPs',
    says: 'refused',
    source: 'core',
    good: { 'spec.externalIPs': ['203.0.113.1'], 'spec.externalTrafficPolicy': 'Local' },
    bad: { 'spec.externalTrafficPolicy': 'Cluster' },
  },
  {
    field: 'spec.externalTrafficPolicy',
    rule: 'Cluster or Local',
    says: 'error',
    source: 'core',
    bad: { ...LB, 'spec.externalTrafficPolicy': 'local' },
  },
  {
    field: 'spec.internalTrafficPolicy',
    absent: { is: 'Cluster', at: 'spec.internalTrafficPolicy', value: 'Cluster' },
    rule: 'Cluster or Local; not `""`',
    says: 'error',
    source: 'defaults',
    bad: { 'spec.internalTrafficPolicy': '' },
  },
  {
    field: 'spec.trafficDistribution',
    rule: 'PreferClose, PreferSameZone or PreferSameNode',
    says: 'refused',
    source: 'core',
    good: { 'spec.trafficDistribution': 'PreferSameNode' },
    bad: { 'spec.trafficDistribution': 'PreferNode' },
  },
  {
    field: 'spec.healthCheckNodePort',
    absent: { is: 'allocated', at: 'spec.healthCheckNodePort', value: 0 },
    rule: 'only for type LoadBalancer with externalTrafficPolicy Local',
    says: 'refused',
    source: 'core',
    good: { ...LB, 'spec.externalTrafficPolicy': 'Local', 'spec.healthCheckNodePort': 30001 },
    bad: { ...LB, 'spec.healthCheckNodePort': 30001 },
  },
  {
    field: 'spec.healthCheckNodePort',
    rule: 'none of the node ports',
    says: 'refused',
    source: 'alloc',
    bad: {
      ...LB,
      'spec.externalTrafficPolicy': 'Local',
      'spec.healthCheckNodePort': 30001,
      'spec.ports.0.nodePort': 30001,
    },
  },
  {
    field: 'spec.loadBalancerSourceRanges',
    rule: 'networks; blanks around them are fine',
    says: 'error',
    source: 'core',
    good: { ...LB, 'spec.loadBalancerSourceRanges': [' 10.0.0.0/8 '] },
    bad: { ...LB, 'spec.loadBalancerSourceRanges': ['10.0.0.1'] },
  },
  ...(
    [
      ['loadBalancerSourceRanges', ['10.0.0.0/8']],
      ['loadBalancerClass', 'example.com/lb'],
      ['allocateLoadBalancerNodePorts', false],
    ] as const
  ).map(([field, value]) => ({
    field: `spec.${field}`,
    rule: 'only for type LoadBalancer',
    says: 'refused' as const,
    source: 'core' as const,
    good: { ...LB, [`spec.${field}`]: value },
    bad: { [`spec.${field}`]: value },
  })),
  {
    field: 'spec.loadBalancerClass',
    rule: 'a qualified name',
    says: 'refused',
    source: 'core',
    bad: { ...LB, 'spec.loadBalancerClass': 'a b' },
  },
  {
    field: 'spec.allocateLoadBalancerNodePorts',
    absent: { is: 'true', at: 'spec.allocateLoadBalancerNodePorts', value: true, with: LB },
    rule: 'true or false',
    says: 'error',
    source: 'defaults',
    bad: { ...LB, 'spec.allocateLoadBalancerNodePorts': 'no' },
  },
  {
    field: 'spec.publishNotReadyAddresses',
    absent: { is: 'false', at: 'spec.publishNotReadyAddresses', value: false },
    rule: 'true or false',
    says: 'error',
    source: 'core',
    bad: { 'spec.publishNotReadyAddresses': 1 },
  },
  {
    field: 'status.loadBalancer.ingress[].ip',
    rule: 'an address',
    says: 'error',
    source: 'core',
    good: { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } },
    bad: { status: { loadBalancer: { ingress: [{ ip: 'lb' }] } } },
  },
  {
    field: 'status.loadBalancer.ingress[].hostname',
    rule: 'a DNS name, and no address',
    says: 'refused',
    source: 'core',
    good: { status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } },
    bad: { status: { loadBalancer: { ingress: [{ hostname: '203.0.113.1' }] } } },
  },
  {
    field: 'status.loadBalancer.ingress[].ipMode',
    absent: {
      is: 'VIP',
      at: 'status.loadBalancer.ingress.0.ipMode',
      value: 'VIP',
      with: { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } },
    },
    rule: 'VIP or Proxy',
    says: 'error',
    source: 'defaults',
    bad: { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1', ipMode: 'vip' }] } } },
  },
];
