/**
 * The checks of lint, on manifests: what each says, and what it has no reason to say. Their words are in golden/look.
 */
import { describe, expect, it } from '@jest/globals';
import { AS_IT_IS, complete } from '../complete/complete.js';
import { type Diagnostic, formatPath } from '../diag.js';
import { readSnapshot } from '../read/snapshot.js';
import type { Snapshot } from '../read/types.js';
import { checkEndpointsNames } from './endpoints-name.js';
import { checkIngresses } from './ingress.js';
import { checkRepeated } from './repeated.js';
import { checkSelectors } from './selector.js';
import { checkSlicePorts } from './slice-ports.js';

type Check = (snapshot: Snapshot) => readonly Diagnostic[];

/** `warning code at spec.path ~ related object`, of manifests without what all of a kind have. */
function said(check: Check, documents: readonly string[], simulate = false): readonly string[] {
  const read = readSnapshot([{ name: 'x.yaml', text: documents.join('\n---\n') }]);
  expect(read.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { value } = complete(read.value, { ...AS_IT_IS, simulate, allocate: simulate, nodes: simulate ? 1 : 0 });
  return check(value).map(({ severity, code, origin, related, hint }) =>
    [
      `${severity} ${code} at ${formatPath(origin?.path ?? [])}`,
      ...(related ? [`~ ${related.origin.object} ${formatPath(related.origin.path)}`.trim()] : []),
      ...(hint === undefined ? [] : [`? ${hint}`]),
    ].join(' '),
  );
}

const service = (name: string, spec: string, namespace = 'default') =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: ${namespace}}, spec: {${spec}}}`;
const PORT = 'clusterIP: 10.96.0.1, ports: [{name: http, port: 80, targetPort: 8080}]';

const ingress = (name: string, backend: string, rule = 'host: a.example.com', path = 'path: /, pathType: Prefix') =>
  `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ${name}}, spec: {rules: [{${rule}, http: {paths: [{${path}, backend: ${backend}}]}}]}}`;
const to = (name: string, port: string) => `{service: {name: ${name}, port: {${port}}}}`;

const endpoints = (name: string, metadata = '') =>
  `{apiVersion: v1, kind: Endpoints, metadata: {name: ${name}${metadata}}, subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: http, port: 80}]}]}`;
const slice = (name: string, labels: string, addresses = '{addresses: [192.0.2.1]}') =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}, labels: {${labels}}}, addressType: IPv4, endpoints: [${addresses}], ports: [{name: http, port: 80}]}`;

const AT = 'spec.rules[0].http.paths[0].backend.service';

describe('checkIngresses', () => {
  const WEB = [service('web', PORT), endpoints('web')];

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['all as it should be', [...WEB, ingress('i', to('web', 'number: 80'))], []],
    ['a port by name', [...WEB, ingress('i', to('web', 'name: http'))], []],
    ['a resource, no Service', [...WEB, ingress('i', '{resource: {kind: Bucket, name: b}}')], []],
    [
      'a Service that is not there',
      [ingress('i', to('web', 'number: 80'))],
      [`warning ingress-without-service at ${AT}.name`],
    ],
    [
      'one with nearly that name',
      [...WEB, ingress('i', to('wbe', 'number: 80'))],
      [`warning ingress-without-service at ${AT}.name ? did you mean web?`],
    ],
    [
      'one of another namespace',
      [service('web', PORT, 'shop'), ingress('i', to('web', 'number: 80'))],
      [
        `warning ingress-without-service at ${AT}.name ? there is one in shop: an Ingress reaches only Services of its own namespace`,
      ],
    ],
    [
      'a port that it has not',
      [...WEB, ingress('i', to('web', 'number: 81'))],
      [`warning ingress-without-port at ${AT}.port.number ~ Service default/web spec.ports`],
    ],
    [
      'its target port',
      [...WEB, ingress('i', to('web', 'number: 8080'))],
      [
        `warning ingress-without-port at ${AT}.port.number ~ Service default/web spec.ports ? that is the targetPort of its port 80: an Ingress names the port`,
      ],
    ],
    [
      'nearly the name of its port',
      [...WEB, ingress('i', to('web', 'name: htp'))],
      [`warning ingress-without-port at ${AT}.port.name ~ Service default/web spec.ports ? did you mean http?`],
    ],
    [
      'an alias',
      [service('web', 'type: ExternalName, externalName: a.example.com'), ingress('i', to('web', 'number: 80'))],
      [`note ingress-to-external-name at ${AT}.name ~ Service default/web`],
    ],
    [
      'a headless Service',
      [
        service('web', 'clusterIP: None, ports: [{name: http, port: 80}]'),
        endpoints('web'),
        ingress('i', to('web', 'number: 80')),
      ],
      [`note ingress-to-headless at ${AT}.name ~ Service default/web`],
    ],
    [
      'a Service without endpoints',
      [service('web', PORT), ingress('i', to('web', 'number: 80'))],
      [`note ingress-without-endpoints at ${AT}.name ~ Service default/web`],
    ],
    [
      'a route that there is',
      [...WEB, ingress('a', to('web', 'number: 80')), ingress('b', to('web', 'name: http'))],
      ['warning ingress-duplicate-path at spec.rules[0].http.paths[0] ~ Ingress default/a spec.rules[0].http.paths[0]'],
    ],
    [
      'one of another host',
      [...WEB, ingress('a', to('web', 'number: 80')), ingress('b', to('web', 'number: 80'), 'host: b.example.com')],
      [],
    ],
    [
      'one of another path type',
      [
        ...WEB,
        ingress('a', to('web', 'number: 80')),
        ingress('b', to('web', 'number: 80'), 'host: a.example.com', 'path: /, pathType: Exact'),
      ],
      [],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(checkIngresses, documents)).toEqual(expected);
    expect(said(checkIngresses, [...documents].reverse())).toEqual(expected);
  });
});

