/**
 * Arbitrary histories of a crowded cluster: a few Services want the same addresses, ports, node ports and pods, and come,
 * change and go one after the other or several at once.
 */
import fc from 'fast-check';
import type { Kind } from '../../watch/changes.js';
import type { ApiObject } from './snapshots.js';

/** What a source of objects reports. */
export interface Event {
  readonly kind: Kind;
  readonly object: ApiObject;
  readonly isGone: boolean;
}

const NAMES = ['a', 'b', 'c', 'd-1'];
const NAMESPACES = ['x', 'x-y'];
const policy = fc.constantFrom('Cluster', 'Local');
const ip = (prefix: string, max: number) => fc.integer({ min: 1, max }).map((n) => `${prefix}${n}`);

const service: fc.Arbitrary<ApiObject> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    namespace: fc.constantFrom(...NAMESPACES),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    clusterIPs: fc.oneof(
      { weight: 6, arbitrary: ip('10.96.0.', 6).map((v4) => [v4]) },
      { weight: 3, arbitrary: fc.tuple(ip('10.96.0.', 6), ip('fd00:10:96::', 6)) },
      { weight: 1, arbitrary: fc.constant(['None']) },
    ),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('http', 'dns', ''),
        port: fc.constantFrom(53, 80),
        protocol: fc.constantFrom('TCP', 'TCP', 'UDP'),
      }),
      { minLength: 1, maxLength: 2, selector: ({ name }) => name },
    ),
    nodePort: fc.integer({ min: 30000, max: 30004 }),
    externalIPs: fc.uniqueArray(ip('198.51.100.', 3), { maxLength: 2 }),
    ingress: fc.uniqueArray(ip('203.0.113.', 2), { maxLength: 1 }),
    loadBalancerSourceRanges: fc.subarray(['198.51.100.7/32', '192.168.7.0/24']),
    internalTrafficPolicy: policy,
    externalTrafficPolicy: policy,
    healthCheckNodePort: fc.constantFrom(0, 32000, 32001),
    sessionAffinity: fc.constantFrom('None', 'None', 'ClientIP'),
    labels: fc.constantFrom({}, {}, {}, { 'service.kubernetes.io/service-proxy-name': 'other' }),
  })
  .map(toService);

type Made = Readonly<Record<string, unknown>> & {
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  readonly clusterIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly nodePort: number;
};

function toService(made: Made): ApiObject {
  const { name, namespace, labels, clusterIPs, type, nodePort, ingress, externalTrafficPolicy, ...rest } = made;
  const metadata = { name, namespace, labels };
  const { ports, externalIPs, internalTrafficPolicy, sessionAffinity } = rest;
  const kind = { apiVersion: 'v1', kind: 'Service', metadata };
  if (type === 'ExternalName') return { ...kind, spec: { type, externalName: 'x.example' } };
  const isHeadless = clusterIPs[0] === 'None';
  const isExternal = type !== 'ClusterIP' && !isHeadless;
  const isBalanced = type === 'LoadBalancer' && !isHeadless;
  const named = ports.length > 1 ? ports.map((port, i) => ({ ...port, name: port.name || `p${i}` })) : ports;
  const unique = [...new Map(named.map((port) => [`${port.protocol} ${port.port}`, port])).values()];
  return {
    ...kind,
    spec: {
      type: isHeadless ? 'ClusterIP' : type,
      clusterIP: clusterIPs[0],
      clusterIPs,
      ipFamilies: isHeadless ? ['IPv4'] : clusterIPs.map((each) => (each.includes(':') ? 'IPv6' : 'IPv4')),
      ports: unique.map((port, i) => (isExternal ? { ...port, nodePort: nodePort + i } : port)),
      ...(isHeadless ? {} : { externalIPs }),
      internalTrafficPolicy,
      sessionAffinity,
      ...(isExternal || (externalIPs.length > 0 && !isHeadless) ? { externalTrafficPolicy } : {}),
      ...(isBalanced ? { loadBalancerSourceRanges: rest['loadBalancerSourceRanges'] } : {}),
      ...(isBalanced && externalTrafficPolicy === 'Local' && rest['healthCheckNodePort'] !== 0
        ? { healthCheckNodePort: rest['healthCheckNodePort'] }
        : {}),
    },
    status: {
      loadBalancer: isBalanced ? { ingress: (ingress as readonly string[]).map((each) => ({ ip: each })) } : {},
    },
  };
}

/** Of a Service with one port, or of one with two that have no names of their own. */
const PORT_NAMES = ['http', 'dns', '', 'p0', 'p1'];

const condition = fc.constantFrom(true, true, false, undefined);

const slice: fc.Arbitrary<ApiObject> = fc
  .record({
    of: fc.constantFrom(...NAMES),
    number: fc.integer({ min: 0, max: 1 }),
    namespace: fc.constantFrom(...NAMESPACES),
    isIPv6: fc.constantFrom(false, false, true),
    target: fc.constantFrom(8080, 8080, 8081),
    // An API server refuses two ports of one name, whatever their protocols.
    protocols: fc.tuple(...PORT_NAMES.map(() => fc.constantFrom('TCP', 'TCP', 'UDP'))),
    endpoints: fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 1, max: 5 }),
        nodeName: fc.constantFrom('node-a', 'node-b', undefined),
        conditions: fc.record({ ready: condition, serving: condition, terminating: fc.constantFrom(false, true) }),
      }),
      { minLength: 1, maxLength: 4, selector: ({ number }) => number },
    ),
  })
  .map(({ of, number, namespace, isIPv6, target, protocols, endpoints }) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-${number}`, namespace, labels: { 'kubernetes.io/service-name': of } },
    addressType: isIPv6 ? 'IPv6' : 'IPv4',
    ports: PORT_NAMES.map((name, i) => ({ name, protocol: protocols[i], port: target })),
    endpoints: endpoints.map(({ number: n, ...rest }) => ({
      addresses: [isIPv6 ? `fd00:10:244::${n}` : `10.244.1.${n}`],
      ...rest,
    })),
  }));

const node: fc.Arbitrary<ApiObject> = fc
  .record({ name: fc.constantFrom('node-a', 'node-b'), zone: fc.constantFrom('z1', 'z2'), ip: fc.constantFrom(2, 3) })
  .map(({ name, zone, ip: n }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: { podCIDRs: ['10.244.1.0/24', 'fd00:10:244::/64'] },
    status: { addresses: [{ type: 'InternalIP', address: `192.168.7.${n}` }] },
  }));

const event: fc.Arbitrary<Event> = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: service }, { weight: 8, arbitrary: slice }, { weight: 1, arbitrary: node }),
    fc.constantFrom(false, false, false, true),
  )
  .map(([object, isGone]) => ({ kind: object['kind'] as Kind, object, isGone }));

const come = (object: fc.Arbitrary<ApiObject>, minLength: number, maxLength: number) =>
  fc.array(
    object.map((each): Event => ({ kind: each['kind'] as Kind, object: each, isGone: false })),
    { minLength, maxLength },
  );

/** Enough of both that some Services have endpoints. */
const begin = fc.tuple(come(service, 4, 8), come(slice, 8, 16)).map((each) => each.flat());

/** Bursts of events, one sync each; the first makes a cluster that serves. */
export const histories: fc.Arbitrary<readonly (readonly Event[])[]> = fc
  .tuple(begin, fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 11 }))
  .map(([first, rest]) => [first, ...rest]);
