/**
 * Arbitrary snapshots: clusters that an API server would accept, as API objects.
 */
import fc from 'fast-check';
import { parseCidr } from '../../ip.js';
import { DEFAULT_OPTIONS, type Options } from '../../options.js';

/** A Kubernetes object, as parsed from YAML or JSON. */
export type ApiObject = { readonly [key: string]: unknown };

const NODES = ['node-a', 'node-b', 'node-c'];
const ZONES = ['zone-1', 'zone-2'];

/** RFC 1123 labels, often short and sometimes of the maximal length. */
const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/),
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{61}[a-z0-9]$/),
);
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 120 }), octet(), octet(), octet()).map((parts) => parts.join('.'));
const ipv6 = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 })
    .map((groups) => `2001:${groups.map(hex).join(':')}`),
  fc
    .tuple(fc.integer({ min: 2, max: 0xffff }), fc.integer({ min: 0, max: 0xffff }))
    .map(([a, b]) => `::${hex(a)}:${hex(b)}`),
  fc.integer({ min: 1, max: 0xffff }).map((a) => `fd00:0:0:1::${hex(a)}`),
);
const portNumber = fc.integer({ min: 1, max: 65535 });
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const policy = fc.constantFrom('Cluster', 'Local');

function octet() {
  return fc.integer({ min: 0, max: 255 });
}

function hex(value: number): string {
  return value.toString(16);
}

/** Objects of a cluster: three nodes, some Services, and slices for most of them. */
export const snapshots: fc.Arbitrary<readonly ApiObject[]> = fc
  .array(fc.tuple(service(), fc.array(slice(), { maxLength: 3 })), { maxLength: 8 })
  .map((services) => [
    ...NODES.map(node),
    ...services.flatMap(([make, slices], i) => {
      const made = make(i);
      return [made, ...slices.map((makeSlice, j) => makeSlice(made, j))];
    }),
  ]);

/** Options that change rules. */
export const options: fc.Arbitrary<Options> = fc
  .record({
    mode: fc.constantFrom('iptables', 'ipvs'),
    masqueradeAll: fc.boolean(),
    masqueradeBit: fc.integer({ min: 0, max: 31 }),
    nftables: fc.record({ masqueradeAll: fc.boolean(), masqueradeBit: fc.integer({ min: 0, max: 31 }) }),
    externalIPs: fc.boolean(),
    localhostNodePorts: fc.boolean(),
    tcpBeLiberal: fc.boolean(),
    detectLocalMode: fc.constantFrom('ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'),
    clusterCIDRs: fc.subarray(['10.244.0.0/16', 'fd00:10:244::/56', '0.0.0.0/0', '::/0']).map(cidrs),
    nodePortAddresses: fc.oneof(
      fc.constant('primary' as const),
      fc.subarray(['192.168.7.0/24', '127.0.0.0/8', 'fd00:7::/64', '::1/128', '0.0.0.0/0']).map(cidrs),
    ),
  })
  .map((some) => ({
    ...DEFAULT_OPTIONS,
    ...some,
    nodeName: 'node-a',
    bridgeInterface: 'cni0',
    interfaceNamePrefix: 'veth',
  }));

function cidrs(texts: readonly string[]) {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}

function node(name: string, i: number): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': ZONES[i % 2] } },
    spec: { podCIDRs: [`10.244.${i + 1}.0/24`, `fd00:10:244:${i + 1}::/64`] },
    status: {
      addresses: [
        { type: 'InternalIP', address: `192.168.7.${i + 2}` },
        { type: 'InternalIP', address: `fd00:7::${i + 2}` },
      ],
    },
  };
}

