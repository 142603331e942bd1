/**
 * checkSelectors on manifests: the diagnostics that it must report, and must not report. golden/look has their texts.
 */

import { describe, expect, it } from '@jest/globals';
import { said, service, slice } from '../testing/cases/linted.js';
import { checkSelectors } from './selector.js';

describe('checkSelectors', () => {
  const pod = (name: string, labels: string, ports = '{name: http, containerPort: 8080}') =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {${labels}}}, spec: {nodeName: node-1, containers: [{name: c, ports: [${ports}]}]}, status: {phase: Running, podIP: 10.1.0.1, conditions: [{type: Ready, status: "True"}]}}`;
  const deployment = (name: string, labels: string, ports = '{name: http, containerPort: 8080}', replicas = 1) =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {replicas: ${replicas}, selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: c, ports: [${ports}]}]}}}}`;
  const selecting = (selector: string, port = '{port: 80}') =>
    service('web', `clusterIP: 10.96.0.1, selector: {${selector}}, ports: [${port}]`);
  const WITHOUT = 'warning selector-without-pods at spec.selector ? --simulate makes them';
  const MISS = 'warning selector-near-miss at spec.selector';
  const NAME = 'warning target-port-name at spec.ports[0].targetPort';

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['a Pod', [selecting('app: web'), pod('p', 'app: web, more: x')], []],
    ['nothing at all to select', [selecting('app: web')], []],
    ['something else entirely', [selecting('app: web'), pod('p', 'app: database')], []],
    ['a template', [selecting('app: web'), deployment('d', 'app: web')], [WITHOUT]],
    [
      'a template, and slices of the cluster',
      [selecting('app: web'), deployment('d', 'app: web'), slice('s', 'kubernetes.io/service-name: web', '')],
      [WITHOUT.replace('warning', 'note')],
    ],
    [
      'a template, and endpoints of the cluster',
      [selecting('app: web'), deployment('d', 'app: web'), slice('s', 'kubernetes.io/service-name: web')],
      [],
    ],
    ['a template of no replicas', [selecting('app: web'), deployment('d', 'app: web', '', 0)], []],
    [
      'nearly the only label',
      [selecting('app: wbe'), pod('p', 'app: web')],
      [`${MISS}.app ~ Pod default/p metadata.labels.app`],
    ],
    [
      'all labels but one',
      [selecting('app: web, tier: front'), deployment('d', 'app: web, tier: frontend')],
      [`${MISS}.tier ~ Deployment default/d spec.template.metadata.labels.tier`],
    ],
    [
      'a label missing',
      [selecting('app: web, tier: front'), pod('p', 'app: web')],
      [`${MISS}.tier ~ Pod default/p metadata.labels.tier`],
    ],
    [
      'the nearer of two',
      [selecting('app: shop, tier: cahce'), pod('a', 'app: shop, tier: web'), pod('b', 'app: shop, tier: cache')],
      [`${MISS}.tier ~ Pod default/b metadata.labels.tier`],
    ],
    ['all labels but two', [selecting('app: web, tier: front'), pod('p', 'a: b')], []],
    [
      'a label that a controller gives',
      [selecting('app: web, statefulset.kubernetes.io/pod-name: d-0'), deployment('d', 'app: web')],
      [WITHOUT],
    ],
    [
      'an alias has no use for one',
      [service('web', 'type: ExternalName, externalName: a.b, selector: {app: wbe}'), pod('p', 'app: web')],
      [],
    ],
    ['a port by its name', [selecting('app: web', '{port: 80, targetPort: http}'), pod('p', 'app: web')], []],
    ['a port by its number', [selecting('app: web', '{port: 80, targetPort: 9999}'), pod('p', 'app: web')], []],
    [
      'nearly the name of the port',
      [selecting('app: web', '{port: 80, targetPort: htpp}'), pod('p', 'app: web')],
      [`${NAME} ~ Pod default/p ? did you mean http?`],
    ],
    [
      'a port of another protocol',
      [selecting('app: web', '{port: 80, protocol: UDP, targetPort: http}'), pod('p', 'app: web')],
      [`${NAME} ~ Pod default/p`],
    ],
    [
      'a port that only some have',
      [selecting('app: web', '{port: 80, targetPort: http}'), pod('a', 'app: web', ''), pod('b', 'app: web')],
      [],
    ],
    [
      'a port of the template',
      [selecting('app: web', '{port: 80, targetPort: web}'), deployment('d', 'app: web')],
      [WITHOUT, `${NAME} ~ Deployment default/d`],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(checkSelectors, documents)).toEqual(expected);
    expect(said(checkSelectors, [...documents].reverse())).toEqual(expected);
  });

  it('has nothing to say of Pods that are simulated', () => {
    expect(
      said(checkSelectors, [selecting('app: web', '{port: 80, targetPort: http}'), deployment('d', 'app: web')], true),
    ).toEqual([]);
  });
});