describe('checkEndpointsNames', () => {
  const LABEL = 'metadata.labels["kubernetes.io/service-name"]';

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['the very name', [service('nginx-service', PORT), endpoints('nginx-service')], []],
    [
      'nearly the name',
      [service('nginx-service', PORT), endpoints('nginx-services')],
      [
        'warning endpoints-name-mismatch at metadata.name ~ Service default/nginx-service metadata.name ? is it for nginx-service? The names must match exactly',
      ],
    ],
    [
      'nearly the label',
      [service('nginx', PORT), slice('s', 'kubernetes.io/service-name: ngnix')],
      [
        `warning endpoints-name-mismatch at ${LABEL} ~ Service default/nginx metadata.name ? is it for nginx? The names must match exactly`,
      ],
    ],
    ['a name like none', [service('nginx-service', PORT), endpoints('database')], []],
    ['nearly the name of one that has endpoints', [service('web', PORT), endpoints('web'), endpoints('webs')], []],
    ['nearly the name of one with a selector', [service('web', `${PORT}, selector: {a: b}`), endpoints('webs')], []],
    ['nearly the name of one elsewhere', [service('web', PORT, 'shop'), endpoints('webs')], []],
    [
      'a slice of a controller',
      [
        service('web', PORT),
        slice(
          's',
          'kubernetes.io/service-name: webs, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io',
        ),
      ],
      [],
    ],
    [
      'a Service with a selector',
      [service('web', `${PORT}, selector: {a: b}`), endpoints('web')],
      [
        'note endpoints-overwritten at  ~ Service default/web spec.selector ? a Service with endpoints written by hand needs to be without a selector',
      ],
    ],
    [
      'what the controller wrote',
      [
        service('web', `${PORT}, selector: {a: b}`),
        endpoints('web', ', labels: {endpoints.kubernetes.io/managed-by: endpoint-controller}'),
      ],
      [],
    ],
    [
      'a dump of a cluster',
      [service('web', `${PORT}, selector: {a: b}`), endpoints('web'), slice('s', 'kubernetes.io/service-name: web')],
      [],
    ],
  ])('%s', (_, documents, expected) => {
    expect(said(checkEndpointsNames, documents)).toEqual(expected);
    expect(said(checkEndpointsNames, [...documents].reverse())).toEqual(expected);
  });
});

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

/** A slice of the Service web, with one endpoint. */
const ofWeb = (name: string, ports: string, endpoint: string, type = 'IPv4') =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}, labels: {kubernetes.io/service-name: web}}, addressType: ${type}, endpoints: [${endpoint}], ports: [${ports}]}`;

describe('checkRepeated', () => {
  const [READY, NOT] = ['{addresses: [10.1.0.1]}', '{addresses: [10.1.0.1], conditions: {ready: false}}'];
  const HTTP = '{name: http, port: 80}';
  const hint = '~ EndpointSlice default/b endpoints[0] ? the first slice by name counts';

  it.each<readonly [string, readonly [string, string], readonly [string, string], readonly string[]]>([
    ['ready, and not', [HTTP, READY], [HTTP, NOT], [`warning endpoint-in-two-slices at  ${hint}`]],
    ['not ready, and ready', [HTTP, NOT], [HTTP, READY], [`warning endpoint-in-two-slices at  ${hint}`]],
    [
      'where it is local, the other counts',
      [HTTP, NOT],
      [HTTP, '{addresses: [10.1.0.1], nodeName: node-a}'],
      [`warning endpoint-in-two-slices at  ${hint}, but on node node-a the other`],
    ],
    ['in one state', [HTTP, READY], [HTTP, READY], []],
    ['on another port', [HTTP, READY], ['{name: https, port: 443}', NOT], []],
    ['on another number', [HTTP, READY], ['{name: http, port: 81}', NOT], []],
    ['another endpoint', [HTTP, READY], [HTTP, NOT.replace('0.1', '0.2')], []],
  ])('%s', (_, [portsA, a], [portsB, b], expected) => {
    const documents = [service('web', PORT), ofWeb('a', portsA, a), ofWeb('b', portsB, b)];
    expect(said(checkRepeated, documents)).toEqual(expected);
    expect(said(checkRepeated, [...documents].reverse())).toEqual(expected);
  });
});

describe('checkSlicePorts', () => {
  const ONE = '{addresses: [10.1.0.1]}';
  const WRONG = 'warning slice-ports at ports ~ Service default/web spec.ports';

  it.each<readonly [string, string, string, string, readonly string[]]>([
    ['nearly the name', '{name: http, port: 80}', '{name: htpp, port: 80}', ONE, [`${WRONG} ? did you mean http?`]],
    [
      'another protocol',
      '{name: dns, port: 53, protocol: UDP}',
      '{name: dns, port: 53}',
      ONE,
      [`${WRONG} ? the protocol must be UDP as well, is TCP`],
    ],
    [
      'no name',
      '{name: http, port: 80}',
      '{port: 80}',
      ONE,
      [`${WRONG} ? ports are matched by name and protocol, whatever their numbers`],
    ],
    ['one of several', '{name: http, port: 80}', '{name: x, port: 1}, {name: http, port: 81}', ONE, []],
    ['none, without endpoints', '{name: http, port: 80}', '{name: x, port: 1}', '', []],
  ])('%s', (_, own, theirs, endpoint, expected) => {
    const documents = [service('web', `ports: [${own}]`), ofWeb('a', theirs, endpoint)];
    expect(said(checkSlicePorts, documents)).toEqual(expected);
  });
});