/** A Service; its number makes its cluster IPs and node ports unique. */
function service(): fc.Arbitrary<(number: number) => ApiObject> {
  return fc
    .record({
      namespace: label,
      name: label,
      type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
      families: fc.constantFrom(['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']),
      ports: fc.uniqueArray(fc.record({ name: label, port: portNumber, protocol }), {
        minLength: 1,
        maxLength: 3,
        selector: ({ name }) => name,
      }),
      externalIPs: fc.uniqueArray(fc.oneof(ipv4, ipv6), { maxLength: 2 }),
      ingress: fc.array(fc.record({ ip: fc.oneof(ipv4, ipv6), ipMode: fc.constantFrom('VIP', 'Proxy', undefined) }), {
        maxLength: 2,
      }),
      sourceRanges: fc.array(
        fc.constantFrom('0.0.0.0/0', '192.168.7.0/24', ' 198.51.100.7/24', '2001:db8::/32', '::/0'),
        { maxLength: 2 },
      ),
      sessionAffinity: fc.constantFrom('None', 'ClientIP'),
      timeoutSeconds: fc.integer({ min: 1, max: 86400 }),
      internalTrafficPolicy: policy,
      externalTrafficPolicy: policy,
      healthCheck: fc.boolean(),
    })
    .map((made) => (number) => {
      const loadBalancer = made.type === 'LoadBalancer';
      const external = made.type !== 'ClusterIP';
      const clusterIPs = made.families.map((family) =>
        family === 'IPv4' ? `10.96.0.${number + 1}` : `fd00:10:96::${hex(number + 1)}`,
      );
      const ports = uniquePorts(made.ports).map((port, i) =>
        external ? { ...port, nodePort: 30000 + 10 * number + i } : port,
      );
      return {
        apiVersion: 'v1',
        kind: 'Service',
        // The number keeps Services from having the same name.
        metadata: { name: `${made.name.slice(0, 60)}${number}`, namespace: made.namespace, annotations: { note: 'x' } },
        spec: {
          type: made.type,
          clusterIP: clusterIPs[0],
          clusterIPs,
          ipFamilies: made.families,
          ports,
          externalIPs: made.externalIPs,
          ...affinity(made),
          internalTrafficPolicy: made.internalTrafficPolicy,
          ...(external || made.externalIPs.length > 0 ? { externalTrafficPolicy: made.externalTrafficPolicy } : {}),
          ...(loadBalancer ? { loadBalancerSourceRanges: made.sourceRanges } : {}),
          ...(loadBalancer && made.externalTrafficPolicy === 'Local' && made.healthCheck
            ? { healthCheckNodePort: 32000 + number }
            : {}),
        },
        status: { loadBalancer: loadBalancer ? { ingress: made.ingress } : {} },
      };
    });
}

function affinity({ sessionAffinity, timeoutSeconds }: { sessionAffinity: string; timeoutSeconds: number }): object {
  if (sessionAffinity !== 'ClientIP') return { sessionAffinity };
  return { sessionAffinity, sessionAffinityConfig: { clientIP: { timeoutSeconds } } };
}

function uniquePorts<T extends { readonly port: number; readonly protocol: string }>(
  ports: readonly T[],
): readonly T[] {
  return [...new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port])).values()];
}

/** A slice of a Service: some of its ports, with endpoints in any state. */
function slice(): fc.Arbitrary<(of: ApiObject, number: number) => ApiObject> {
  const condition = fc.constantFrom(true, false, undefined);
  const hints = fc.record({
    forZones: fc.subarray(ZONES).map((names) => names.map((name) => ({ name }))),
    forNodes: fc.subarray(NODES).map((names) => names.map((name) => ({ name }))),
  });
  const endpoint = fc.record({
    v4: ipv4,
    v6: ipv6,
    nodeName: fc.constantFrom(...NODES, undefined),
    conditions: fc.record({ ready: condition, serving: condition, terminating: condition }),
    hints: fc.option(hints, { nil: undefined }),
  });
  return fc
    .record({
      addressType: fc.constantFrom('IPv4', 'IPv6'),
      endpoints: fc.array(endpoint, { maxLength: 6 }),
      targetPort: portNumber,
      leaveOut: fc.integer({ min: 0, max: 3 }),
    })
    .map((made) => (of, number) => {
      const { metadata, spec } = of as { metadata: { name: string; namespace: string }; spec: { ports: ApiObject[] } };
      return {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${metadata.name}-${number}`,
          namespace: metadata.namespace,
          labels: { 'kubernetes.io/service-name': metadata.name },
        },
        addressType: made.addressType,
        ports: spec.ports
          .filter((_, i) => i !== made.leaveOut)
          .map((port) => ({ name: port['name'], protocol: port['protocol'], port: made.targetPort })),
        endpoints: made.endpoints.map(({ v4, v6, ...rest }) => ({
          addresses: [made.addressType === 'IPv4' ? v4 : v6],
          ...rest,
        })),
      };
    });
}

/** Strings that must not be accepted as names, ports or addresses. */
export const hostileStrings: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '"',
    "web' -j ACCEPT",
    'web" -j ACCEPT "',
    'web\nCOMMIT\n*filter\n-A INPUT -j ACCEPT\n',
    'web\r-A INPUT -j ACCEPT',
    '-j ACCEPT',
    ' ',
    'web\u0000',
    '\u001b[2Jweb',
    'web\u2028-A INPUT',
    '__proto__ ',
    '$(reboot)',
    '`reboot`',
    '../../etc/passwd',
    '10.0.0.1 -j ACCEPT',
    'w\u202eeb',
    'x'.repeat(10_000),
    `${'x'.repeat(10_000)}\n`,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `\n${text}"`),
);
