/**
 * lint, rule: a Service has a cluster IP of a family without endpoints, and usable endpoints of the other family.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import {
  type EndpointSlice,
  type IPFamily,
  ipFamilyOf,
  keyOf,
  type Service,
  type Snapshot,
  slicesByService,
} from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual, usableEndpoints } from '../vips.js';

function check({ services, slices }: Snapshot): readonly Diagnostic[] {
  const known = slicesByService(slices);
  return sorted(services.filter(isVirtual)).flatMap((service) => {
    const own = known.get(keyOf(service)) ?? [];
    // The families of simulated Pods are only a guess.
    return own.some(({ synthetic }) => synthetic === 'simulated Pods') ? [] : unserved(service, own);
  });
}

function unserved({ spec, origin }: Service, slices: readonly EndpointSlice[]): readonly Diagnostic[] {
  const of = (family: IPFamily) => slices.filter(({ addressType }) => addressType === family);
  return spec.clusterIPs.flatMap((ip, i): readonly Diagnostic[] => {
    const family = ipFamilyOf(ip);
    const other = family === 'IPv4' ? 'IPv6' : 'IPv4';
    const elsewhere = usableEndpoints(of(other)).length;
    // An endpoint that is not ready may become ready soon.
    if (of(family).some(({ endpoints }) => endpoints.length > 0) || elsewhere === 0) return [];
    return [
      {
        code: 'family-without-endpoints',
        severity: 'warning',
        message: `clients of ${ip} are refused: the Service has no ${family} endpoint, only ${elsewhere} of ${other}`,
        origin: { ...origin, path: i === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', i] },
        hint: `give its Pods ${family} addresses, or the Service the family of its endpoints alone`,
      },
    ];
  });
}

export const familyWithoutEndpoints: Rule = {
  code: 'family-without-endpoints',
  severity: 'warning',
  summary: 'A Service has a cluster IP of a family without endpoints, and endpoints of the other',
  why: 'Nothing translates from one family to the other: who uses that cluster IP is refused. Clients that get both addresses of the name mostly try IPv6 first. Give the Pods addresses of both families, or the Service one family.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  clusterIPs:
    - 10.96.0.10
    - fd00:96::10  # <- family-without-endpoints
  ports: [{ port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 8080 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10, "fd00:96::10"], ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 8080 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-2, labels: { kubernetes.io/service-name: web } }
addressType: IPv6
endpoints: [{ addresses: ["fd00:244::10"] }]
ports: [{ port: 8080 }]
`,
};
