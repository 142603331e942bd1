/**
 * Rules of Namespace, of the objects that a cluster allocates from, and of multi-cluster objects.
 */

import type { KindRules } from './rule.js';

export const NAMESPACE: KindRules = {
  kind: 'Namespace',
  apiVersion: 'v1',
  object: { metadata: { name: 'shop' } },
  rules: [
    { field: 'metadata.name', rule: 'a DNS label', says: 'error', source: 'core', bad: { 'metadata.name': 'a.b' } },
  ],
};

export const SERVICE_CIDR: KindRules = {
  kind: 'ServiceCIDR',
  apiVersion: 'networking.k8s.io/v1',
  object: { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/12'] } },
  rules: [
    {
      field: 'spec.cidrs',
      rule: 'networks, at least one',
      says: 'error',
      source: 'networking',
      bad: { 'spec.cidrs': [] },
    },
    {
      field: 'spec.cidrs',
      rule: 'at most one of each family',
      says: 'refused',
      source: 'networking',
      good: { 'spec.cidrs': ['10.96.0.0/12', 'fd00::/112'] },
      bad: { 'spec.cidrs': ['10.96.0.0/12', '10.0.0.0/16'] },
    },
    {
      field: 'spec.cidrs',
      rule: 'in canonical form',
      says: 'refused',
      source: 'networking',
      bad: { 'spec.cidrs': ['10.96.0.1/12'] },
    },
  ],
};

export const IP_ADDRESS: KindRules = {
  kind: 'IPAddress',
  apiVersion: 'networking.k8s.io/v1',
  object: { metadata: { name: '10.96.0.1' }, spec: { parentRef: { resource: 'services', name: 'web' } } },
  rules: [
    { field: 'metadata.name', rule: 'an address', says: 'error', source: 'networking', bad: { 'metadata.name': 'a' } },
    {
      field: 'metadata.name',
      rule: 'in canonical form',
      says: 'refused',
      source: 'networking',
      bad: { 'metadata.name': 'fd00::0' },
    },
    {
      field: 'spec.parentRef',
      rule: 'has resource and name',
      says: 'refused',
      source: 'networking',
      bad: { 'spec.parentRef': {} },
    },
  ],
};

export const SERVICE_EXPORT: KindRules = {
  kind: 'ServiceExport',
  apiVersion: 'multicluster.x-k8s.io/v1beta1',
  object: { metadata: { name: 'web' }, spec: {} },
  rules: [
    {
      field: 'spec.exportedLabels',
      absent: { is: 'none', at: 'exportedLabels', value: {} },
      rule: 'labels',
      says: 'error',
      source: 'mcs',
      bad: { 'spec.exportedLabels': { 'a b': 'c' } },
    },
    {
      field: 'spec.exportedAnnotations',
      absent: { is: 'none', at: 'exportedAnnotations', value: {} },
      rule: 'annotations',
      says: 'error',
      source: 'mcs',
      bad: { 'spec.exportedAnnotations': { a: 1 } },
    },
  ],
};

export const SERVICE_IMPORT: KindRules = {
  kind: 'ServiceImport',
  apiVersion: 'multicluster.x-k8s.io/v1beta1',
  object: { metadata: { name: 'web' }, spec: { type: 'ClusterSetIP', ports: [{ port: 80 }] } },
  rules: [
    {
      field: 'spec.type',
      absent: { is: 'ClusterSetIP', at: 'spec.type', value: 'ClusterSetIP', with: { 'spec.type': undefined } },
      rule: 'ClusterSetIP or Headless',
      says: 'error',
      source: 'mcs',
      bad: { 'spec.type': 'ClusterIP' },
    },
    { field: 'spec.ips', rule: 'addresses, at most two', says: 'error', source: 'mcs', bad: { 'spec.ips': ['a'] } },
    {
      field: 'spec.ports[].name',
      rule: 'a DNS label, or empty',
      says: 'error',
      source: 'vipc',
      bad: { 'spec.ports.0.name': 'A' },
    },
    { field: 'spec.ports[].port', rule: '1 to 65535', says: 'error', source: 'vipc', bad: { 'spec.ports.0.port': 0 } },
    {
      field: 'spec.ports[].protocol',
      absent: { is: 'TCP', at: 'spec.ports.0.protocol', value: 'TCP' },
      rule: 'TCP, UDP or SCTP',
      says: 'error',
      source: 'mcs',
      bad: { 'spec.ports.0.protocol': 'HTTP' },
    },
    {
      field: 'spec.sessionAffinity',
      absent: { is: 'None', at: 'spec.sessionAffinity', value: 'None' },
      rule: 'None or ClientIP',
      says: 'error',
      source: 'mcs',
      bad: { 'spec.sessionAffinity': 'Cookie' },
    },
  ],
};
