/**
 * Rules of Ingress and NetworkPolicy.
 */

import type { KindRules, Rule } from './rule.js';

const BACKEND = { service: { name: 'web', port: { number: 80 } } };
const PATHS = 'spec.rules.0.http.paths';

const backend: readonly Rule[] = [
  {
    field: 'backend',
    rule: 'either service or resource',
    says: 'refused',
    source: 'networking',
    good: { [`${PATHS}.0.backend`]: { resource: { kind: 'Bucket', name: 'b' } } },
    bad: { [`${PATHS}.0.backend`]: {} },
  },
  {
    field: 'backend.service.name',
    rule: 'a DNS label',
    says: 'error',
    source: 'networking',
    bad: { [`${PATHS}.0.backend.service.name`]: 'Web' },
  },
  {
    field: 'backend.service.port',
    rule: 'either number or name',
    says: 'refused',
    source: 'networking',
    good: { [`${PATHS}.0.backend.service.port`]: { name: 'http' } },
    bad: { [`${PATHS}.0.backend.service.port`]: { number: 80, name: 'http' } },
  },
];

export const INGRESS: KindRules = {
  kind: 'Ingress',
  apiVersion: 'networking.k8s.io/v1',
  object: {
    metadata: { name: 'web' },
    spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] } }] },
  },
  rules: [
    {
      field: 'metadata.annotations[kubernetes.io/ingress.class]',
      rule: 'the same as spec.ingressClassName, where both are given',
      says: 'refused',
      source: 'networking',
      bad: { 'metadata.annotations': { 'kubernetes.io/ingress.class': 'a' }, 'spec.ingressClassName': 'b' },
    },
    {
      field: 'spec.ingressClassName',
      rule: 'a DNS subdomain',
      says: 'refused',
      source: 'networking',
      bad: { 'spec.ingressClassName': 'A' },
    },
    {
      field: 'spec',
      rule: 'has defaultBackend or rules',
      says: 'refused',
      source: 'networking',
      good: { 'spec.rules': [], 'spec.defaultBackend': BACKEND },
      bad: { 'spec.rules': [] },
    },
    {
      field: 'spec.rules[].host',
      rule: 'a DNS subdomain, perhaps after `*.`, or empty',
      says: 'error',
      source: 'networking',
      good: { 'spec.rules.0.host': '*.example.com' },
      bad: { 'spec.rules.0.host': 'a_b' },
    },
    {
      field: 'spec.rules[].host',
      rule: 'no address',
      says: 'refused',
      source: 'networking',
      bad: { 'spec.rules.0.host': '10.0.0.1' },
    },
    {
      field: 'spec.rules[].http.paths',
      rule: 'at least one',
      says: 'refused',
      source: 'networking',
      good: { 'spec.rules.0': { host: 'a.b' } },
      bad: { [PATHS]: [] },
    },
    {
      field: 'paths[].pathType',
      rule: 'Exact, Prefix or ImplementationSpecific',
      says: 'refused',
      source: 'networking',
      good: { [`${PATHS}.0`]: { pathType: 'ImplementationSpecific', backend: BACKEND } },
      bad: { [`${PATHS}.0.pathType`]: undefined },
    },
    {
      field: 'paths[].path',
      rule: 'begins with /; of pathType Exact and Prefix without //, /./, /../ and %2f',
      says: 'refused',
      source: 'networking',
      bad: { [`${PATHS}.0.path`]: '/a/../b' },
    },
    ...backend,
  ],
};

export const NETWORK_POLICY: KindRules = {
  kind: 'NetworkPolicy',
  apiVersion: 'networking.k8s.io/v1',
  about: 'It is read for lint and explain; rules of Services do not depend on it.',
  object: { metadata: { name: 'web' }, spec: { podSelector: { matchLabels: { app: 'web' } } } },
  rules: [
    {
      field: 'metadata.name',
      rule: 'a DNS subdomain',
      says: 'error',
      source: 'networking',
      bad: { 'metadata.name': 'Web' },
    },
    {
      field: 'spec.podSelector',
      absent: {
        is: 'all Pods',
        at: 'podSelector',
        value: { matchLabels: {}, matchExpressions: [] },
        with: { 'spec.podSelector': undefined },
      },
      rule: 'matchLabels: label values',
      says: 'error',
      source: 'networking',
      bad: { 'spec.podSelector.matchLabels': { app: 'a b' } },
    },
    {
      field: 'spec.podSelector.matchExpressions[]',
      rule: 'operator In, NotIn, Exists or DoesNotExist; values for the first two only',
      says: 'refused',
      source: 'meta',
      bad: { 'spec.podSelector': { matchExpressions: [{ key: 'app', operator: 'In' }] } },
    },
    {
      field: 'spec.policyTypes',
      absent: { is: 'Ingress, and Egress where there are rules of it', at: 'policyTypes', value: ['Ingress'] },
      rule: 'Ingress, Egress or both',
      says: 'refused',
      source: 'networking',
      good: { 'spec.policyTypes': ['Egress'] },
      bad: { 'spec.policyTypes': ['ingress'] },
    },
    {
      field: 'spec.ingress[].ports[].port',
      rule: 'a number from 1 to 65535, or the name of a port',
      says: 'error',
      source: 'networking',
      good: { 'spec.ingress': [{ ports: [{ port: 80, endPort: 90 }, { port: 'http' }, {}] }] },
      bad: { 'spec.ingress': [{ ports: [{ port: 0 }] }] },
    },
    {
      field: 'spec.ingress[].from[]',
      rule: 'selectors, or ipBlock',
      says: 'refused',
      source: 'networking',
      good: { 'spec.ingress': [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      bad: { 'spec.ingress': [{ from: [{}] }] },
    },
    {
      field: 'spec.ingress[].from[].ipBlock.except',
      rule: 'networks within cidr, each smaller than it',
      says: 'refused',
      source: 'networking',
      good: { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] },
      bad: { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }] }] },
    },
    {
      field: 'spec.egress[].to[]',
      rule: 'as spec.ingress[].from[]; ports too',
      says: 'refused',
      source: 'networking',
      good: { 'spec.egress': [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }] },
      bad: { 'spec.egress': [{ to: [{}] }] },
    },
  ],
};
