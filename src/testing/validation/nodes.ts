/**
 * Rules of Node v1.
 */

import type { KindRules } from './rule.js';

export const NODE: KindRules = {
  kind: 'Node',
  apiVersion: 'v1',
  object: { metadata: { name: 'node-a' }, spec: {}, status: {} },
  rules: [
    { field: 'metadata.name', rule: 'a DNS subdomain', says: 'error', source: 'core', bad: { 'metadata.name': 'A' } },
    {
      field: 'spec.podCIDR',
      absent: {
        is: 'the first of spec.podCIDRs; where it is another, it counts alone',
        at: 'podCIDRs',
        value: ['10.2.0.0/24'],
        with: { 'spec.podCIDR': '10.2.0.0/24', 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64'] },
      },
      rule: 'a network',
      says: 'error',
      source: 'conversion',
      bad: { 'spec.podCIDR': '10.1.0.0' },
    },
    {
      field: 'spec.podCIDRs',
      rule: 'at most one of each family',
      says: 'refused',
      source: 'core',
      good: { 'spec.podCIDRs': ['10.1.0.0/24', 'fd00::/64'] },
      bad: { 'spec.podCIDRs': ['10.1.0.0/24', '10.2.0.0/24'] },
    },
    {
      field: 'spec.taints[]',
      rule: 'key a qualified name, value a label value, effect NoSchedule, PreferNoSchedule or NoExecute',
      says: 'refused',
      source: 'core',
      good: { 'spec.taints': [{ key: 'a', effect: 'NoExecute' }] },
      bad: { 'spec.taints': [{ key: 'a', effect: 'Never' }] },
    },
    {
      field: 'spec.taints[]',
      rule: 'each key and effect once',
      says: 'refused',
      source: 'core',
      bad: { 'spec.taints': Array(2).fill({ key: 'a', effect: 'NoExecute' }) },
    },
    {
      field: 'status.addresses[]',
      rule: 'has type and address',
      says: 'error',
      source: 'vipc',
      good: { 'status.addresses': [{ type: 'Hostname', address: 'a' }] },
      bad: { 'status.addresses': [{ type: 'InternalIP' }] },
    },
    {
      field: 'status.conditions',
      absent: { is: 'it is ready', at: 'ready', value: true },
      rule: 'a list',
      says: 'error',
      source: 'vipc',
      bad: { 'status.conditions': {} },
    },
  ],
};
