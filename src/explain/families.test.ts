/**
 * Dual-stack Services whose families differ: what is true of one family only is told of it.
 */
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { explainService } from './service.js';

const NODES = ['n1', 'n2', 'n3'].map(
  (name, i) =>
    `{apiVersion: v1, kind: Node, metadata: {name: ${name}}, spec: {podCIDRs: [10.244.${i}.0/24, "fd00:244:${i}::/64"]}}`,
);

function service(spec: string, ingress = ''): string {
  return `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default}, spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, "fd00:96::1"], ${spec}}, status: {loadBalancer: {ingress: [${ingress}]}}}`;
}

/** A slice with an endpoint on each of the nodes. */
function slice(family: 'IPv4' | 'IPv6', nodes: readonly string[], ports = '{name: http, port: 8080}'): string {
  const endpoints = nodes.map((node) => {
    const at = Number(node.slice(1)) - 1;
    const address = family === 'IPv4' ? `10.244.${at}.9` : `"fd00:244:${at}::9"`;
    return `{addresses: [${address}], nodeName: ${node}}`;
  });
  return `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-${family.toLowerCase()}, namespace: default, labels: {kubernetes.io/service-name: web}}, addressType: ${family}, ports: [${ports}], endpoints: [${endpoints.join(', ')}]}`;
}

function findings(documents: readonly string[]): readonly (readonly [string, string, string])[] {
  const text = [...NODES, ...documents].join('\n---\n');
  const { value } = readCluster([{ name: 'x.yaml', text }], { partial: true });
  const [web] = value.services;
  if (!web) throw new Error('there is no Service');
  const { findings } = explainService(value, web, [], DEFAULT_OPTIONS);
  return findings.map(({ code, effect, message }) => [code, effect, message] as const);
}

describe('a port of the Service', () => {
  const WEB = service('ports: [{name: http, port: 80}, {name: metrics, port: 90}]');
  const BOTH = '{name: http, port: 8080}, {name: metrics, port: 9090}';
  const message = (slice: string) =>
    `port names differ: the Service calls its port metrics, EndpointSlice ${slice} has http`;

  it.each([
    ['in both slices', [BOTH, BOTH], []],
    ['not in the IPv6 slice', [BOTH, undefined], [['port-name', 'some', `for IPv6, ${message('web-ipv6')}`]]],
    ['not in the IPv4 slice', [undefined, BOTH], [['port-name', 'some', `for IPv4, ${message('web-ipv4')}`]]],
    ['in neither', [undefined, undefined], [['port-name', 'some', message('web-ipv4')]]],
  ] as const)('%s', (_, [four, six], expected) => {
    expect(findings([WEB, slice('IPv4', ['n1'], four), slice('IPv6', ['n1'], six)])).toEqual(expected);
  });
});

describe('a policy Local', () => {
  const OUTSIDE = service('type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]');
  const INSIDE = service('internalTrafficPolicy: Local, ports: [{port: 80}]');
  const BALANCED = service(
    'type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 32000, ports: [{port: 80, nodePort: 30080}]',
    '{ip: 203.0.113.1}, {ip: "2001:db8::1"}',
  );
  const said = (web: string, four: readonly string[], six: readonly string[]) => {
    const documents = [web, slice('IPv4', four, '{port: 8080}'), slice('IPv6', six, '{port: 8080}')];
    const codes = ['external-local', 'internal-local'];
    return findings(documents).flatMap(([code, effect, message]) => (codes.includes(code) ? [[effect, message]] : []));
  };
  const external = (text: string) => [['some', `externalTrafficPolicy is Local${text}`]];
  const internal = (text: string) => [['some', `internalTrafficPolicy is Local, but ${text}`]];

  it.each([
    [['n1', 'n2'], ['n1', 'n2'], ': clients outside that ask n3 are dropped, as it has no endpoint'],
    [
      ['n1', 'n2'],
      ['n2'],
      ': clients outside that ask n3 by IPv4 or n1, n3 by IPv6 are dropped, as they have no endpoint of that family',
    ],
    [
      ['n1', 'n2', 'n3'],
      ['n2', 'n3'],
      ': clients outside that ask n1 by IPv6 are dropped, as it has no endpoint of that family',
    ],
    [
      ['n9'],
      ['n1', 'n2', 'n3'],
      ': clients outside that ask n1, n2, n3 by IPv4 are dropped, as they have no endpoint of that family',
    ],
    [['n9'], ['n9'], ', but no node has an endpoint (its endpoints are on n9): all clients outside are dropped'],
  ])('from outside, with endpoints on %j and %j', (four, six, text) => {
    expect(said(OUTSIDE, four, six)).toEqual(external(text));
  });

  it('behind a load balancer, which asks no node without endpoints', () => {
    expect(said(BALANCED, ['n1'], ['n2'])).toEqual([]);
    const text = ': clients outside that ask n1, n2, n3 by IPv6 are dropped, as they have no endpoint of that family';
    expect(said(BALANCED, ['n1'], ['n9'])).toEqual(external(text));
  });

  it.each([
    [['n1', 'n2'], ['n1', 'n2'], 'n3 has no endpoint, and pods there are dropped (its endpoints are on n1, n2)'],
    [
      ['n1', 'n2'],
      ['n2'],
      'n3 has no IPv4 endpoint and n1, n3 have no IPv6 endpoint, and pods there are dropped (its IPv4 endpoints are on n1, n2; its IPv6 endpoints are on n2)',
    ],
  ])('from pods, with endpoints on %j and %j', (four, six, text) => {
    expect(said(INSIDE, four, six)).toEqual(internal(text));
  });
});

describe('source ranges', () => {
  const said = (ranges: string, ingress: string) => {
    const web = service(`type: LoadBalancer, loadBalancerSourceRanges: [${ranges}], ports: [{port: 80}]`, ingress);
    return findings([web, slice('IPv4', ['n1'], '{port: 8080}'), slice('IPv6', ['n1'], '{port: 8080}')]).flatMap(
      ([code, effect, message]) => (code === 'source-ranges' ? [[effect, message]] : []),
    );
  };
  const BOTH = '{ip: 203.0.113.1}, {ip: "2001:db8::1"}';
  const FOUR = ['none', 'only clients in 198.51.100.0/24 are let in at 203.0.113.1; all others are dropped'];

  it.each([
    [
      '198.51.100.0/24, "fd00:9::/64"',
      BOTH,
      [
        [
          'some',
          'only clients in fd00:9::/64 are let in at 2001:db8::1; all others are dropped, and these are private addresses: no client from the Internet has one',
        ],
        FOUR,
      ],
    ],
    ['198.51.100.0/24', BOTH, [FOUR, ['none', 'everybody is let in at 2001:db8::1, as no source range is IPv6']]],
    ['198.51.100.0/24, "fd00:9::/64"', '{ip: 203.0.113.1}', [FOUR]],
    [
      '198.51.100.0/24, "fd00:9::/64"',
      '',
      [
        [
          'none',
          'only clients in 198.51.100.0/24, fd00:9::/64 are let in at its load balancer; all others are dropped',
        ],
      ],
    ],
  ])('%s at %s', (ranges, ingress, expected) => expect(said(ranges, ingress)).toEqual(expected));
});
