import { describe, expect, it } from '@jest/globals';
import { nodeText, snapshotOf } from '../testing/cases/manifests.js';
import { AS_IT_IS, complete } from './complete.js';

const NODES = `${nodeText('node-a', 1)}${nodeText('node-b', 2, { zone: 'zone-2' })}`;

interface Given {
  readonly spec?: string;
  readonly metadata?: string;
  readonly pods: readonly string[];
  readonly nodes?: string;
}

const READY = 'conditions: [{type: Ready, status: "True"}]';

function pod(name: string, more: { spec?: string; status?: string; meta?: string; labels?: string } = {}): string {
  const {
    spec = 'nodeName: node-a',
    meta = '',
    labels = 'app: web',
    status = `podIP: 10.244.1.1${name}, ${READY}`,
  } = more;
  return `---
apiVersion: v1
kind: Pod
metadata: {name: p${name}, labels: {${labels}}${meta}}
spec: {${spec}}
status: {phase: Running, ${status}}
`;
}

function clusterOf({ spec = 'ports: [{port: 80, targetPort: 8080}]', metadata = '', pods, nodes = NODES }: Given) {
  const service = `---
apiVersion: v1
kind: Service
metadata: {name: web${metadata}}
spec: {clusterIP: 10.96.0.1, selector: {app: web}, ${spec}}
`;
  return snapshotOf([nodes, service, ...pods].join(''));
}

/** `pod ADDRESSES ports ready|…` of every endpoint. */
function endpointsOf(given: Given): readonly string[] {
  const { slices } = complete(clusterOf(given), AS_IT_IS).value;
  return slices.flatMap(({ ports, endpoints }) =>
    endpoints.map(({ pod, addresses, conditions, hostname, hints }) => {
      const { ready, serving, terminating } = conditions;
      const states = [ready && 'ready', serving && 'serving', terminating && 'terminating'].filter((state) => state);
      const listed = ports.map(({ name, protocol, port }) => `${name}${port}/${protocol}`).join(',');
      const zones = hints?.forZones?.map(({ name }) => name).join('+');
      const nodes = hints?.forNodes?.map(({ name }) => name).join('+');
      const more = [hostname, zones && `for ${zones}`, nodes && `on ${nodes}`].filter((text) => text);
      return [pod, addresses.join('+'), listed || '-', states.join('+') || 'not ready', ...more].join(' ');
    }),
  );
}

const NAMED = 'ports: [{port: 80, targetPort: http}]';
const containers = (...ports: string[]) =>
  `nodeName: node-a, containers: [${ports.map((port) => `{ports: [${port}]}`).join(', ')}]`;

