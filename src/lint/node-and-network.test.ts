/**
 * Host ports that are node ports, and NetworkPolicies that select endpoints.
 */
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import type { LabelSelector } from '../read/selects.js';
import { selects } from '../read/selects.js';

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.9, type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30999, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`;

/** Messages of `code` about a cluster with that Service. */
function said(code: string, ...objects: readonly object[]): readonly string[] {
  const text = [SERVICE, ...objects.map((object) => JSON.stringify(object))].join('\n---\n');
  const { diagnostics } = readCluster([{ name: 'a.yaml', text }], {});
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return diagnostics.filter((each) => each.code === code).map((each) => `${each.severity}: ${each.message}`);
}

const daemons = (port: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'a', ports: [port] }], ...spec } },
  },
});

describe('a host port that is', () => {
  it.each<[string, object, object, RegExp | undefined]>([
    [
      'a node port',
      { containerPort: 1, hostPort: 30080 },
      {},
      /^warning: hostPort 30080\/TCP is a node port of Service default\/web as well/,
    ],
    ['of another protocol', { containerPort: 1, hostPort: 30080, protocol: 'UDP' }, {}, undefined],
    ['no node port', { containerPort: 30080, hostPort: 30081 }, {}, undefined],
    ['none', { containerPort: 30080 }, {}, undefined],
    [
      'a port in the node’s network',
      { containerPort: 30080 },
      { hostNetwork: true },
      /port 30080\/TCP in the node's network is a node port/,
    ],
    [
      'a health check node port',
      { containerPort: 1, hostPort: 30999 },
      {},
      /hostPort 30999\/TCP is the health check node port/,
    ],
  ])('%s', (_, port, spec, expected) => {
    const found = said('host-port-conflict', daemons(port, spec));
    expect(found).toHaveLength(expected ? 1 : 0);
    if (expected) expect(found[0]).toMatch(expected);
  });
});

const policy = (podSelector: object, more: object = {}, namespace = 'default') => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace },
  spec: { podSelector, ...more },
});
const WEB = { metadata: { labels: { app: 'web', tier: 'a' } } };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { ...WEB, spec: { containers: [{ name: 'a' }] } } },
};

describe('a NetworkPolicy', () => {
  it.each<[string, object, readonly object[], RegExp | undefined]>([
    [
      'for all pods',
      policy({}),
      [deployment],
      /^note: NetworkPolicy deny \(Ingress\) selects its endpoints: it may keep clients out$/,
    ],
    ['by label', policy({ matchLabels: { tier: 'a' } }), [deployment], /selects its endpoints/],
    ['by another label', policy({ matchLabels: { tier: 'b' } }), [deployment], undefined],
    ['in another namespace', policy({}, {}, 'other'), [deployment], undefined],
    ['of what they send', policy({}, { policyTypes: ['Egress'] }), [deployment], /\(Egress\).*what they send only/],
    ['with rules for both', policy({}, { egress: [{}] }), [deployment], /\(Ingress, Egress\)/],
    ['where no pod is known', policy({ matchLabels: { app: 'web' } }), [], /selects its endpoints/],
    ['for no pod that is known', policy({ matchLabels: { app: 'db' } }), [], undefined],
  ])('%s', (_, object, others, expected) => {
    const found = said('network-policy', object, ...others);
    expect(found).toHaveLength(expected ? 1 : 0);
    if (expected) expect(found[0]).toMatch(expected);
  });

  it.each<[string, LabelSelector['matchExpressions'][number], boolean]>([
    ['In', { key: 'a', operator: 'In', values: ['1', '2'] }, true],
    ['In others', { key: 'a', operator: 'In', values: ['2'] }, false],
    ['NotIn', { key: 'a', operator: 'NotIn', values: ['1'] }, false],
    ['NotIn, absent', { key: 'b', operator: 'NotIn', values: ['1'] }, true],
    ['Exists', { key: 'a', operator: 'Exists', values: [] }, true],
    ['DoesNotExist', { key: 'a', operator: 'DoesNotExist', values: [] }, false],
  ])('selects by %s', (_, expression, expected) => {
    expect(selects({ matchLabels: {}, matchExpressions: [expression] }, { a: '1' })).toBe(expected);
  });
});
