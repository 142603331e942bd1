/**
 * Rules of endpoints and selectors: cases for each condition, beyond the examples of the rules.
 */
import { describe, expect, it } from '@jest/globals';
import { service, slice } from '../testing/cases/linted.js';
import {
  ALL,
  at,
  BALANCED,
  DUAL,
  deployment,
  found,
  itFinds,
  LOCAL,
  node,
  OF_WEB,
  SELECTING,
} from '../testing/cases/rule-rows.js';

const RUNNING =
  '{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {tier: db}}, spec: {nodeName: a, containers: [{name: c}]}, status: {phase: Running, podIP: 10.244.0.9}}';

const TWO_PORTS = service('web', `${DUAL}, ports: [{name: http, port: 80}, {name: metrics, port: 90}]`);
const WITH_METRICS = ['{name: http, port: 80}', '{name: http, port: 80}, {name: metrics, port: 90}'] as const;
/** The IPv6 slice, with what is in place of a part of it. */
const six = (part = '', other = '') => slice('t', OF_WEB, at('"fd00::9"')).replace('IPv4', 'IPv6').replace(part, other);

itFinds({
  'local-without-endpoints': [
    [
      'an endpoint on each node',
      [
        node('a'),
        node('b'),
        service('web', LOCAL),
        slice('s', OF_WEB, [at('10.1.0.1', 'a'), at('10.1.0.2', 'b')].join(', ')),
      ],
      [],
    ],
    [
      'one that is not ready',
      [
        node('a'),
        node('b'),
        service('web', LOCAL),
        slice('s', OF_WEB, [at('10.1.0.1', 'a'), at('10.1.0.2', 'b', 'ready: false')].join(', ')),
      ],
      ['warning at spec.internalTrafficPolicy'],
    ],
    [
      'one that serves while it terminates',
      [
        node('a'),
        node('b'),
        service('web', LOCAL),
        slice(
          's',
          OF_WEB,
          [at('10.1.0.1', 'a'), at('10.1.0.2', 'b', 'ready: false, serving: true, terminating: true')].join(', '),
        ),
      ],
      [],
    ],
    [
      'a node that takes no Pods',
      [
        node('a'),
        node('b', ', spec: {taints: [{key: x, effect: NoSchedule}]}'),
        service('web', LOCAL),
        slice('s', OF_WEB, at('10.1.0.1', 'a')),
      ],
      [],
    ],
    ['no Nodes', [service('web', LOCAL), slice('s', OF_WEB, at('10.1.0.1', 'a'))], []],
    ['no endpoint at all', [node('a'), service('web', LOCAL)], []],
    [
      'endpoints without a node',
      [node('a'), service('web', LOCAL), slice('s', OF_WEB, at('10.1.0.1'))],
      ['warning at spec.internalTrafficPolicy'],
    ],
    [
      'a load balancer with health checks',
      [
        node('a'),
        node('b'),
        service('web', `${BALANCED}, externalTrafficPolicy: Local, healthCheckNodePort: 30999`),
        slice('s', OF_WEB, at('10.1.0.1', 'a')),
      ],
      [],
    ],
    [
      'a load balancer and no node',
      [
        node('a'),
        service('web', `${BALANCED}, externalTrafficPolicy: Local, healthCheckNodePort: 30999`),
        slice('s', OF_WEB, at('10.1.0.1', 'z')),
      ],
      ['warning at spec.externalTrafficPolicy'],
    ],
  ],
  'family-without-endpoints': [
    [
      'one that is not ready',
      [
        service('web', ALL.replace('clusterIP: 10.96.0.1', DUAL)),
        slice('s', OF_WEB),
        slice('t', OF_WEB, at('"fd00::9"', '', 'ready: false')).replace('IPv4', 'IPv6'),
      ],
      [],
    ],
    ['none of either', [service('web', ALL.replace('clusterIP: 10.96.0.1', DUAL))], []],
  ],
  'port-without-endpoints': [
    ['both families have both', [TWO_PORTS, slice('s', OF_WEB).replace(...WITH_METRICS), six(...WITH_METRICS)], []],
    [
      'only the slice of one family lacks one',
      [TWO_PORTS, slice('s', OF_WEB).replace(...WITH_METRICS), six()],
      ['warning at spec.ports[1]'],
    ],
    ['the slices of both families lack one', [TWO_PORTS, slice('s', OF_WEB), six()], ['warning at spec.ports[1]']],
    [
      'the slice of one family has no port at all',
      [TWO_PORTS, slice('s', OF_WEB).replace(...WITH_METRICS), six('ports: [{name: http, port: 80}]', 'ports: []')],
      ['warning at spec.ports[0]', 'warning at spec.ports[1]'],
    ],
    [
      'the slice of one family has only another, which slice-ports reports',
      [TWO_PORTS, slice('s', OF_WEB).replace(...WITH_METRICS), six('name: http', 'name: other')],
      [],
    ],
    [
      'the slice of a family that the Service does not have',
      [TWO_PORTS.replace(DUAL, 'clusterIP: 10.96.0.1'), slice('s', OF_WEB).replace(...WITH_METRICS), six()],
      [],
    ],
  ],
  'selector-matches-nothing': [
    ['no Pods at all', [SELECTING], []],
    ['Pods of other labels', [SELECTING, deployment('tier: db')], ['warning at spec.selector']],
    ['nearly its labels', [SELECTING, deployment('app: wbe')], []],
    [
      'a kind that may make Pods',
      [SELECTING, deployment('tier: db'), '{apiVersion: example.com/v1, kind: Shop, metadata: {name: a}}'],
      ['note at spec.selector'],
    ],
    ['Pods of a cluster, without what makes them', [SELECTING, RUNNING], ['warning at spec.selector']],
    [
      'Pods of a cluster, and a kind that may make Pods',
      [SELECTING, RUNNING, '{apiVersion: example.com/v1, kind: Shop, metadata: {name: a}}'],
      ['warning at spec.selector'],
    ],
    [
      'Pods of a cluster, and a workload that is scaled to 0',
      [SELECTING, RUNNING, deployment('app: web').replace('spec: {', 'spec: {replicas: 0, ')],
      [],
    ],
    [
      'Pods of a cluster in another namespace',
      [SELECTING, deployment('tier: db'), RUNNING.replace('name: p,', 'name: p, namespace: shop,')],
      ['warning at spec.selector'],
    ],
    [
      'a kind that makes none',
      [
        SELECTING,
        deployment('tier: db'),
        '{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}}',
      ],
      ['warning at spec.selector'],
    ],
    [
      'Pods without what makes them',
      [
        SELECTING,
        '{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {tier: db}}, spec: {containers: [{name: c}]}}',
      ],
      ['note at spec.selector'],
    ],
    [
      'a template of no replicas',
      [
        SELECTING,
        deployment('tier: db'),
        deployment('app: web').replace('name: d', 'name: e').replace('{selector', '{replicas: 0, selector'),
      ],
      [],
    ],
    ['endpoints all the same', [SELECTING, deployment('tier: db'), slice('s', OF_WEB)], []],
  ],
  'target-port-undeclared': [
    ['no port declared', [SELECTING, deployment('app: web', '')], []],
    [
      'declared for another protocol only',
      [SELECTING, deployment('app: web', '{containerPort: 8080, protocol: UDP}')],
      [],
    ],
    ['declared', [SELECTING, deployment('app: web')], []],
    [
      'another declared',
      [SELECTING, deployment('app: web', '{containerPort: 9090}')],
      ['note at spec.ports[0].targetPort'],
    ],
  ],
  'orphan-slice': [
    [
      'in a namespace without Services',
      [service('web', ALL, 'shop'), slice('s', 'kubernetes.io/service-name: gone')],
      ['note at metadata.labels["kubernetes.io/service-name"]'],
    ],
    ['in a dump without Services', [slice('s', 'kubernetes.io/service-name: gone')], []],
    ['of nearly a name', [service('web', ALL), slice('s', 'kubernetes.io/service-name: webs')], []],
    ['of the clusterset', [service('web', ALL), slice('s', 'multicluster.kubernetes.io/service-name: gone')], []],
  ],
});

describe('affinity-list', () => {
  const pods = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      return `{apiVersion: v1, kind: Pod, metadata: {name: p-${i}, labels: {a: b}}, spec: {nodeName: node-n, containers: [{name: c}]}, status: {phase: Running}}`;
    });
  it.each([
    ['as many Pods as the list holds', 100, []],
    ['one more', 101, ['warning at spec.sessionAffinity']],
  ] as const)('%s', (_, count, expected) => {
    const affine = service('web', `${ALL}, sessionAffinity: ClientIP`);
    expect(found('affinity-list', [affine, slice('s', OF_WEB), ...pods(count)])).toEqual(expected);
  });
});
