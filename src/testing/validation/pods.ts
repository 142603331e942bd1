/**
 * Rules of Pod v1, and of the workloads that make Pods.
 */

import type { KindRules, Rule } from './rule.js';

/** The rules of a pod spec, `at` its path. */
function podRules(at: string): readonly Rule[] {
  return [
    {
      field: `${at}.containers[].ports[].name`,
      rule: 'at most 15 characters, one a letter',
      says: 'error',
      source: 'core',
      bad: { [`${at}.containers`]: [{ ports: [{ name: '80', containerPort: 80 }] }] },
    },
    {
      field: `${at}.containers[].ports[].name`,
      rule: 'each once in a container',
      says: 'refused',
      source: 'core',
      good: { [`${at}.containers`]: Array(2).fill({ ports: [{ name: 'http', containerPort: 80 }] }) },
      bad: { [`${at}.containers`]: [{ ports: Array(2).fill({ name: 'http', containerPort: 80 }) }] },
    },
    {
      field: `${at}.containers[].ports[].containerPort`,
      rule: '1 to 65535',
      says: 'error',
      source: 'core',
      bad: { [`${at}.containers`]: [{ ports: [{ containerPort: 0 }] }] },
    },
    {
      field: `${at}.containers[].ports[].protocol`,
      rule: 'TCP, UDP or SCTP; `""` is TCP',
      says: 'error',
      source: 'core',
      good: { [`${at}.containers`]: [{ ports: [{ containerPort: 80, protocol: '' }] }] },
      bad: { [`${at}.containers`]: [{ ports: [{ containerPort: 80, protocol: 'HTTP' }] }] },
    },
    ...['hostname', 'subdomain', 'nodeName'].map((field) => ({
      field: `${at}.${field}`,
      rule: field === 'nodeName' ? 'a DNS subdomain' : 'a DNS label',
      says: 'error' as const,
      source: 'core' as const,
      good: { [`${at}.${field}`]: '' },
      bad: { [`${at}.${field}`]: 'A' },
    })),
    {
      field: `${at}.nodeSelector`,
      rule: 'labels',
      says: 'error',
      source: 'core',
      bad: { [`${at}.nodeSelector`]: { a: 'b c' } },
    },
    {
      field: `${at}.tolerations[]`,
      rule: 'operator Exists where there is no key; a value with Equal only; effects as of taints',
      says: 'refused',
      source: 'core',
      good: { [`${at}.tolerations`]: [{ operator: 'Exists' }, { key: 'a', value: 'b' }] },
      bad: { [`${at}.tolerations`]: [{ operator: 'Equal' }] },
    },
  ];
}

export const POD: KindRules = {
  kind: 'Pod',
  apiVersion: 'v1',
  about: 'The same holds for the templates of workloads.',
  object: { metadata: { name: 'web' }, spec: {}, status: {} },
  rules: [
    { field: 'metadata.name', rule: 'a DNS subdomain', says: 'error', source: 'core', bad: { 'metadata.name': 'A' } },
    {
      field: 'metadata.annotations',
      rule: 'texts, of 256 KiB in all; so for all kinds',
      says: 'error',
      source: 'meta',
      bad: { 'metadata.annotations': { scrape: true } },
    },
    {
      field: 'metadata.labels',
      rule: 'keys are qualified names, values label values; so for all kinds',
      says: 'error',
      source: 'meta',
      bad: { 'metadata.labels': { 'a b': 'c' } },
    },
    ...podRules('spec'),
    {
      field: 'status.podIP',
      absent: {
        is: 'the first of status.podIPs; where it is another, it counts alone',
        at: 'status.podIPs',
        value: ['10.1.0.2'],
        with: { 'status.podIP': '10.1.0.2', 'status.podIPs': [{ ip: '10.1.0.1' }] },
      },
      rule: 'an address',
      says: 'error',
      source: 'conversion',
      bad: { 'status.podIP': 'web' },
    },
    {
      field: 'status.podIPs',
      rule: 'at most one of each family',
      says: 'refused',
      source: 'core',
      bad: { 'status.podIPs': [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }] },
    },
  ],
};

const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: {} };

export const STATEFUL_SET: KindRules = {
  kind: 'StatefulSet',
  apiVersion: 'apps/v1',
  about: 'The same holds for Deployment, DaemonSet and ReplicaSet, without serviceName and ordinals.',
  object: { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template: TEMPLATE } },
  rules: [
    {
      field: 'spec.replicas',
      absent: { is: '1', at: 'replicas', value: 1 },
      rule: '0 or more (vipc: at most 1,000,000)',
      says: 'error',
      source: 'apps',
      bad: { 'spec.replicas': -1 },
    },
    { field: 'spec.selector', rule: 'is there', says: 'refused', source: 'apps', bad: { 'spec.selector': undefined } },
    { field: 'spec.selector', rule: 'is not empty', says: 'refused', source: 'apps', bad: { 'spec.selector': {} } },
    {
      field: 'spec.selector',
      rule: 'selects the labels of the template, with matchLabels and matchExpressions',
      says: 'refused',
      source: 'apps',
      good: { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] } },
      bad: { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
    },
    {
      field: 'spec.selector.matchExpressions[]',
      rule: 'operator In, NotIn, Exists or DoesNotExist; values for the first two only',
      says: 'refused',
      source: 'meta',
      bad: { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['web'] }] } },
    },
    {
      field: 'spec.template.spec',
      rule: 'is there',
      says: 'error',
      source: 'vipc',
      bad: { 'spec.template.spec': undefined },
    },
    {
      field: 'spec.serviceName',
      rule: 'a DNS label, or empty',
      says: 'error',
      source: 'vipc',
      bad: { 'spec.serviceName': 'A' },
    },
    {
      field: 'spec.ordinals.start',
      absent: { is: '0', at: 'firstOrdinal', value: 0 },
      rule: '0 or more',
      says: 'error',
      source: 'apps',
      bad: { 'spec.ordinals': { start: -1 } },
    },
  ],
};

export const REPLICATION_CONTROLLER: KindRules = {
  kind: 'ReplicationController',
  apiVersion: 'v1',
  object: { metadata: { name: 'web' }, spec: { template: TEMPLATE } },
  rules: [
    {
      field: 'spec.replicas',
      absent: { is: '1', at: 'replicas', value: 1 },
      rule: '0 or more (vipc: at most 1,000,000)',
      says: 'error',
      source: 'defaults',
      bad: { 'spec.replicas': -1 },
    },
    {
      field: 'spec.selector',
      rule: 'selects the labels of the template; absent or empty it is these',
      says: 'refused',
      source: 'defaults',
      good: { 'spec.selector': {} },
      bad: { 'spec.selector': { app: 'api' } },
    },
    {
      field: 'spec.selector',
      rule: 'is not empty',
      says: 'refused',
      source: 'core',
      bad: { 'spec.template.metadata': {} },
    },
  ],
};

export const POD_TEMPLATE: KindRules = {
  kind: 'PodTemplate',
  apiVersion: 'v1',
  object: { metadata: { name: 'web' }, template: TEMPLATE },
  rules: [
    { field: 'template', rule: 'as a Pod', says: 'error', source: 'core', bad: { 'template.spec': { hostname: 'A' } } },
  ],
};
