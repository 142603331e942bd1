/**
 * lint, rule: a port of a Service is in none of its slices, but another port is. kube-proxy matches ports by name and
 * protocol; an unnamed port matches only an unnamed port.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { type EndpointSlice, keyOf, type Service, type Snapshot, slicesByService } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual } from '../vips.js';

function check({ services, slices }: Snapshot): readonly Diagnostic[] {
  const own = slicesByService(slices);
  return sorted(services.filter(isVirtual)).flatMap((service) => {
    const its = (own.get(keyOf(service)) ?? []).filter(isWritten);
    return unserved(service, its);
  });
}

/** For slices that vipc derives from Pods, target-port-name reports it. */
function isWritten({ synthetic, endpoints }: EndpointSlice): boolean {
  return endpoints.length > 0 && (synthetic === undefined || synthetic === 'Endpoints');
}

function unserved({ spec, origin }: Service, slices: readonly EndpointSlice[]): readonly Diagnostic[] {
  const listed = slices.flatMap(({ ports }) => ports).filter(({ port }) => port !== undefined);
  const isListed = ({ name, protocol }: Service['spec']['ports'][number]) =>
    listed.some((port) => port.name === name && port.protocol === protocol);
  // When no port matches at all, slice-ports reports it.
  if (!spec.ports.some(isListed)) return [];
  const [first] = slices;
  return spec.ports.flatMap((port, i): readonly Diagnostic[] => {
    if (isListed(port)) return [];
    const nameless = listed.some(({ name }) => name === '');
    return [
      {
        code: 'port-without-endpoints',
        severity: 'warning',
        message: `clients of port ${port.port} are refused: no slice of the Service has a port ${port.name || 'without a name'}/${port.protocol}`,
        origin: { ...origin, path: ['spec', 'ports', i] },
        ...(first && { related: { message: 'a slice of it', origin: first.origin } }),
        hint: nameless
          ? 'a port of a slice without a name is that of a Service port without a name: name both'
          : 'ports are matched by name and protocol; where a target port is a name, some Pod must have it',
      },
    ];
  });
}

export const portWithoutEndpoints: Rule = {
  code: 'port-without-endpoints',
  severity: 'warning',
  summary: 'A port of a Service is in none of its EndpointSlices, and others are',
  why: 'Ports are matched by name and protocol, and a port without a name only with one without a name: where a Service has two ports, slices and Endpoints need their names. Clients of the port are refused.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports:
    - { name: http, port: 80 }
    - { name: metrics, port: 9090 }  # <- port-without-endpoints
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ name: http, port: 8080 }, { port: 9090 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports:
    - { name: http, port: 80 }
    - { name: metrics, port: 9090 }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ name: http, port: 8080 }, { name: metrics, port: 9090 }]
`,
};
