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
