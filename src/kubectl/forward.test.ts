/** Which Pods and ports vipc port-forward leads to. */
import { describe, expect, it } from '@jest/globals';
import { AS_IT_IS } from '../complete/complete.js';
import { readCluster } from '../front.js';
import { NEWER_PODS, PODS, podOf, WEB } from '../testing/cases/forwarded.js';
import { forwardPod, forwardService, type PortSpec } from './forward.js';

function cluster(...items: readonly object[]) {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  return readCluster([{ name: 'x', text }], { completion: AS_IT_IS }).value;
}

function service(specs: readonly PortSpec[], ...items: readonly object[]) {
  const snapshot = cluster(...items);
  const [found] = snapshot.services;
  if (!found) throw new Error('no Service');
  return forwardService(found, snapshot, specs);
}

const HTTP = [{ remote: 'http' }];

describe('the Pod', () => {
  it.each([...PODS, ...NEWER_PODS])('%s', (_, pods, expected) => {
    for (const order of [pods, [...pods].reverse()])
      expect(service(HTTP, WEB, ...order)).toMatchObject({
        forwards: [
          {
            endpoints: [
              { pod: `Pod default/${expected}` },
              ...(order.every(({ status }) => status.phase === 'Running') ? [{}] : []),
            ],
          },
        ],
      });
  });
});

const A = podOf('a');
const SLICE = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8081, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.1.0.8'], conditions: { ready: false } }, { addresses: ['10.1.0.9'] }],
};

it.each<[string, readonly PortSpec[], readonly object[], object]>([
  ['the port of the Service', [{ remote: 80 }], [A], { local: 80, to: '10.1.0.97:8080' }],
  ['its name', HTTP, [A], { local: 80, to: '10.1.0.97:8080' }],
  ['a local port', [{ local: 8000, remote: 80 }], [A], { local: 8000, to: '10.1.0.97:8080' }],
  ['any local port', [{ local: 0, remote: 80 }], [A], { local: 0, to: '10.1.0.97:8080' }],
  ['TCP beside UDP', [{ remote: 54 }], [A], { local: 54, to: '10.1.0.97:54' }],
  ['endpoints of a slice, in a dump without Pods', HTTP, [SLICE], { local: 80, to: '10.1.0.9:8081' }],
])('a Service: %s', (_, specs, others, { local, to }: { local?: number; to?: string }) => {
  const found = service(specs, WEB, ...others);
  if ('problem' in found) throw new Error(found.problem);
  const [
    {
      endpoints: [first],
      ...rest
    } = { endpoints: [] },
  ] = found.forwards;
  expect({ ...rest, to: `${first?.address}:${first?.port}` }).toEqual({ local, to });
});

it.each<[string, readonly PortSpec[], readonly object[], RegExp]>([
  ['UDP', [{ remote: 53 }], [A], /^port 53 is UDP/],
  ['UDP by name', [{ remote: 'dns' }], [A], /^port dns is UDP/],
  ['a port that is not there', [{ remote: 81 }], [A], /^Service default\/web has no port 81$/],
  ['the port of the Pod', [{ remote: 8080 }], [A], /has no port 8080$/],
  ['a name that the Pod does not have', [{ remote: 90 }], [A], /^Pod default\/a has no port named none/],
  ['no Pod', HTTP, [], /^Service default\/web has neither Pods nor ready endpoints/],
  [
    'no Pod that runs',
    HTTP,
    [podOf('a', { phase: 'Pending' })],
    /^Pod default\/a is not running: its phase is Pending/,
  ],
])('a Service is refused: %s', (_, specs, others, says) => {
  expect(service(specs, WEB, ...others)).toEqual({ problem: expect.stringMatching(says) });
});

it.each<[string, PortSpec, object]>([
  ['a number', { remote: 8080 }, { local: 8080, port: 8080 }],
  ['a number that no container declares', { remote: 9 }, { local: 9, port: 9 }],
  ['a name', { remote: 'http' }, { local: 8080, port: 8080 }],
  ['a local port', { local: 80, remote: 'http' }, { local: 80, port: 8080 }],
])('a Pod: %s', (_, spec, { local, port }: { local?: number; port?: number }) => {
  const [pod] = cluster(A).pods;
  if (!pod) throw new Error('no Pod');
  const endpoints = [{ address: '10.1.0.97', port, pod: 'Pod default/a' }];
  expect(forwardPod(pod, [spec])).toEqual({ forwards: [{ local, endpoints }] });
  expect(forwardPod(pod, [{ remote: 'https' }])).toEqual({ problem: 'Pod default/a has no port named https' });
});
