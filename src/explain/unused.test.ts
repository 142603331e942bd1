/**
 * Endpoints that get no connections. A port that the proxy mode does not serve: its endpoints are told so for that port, and
 * for no other. What holds for some nodes is not told as if it held for all.
 */
import { expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { packetsInput } from '../testing/network/packets.js';
import { explainService } from './service.js';

it.each([
  ['iptables', []],
  ['userspace', ['sctp: the rules leave this port out']],
] as const)('mode %s', (mode, reasons) => {
  const { sources, options } = packetsInput();
  const { value: snapshot } = readCluster(sources, {});
  const service = snapshot.services.find(({ metadata }) => metadata.name === 'web');
  if (!service) throw new Error('there is no Service web');
  const { unused } = explainService(snapshot, service, [], { ...options, mode });
  expect([...new Set(unused.map(({ port, why }) => `${port}: ${why}`))]).toEqual(reasons);
});

const NODES = ['a', 'b', 'c'].map(
  (name, i) => `
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [{type: InternalIP, address: 192.168.7.${i + 1}}]}
`,
);
const endpoint = (node: string, address: string, conditions: string) =>
  `{addresses: [${address}], nodeName: ${node}, conditions: {${conditions}}}`;
const READY = 'ready: true';
const DRAINING = 'ready: false, serving: true, terminating: true';

function cluster(spec: string, endpoints: readonly string[]): string {
  return [
    ...NODES,
    `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ${spec}}
`,
    `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: '', port: 8080, protocol: TCP}]
endpoints: [${endpoints.join(', ')}]
`,
  ].join('---');
}

const OUTSIDE = 'clusterIP: 10.96.0.1, type: NodePort, ports: [{port: 80, nodePort: 30080}]';
const LOCAL = `externalTrafficPolicy: Local, ${OUTSIDE}`;
const INSIDE = 'clusterIP: 10.96.0.1, internalTrafficPolicy: Local, ports: [{port: 80}]';

it.each<readonly [string, string, readonly string[], string, readonly string[]]>([
  [
    'policy Local takes a terminating endpoint where no other is',
    LOCAL,
    [endpoint('a', '10.244.1.5', READY), endpoint('b', '10.244.2.5', DRAINING)],
    '',
    ['10.244.2.5 from a, c: terminating, while others are ready'],
  ],
  [
    'of which another node that is asked for says nothing',
    LOCAL,
    [endpoint('a', '10.244.1.5', READY), endpoint('b', '10.244.2.5', DRAINING)],
    'a',
    ['10.244.2.5 from a: terminating, while others are ready'],
  ],
  [
    'but not beside a ready one',
    LOCAL,
    [endpoint('b', '10.244.1.5', READY), endpoint('b', '10.244.2.5', DRAINING)],
    '',
    ['10.244.2.5 terminating, while others are ready'],
  ],
  [
    'policy Cluster does not',
    OUTSIDE,
    [endpoint('a', '10.244.1.5', READY), endpoint('b', '10.244.2.5', DRAINING)],
    '',
    ['10.244.2.5 terminating, while others are ready'],
  ],
  [
    'of a headless Service, to which only DNS leads',
    'clusterIP: None, ports: [{port: 80}]',
    [endpoint('b', '10.244.2.5', DRAINING)],
    '',
    ['10.244.2.5 terminating, and DNS leads to ready ones only'],
  ],
  ['one node is asked for', INSIDE, [endpoint('b', '10.244.2.5', READY)], 'b', []],
  [
    'one node is asked for, and its clients are not served',
    INSIDE,
    [endpoint('b', '10.244.2.5', READY)],
    'c',
    ['10.244.2.5 from c: policy Local, and it is on b'],
  ],
])('%s', (_, spec, endpoints, nodeName, expected) => {
  const { value: snapshot } = readCluster([{ name: 'cluster.yaml', text: cluster(spec, endpoints) }], {});
  const [service] = snapshot.services;
  if (!service) throw new Error('there is no Service');
  const { unused } = explainService(snapshot, service, [], { ...packetsInput().options, nodeName });
  expect(unused.map(({ address, why }) => `${address} ${why}`)).toEqual(expected);
});

it('one that serves while it ends beside one that is not ready: it alone is left', () => {
  const endpoints = [endpoint('a', '10.244.1.5', 'ready: false'), endpoint('b', '10.244.2.5', DRAINING)];
  const { value: snapshot } = readCluster([{ name: 'cluster.yaml', text: cluster(OUTSIDE, endpoints) }], {});
  const [service] = snapshot.services;
  if (!service) throw new Error('there is no Service');
  const { findings } = explainService(snapshot, service, [], packetsInput().options);
  expect(findings.map(({ message }) => message)).toContain(
    '1 endpoint left, terminating: it serves until it ends, then nobody is served',
  );
});
