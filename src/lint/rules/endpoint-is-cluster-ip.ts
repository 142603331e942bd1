/**
 * lint, rule: endpoints that are cluster IPs. DNAT happens once for a connection, so a packet that is translated to
 * another virtual IP reaches no Pod (kubernetes.io, Services without selectors).
 */
import type { Diagnostic } from '../../diag.js';
import { joinHostPort } from '../../ip.js';
import { sorted } from '../../order.js';
import { type EndpointSlice, keyOf, type Service, type Snapshot, serviceOf } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual } from '../vips.js';

function check({ services, slices }: Snapshot): readonly Diagnostic[] {
  const holders = new Map(
    services.filter(isVirtual).flatMap((service) => service.spec.clusterIPs.map((ip) => [ip, service] as const)),
  );
  // Endpoints of headless Services are fine: clients connect to the cluster IP directly, and it is translated.
  const known = new Set(services.filter(isVirtual).map(keyOf));
  const used = slices.filter((slice) => isWritten(slice) && known.has(serviceOf(slice) ?? ''));
  return sorted(used).flatMap((slice) =>
    slice.endpoints.flatMap(({ addresses: [address = ''] }, i): readonly Diagnostic[] => {
      const holder = holders.get(address);
      return holder ? [finding(slice, i, address, holder)] : [];
    }),
  );
}

/** vipc derives the other slices from Pods. */
function isWritten({ synthetic }: EndpointSlice): boolean {
  return synthetic === undefined || synthetic === 'Endpoints';
}

function finding({ origin, synthetic, ports }: EndpointSlice, i: number, ip: string, holder: Service): Diagnostic {
  const [port] = ports;
  const text = port?.port === undefined ? ip : joinHostPort(ip, port.port);
  return {
    code: 'endpoint-is-cluster-ip',
    severity: 'warning',
    message: `endpoint ${text} is the cluster IP of ${holder.origin.object}: what is sent on to it arrives nowhere`,
    origin: { ...origin, path: synthetic === undefined ? ['endpoints', i] : ['subsets'] },
    related: { message: `${holder.origin.object} is here`, origin: holder.origin },
    hint: 'a packet is translated once: name the addresses of its Pods, or make the Service an ExternalName',
  };
}

export const endpointIsClusterIp: Rule = {
  code: 'endpoint-is-cluster-ip',
  severity: 'warning',
  summary: 'An endpoint of a Service with a cluster IP is the cluster IP of another one',
  why: 'A connection is translated once, so nothing leads it on from a second virtual IP. Name the addresses of the Pods, or give the Service a selector; for another namespace make it an ExternalName.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: alias }
spec: { clusterIP: 10.96.0.11, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: alias-1, labels: { kubernetes.io/service-name: alias } }
addressType: IPv4
endpoints:
  - addresses: [10.96.0.10]  # <- endpoint-is-cluster-ip
ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: alias }
spec: { clusterIP: 10.96.0.11, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: alias-1, labels: { kubernetes.io/service-name: alias } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 80 }]
`,
};
