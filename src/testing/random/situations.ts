/**
 * Random Services with some of their values given, and ranges that may be nearly full.
 */

import fc from 'fast-check';
import type { Service, ServicePortSpec } from '../../read/types.js';

const CIDRS = ['10.9.0.0/29', '10.9.0.0/28', '10.9.0.0/24', '10.8.0.0/16', '10.0.0.0/12'] as const;
const CIDRS6 = ['fd09::/124', 'fd09::/112', 'fd09::/108', 'fd09::/64'] as const;

const protocol = fc.constantFrom('TCP' as const, 'UDP' as const);
const ports = fc.uniqueArray(
  fc.record({ port: fc.constantFrom(53, 80, 443), protocol, asks: fc.integer({ min: 0, max: 3 }) }),
  { minLength: 1, maxLength: 3, selector: ({ port, protocol }) => `${protocol} ${port}` },
);
const shape = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/),
  type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  policy: fc.constantFrom('SingleStack' as const, 'PreferDualStack' as const),
  local: fc.boolean(),
  /** Which of its addresses the Service requests. */
  asks: fc.constantFrom('', '', 'IPv4', 'IPv6', 'both'),
  ports,
});

export interface Situation {
  readonly services: readonly Service[];
  readonly cidrs: readonly string[];
  readonly nodePorts: { readonly first: number; readonly last: number };
}

/** Services that request the last addresses and node ports of the ranges, each a different one. */
export const situations: fc.Arbitrary<Situation> = fc
  .record({
    shapes: fc.uniqueArray(shape, { maxLength: 14, selector: ({ name }) => name }),
    cidr: fc.constantFrom(...CIDRS),
    cidr6: fc.constantFrom(...CIDRS6),
    size: fc.constantFrom(8, 20, 200, 2768),
  })
  .map(({ shapes, cidr, cidr6, size }) => {
    const nodePorts = { first: 30000, last: 30000 + size - 1 };
    let next = nodePorts.last;
    const services = shapes.map((made, i) => {
      const external = made.type !== 'ClusterIP';
      const own = made.ports.map(({ port, protocol, asks }, j): ServicePortSpec => {
        const nodePort = external && asks === 0 && next > nodePorts.first ? next-- : 0;
        return { name: `p${j}`, port, protocol, nodePort, targetPort: port };
      });
      const v4 = made.asks === 'IPv4' || made.asks === 'both' ? [`${cidr.split('.', 2).join('.')}.0.${i + 1}`] : [];
      const v6 = made.asks === 'IPv6' || made.asks === 'both' ? [`fd09::${(i + 1).toString(16)}`] : [];
      const fits = (ip: string) => !cidr.endsWith('/29') || ip.includes(':') || i < 6;
      return service(made, own, [...v4, ...v6].filter(fits));
    });
    return { services, cidrs: [cidr, cidr6], nodePorts };
  });

function service(
  made: typeof shape extends fc.Arbitrary<infer T> ? T : never,
  own: readonly ServicePortSpec[],
  clusterIPs: readonly string[],
): Service {
  return {
    metadata: { name: made.name, namespace: 'default', labels: {}, annotations: {} },
    spec: {
      type: made.type,
      clusterIPs,
      ipFamilies: [],
      ipFamilyPolicy: made.asks === 'both' ? 'PreferDualStack' : made.policy,
      ports: own,
      sessionAffinity: 'None',
      affinityTimeoutSeconds: 10800,
      externalTrafficPolicy: made.local ? 'Local' : 'Cluster',
      internalTrafficPolicy: 'Cluster',
      externalIPs: [],
      loadBalancerSourceRanges: [],
      healthCheckNodePort: 0,
      allocateLoadBalancerNodePorts: true,
      externalName: '',
      publishNotReadyAddresses: false,
    },
    status: { loadBalancer: { ingress: [] } },
    origin: {
      source: { name: 'x', text: '' },
      document: 0,
      base: [],
      path: [],
      object: `Service default/${made.name}`,
    },
  };
}