describe('endpoints of a selector', () => {
  it.each<[string, Given, readonly string[]]>([
    ['a ready pod', { pods: [pod('1')] }, ['p1 10.244.1.11 8080/TCP ready+serving']],
    ['other labels', { pods: [pod('1', { labels: 'app: db' })] }, []],
    ['more labels', { pods: [pod('1', { labels: 'app: web, tier: x' })] }, ['p1 10.244.1.11 8080/TCP ready+serving']],
    ['another namespace', { pods: [pod('1', { meta: ', namespace: other' })] }, []],
    ['no Ready condition', { pods: [pod('1', { status: 'podIP: 10.244.1.1' })] }, ['p1 10.244.1.1 8080/TCP not ready']],
    [
      'going, and still serving',
      { pods: [pod('1', { meta: ', deletionTimestamp: "2026-01-01T00:00:00Z"' })] },
      ['p1 10.244.1.11 8080/TCP serving+terminating'],
    ],
    [
      'published, not ready and going',
      {
        spec: 'publishNotReadyAddresses: true, ports: [{port: 80}]',
        pods: [
          pod('1', { status: 'podIP: 10.244.1.1' }),
          pod('2', { meta: ', deletionTimestamp: "2026-01-01T00:00:00Z"' }),
        ],
      },
      ['p1 10.244.1.1 80/TCP ready', 'p2 10.244.1.12 80/TCP ready+serving+terminating'],
    ],
    [
      'finished',
      { pods: [pod('1', { status: `podIP: 10.244.1.1, phase: Succeeded, ${READY}` }).replace('phase: Running, ', '')] },
      [],
    ],
    ['without an address', { pods: [pod('1', { status: READY })] }, []],
    ['on a Node that is not there', { pods: [pod('1', { spec: 'nodeName: node-x' })] }, []],
    [
      'published, on a Node that is not there',
      { spec: 'publishNotReadyAddresses: true, ports: [{port: 80}]', pods: [pod('1', { spec: 'nodeName: node-x' })] },
      ['p1 10.244.1.11 80/TCP ready+serving'],
    ],
    ['a snapshot without any Node', { nodes: '', pods: [pod('1')] }, ['p1 10.244.1.11 8080/TCP ready+serving']],
    [
      'the target port of the Service',
      { spec: 'ports: [{port: 80}]', pods: [pod('1')] },
      ['p1 10.244.1.11 80/TCP ready+serving'],
    ],
    [
      'a named port, another number in each pod',
      {
        spec: NAMED,
        pods: [
          pod('1', { spec: containers('{name: http, containerPort: 8080}') }),
          pod('2', { spec: containers('{name: x, containerPort: 1}', '{name: http, containerPort: 9090}') }),
        ],
      },
      ['p1 10.244.1.11 8080/TCP ready+serving', 'p2 10.244.1.12 9090/TCP ready+serving'],
    ],
    [
      'a named port of another protocol, and none',
      {
        spec: NAMED,
        pods: [pod('1', { spec: containers('{name: http, containerPort: 8080, protocol: UDP}') }), pod('2')],
      },
      ['p1 10.244.1.11 - ready+serving', 'p2 10.244.1.12 - ready+serving'],
    ],
    [
      'the first of two of one name',
      {
        spec: NAMED,
        pods: [pod('1', { spec: containers('{name: http, containerPort: 1}', '{name: http, containerPort: 2}') })],
      },
      ['p1 10.244.1.11 1/TCP ready+serving'],
    ],
    [
      'a sidecar, but no other init container',
      {
        spec: NAMED,
        pods: [
          pod('1', {
            spec: 'nodeName: node-a, initContainers: [{restartPolicy: Always, ports: [{name: http, containerPort: 7}]}]',
          }),
          pod('2', { spec: 'nodeName: node-a, initContainers: [{ports: [{name: http, containerPort: 7}]}]' }),
        ],
      },
      ['p1 10.244.1.11 7/TCP ready+serving', 'p2 10.244.1.12 - ready+serving'],
    ],
    [
      'a hostname of this Service, and of another one',
      {
        pods: [
          pod('1', { spec: 'nodeName: node-a, hostname: one, subdomain: web' }),
          pod('2', { spec: 'nodeName: node-a, hostname: two, subdomain: db' }),
        ],
      },
      ['p1 10.244.1.11 8080/TCP ready+serving one', 'p2 10.244.1.12 8080/TCP ready+serving'],
    ],
    [
      'both families of a dual-stack Service',
      {
        spec: 'clusterIPs: [10.96.0.1, "fd00::1"], ports: [{port: 80}]',
        pods: [pod('1', { status: `podIPs: [{ip: 10.244.1.11}, {ip: "fd00:10:244:1:0::1"}], ${READY}` }), pod('2')],
      },
      [
        'p1 10.244.1.11 80/TCP ready+serving',
        'p2 10.244.1.12 80/TCP ready+serving',
        'p1 fd00:10:244:1::1 80/TCP ready+serving',
      ],
    ],
    [
      'hints for the same zone',
      {
        spec: 'trafficDistribution: PreferClose, ports: [{port: 80}]',
        pods: [pod('1'), pod('2', { spec: 'nodeName: node-b' })],
      },
      ['p1 10.244.1.11 80/TCP ready+serving for zone-1', 'p2 10.244.1.12 80/TCP ready+serving for zone-2'],
    ],
    [
      'hints for the same node, for who is ready',
      {
        spec: 'trafficDistribution: PreferSameNode, ports: [{port: 80}]',
        pods: [pod('1'), pod('2', { status: 'podIP: 10.244.1.12' })],
      },
      ['p1 10.244.1.11 80/TCP ready+serving for zone-1 on node-a', 'p2 10.244.1.12 80/TCP not ready'],
    ],
    [
      'topology-mode before trafficDistribution',
      {
        metadata: ', annotations: {service.kubernetes.io/topology-mode: auto}',
        spec: 'trafficDistribution: PreferSameNode, ports: [{port: 80}]',
        pods: [pod('1'), pod('2', { spec: 'nodeName: node-b' })],
      },
      ['p1 10.244.1.11 80/TCP ready+serving for zone-1', 'p2 10.244.1.12 80/TCP ready+serving for zone-2'],
    ],
    [
      'the deprecated annotation counts',
      {
        metadata: ', annotations: {service.kubernetes.io/topology-aware-hints: auto}',
        spec: 'trafficDistribution: PreferSameNode, ports: [{port: 80}]',
        pods: [pod('1'), pod('2', { spec: 'nodeName: node-b' })],
      },
      ['p1 10.244.1.11 80/TCP ready+serving for zone-1', 'p2 10.244.1.12 80/TCP ready+serving for zone-2'],
    ],
  ])('%s', (_, given, expected) => expect(endpointsOf(given)).toEqual(expected));
});

describe('a Service with slices of its own', () => {
  it('keeps them', () => {
    const slice = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: []
`;
    expect(endpointsOf({ pods: [pod('1'), slice] })).toEqual([]);
  });
});

it('250 endpoints are three slices', () => {
  const pods = Array.from({ length: 250 }, (_, i) => pod(`${i}`, { status: `podIP: 10.244.1.${i + 1}, ${READY}` }));
  const { slices } = complete(clusterOf({ pods }), AS_IT_IS).value;
  expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
  expect(new Set(slices.map(({ metadata }) => metadata.name)).size).toBe(3);
});

it('says what it did, and what it left out', () => {
  const { diagnostics } = complete(
    clusterOf({ pods: [pod('1'), pod('2', { spec: 'nodeName: gone' }), pod('3', { spec: 'schedulerName: y' })] }),
    AS_IT_IS,
  );
  expect(diagnostics.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    'note: Service default/web has 1 endpoint (synthetic, 1 ready): Pods with app=web',
    'warning: Pod default/p2 and 1 more are no endpoints of Service default/web: the Node is not in the snapshot (gone) or not said',
  ]);
});
