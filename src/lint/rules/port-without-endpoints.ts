/**
 * lint, rule: a port of a Service is in none of its slices of a family, but another port is. kube-proxy matches ports by
 * name and protocol, family by family; an unnamed port matches only an unnamed port.
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
import { isVirtual, servedFamilies } from '../vips.js';

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

type Port = Service['spec']['ports'][number];

/** The slices of one family, and the ports that they have. */
interface OfFamily {
  readonly family: IPFamily;
  readonly slices: readonly EndpointSlice[];
  readonly listed: EndpointSlice['ports'];
}

function unserved(service: Service, slices: readonly EndpointSlice[]): readonly Diagnostic[] {
  const { ports } = service.spec;
  const families = familiesOf(service, slices);
  // When no port matches at all, slice-ports reports it.
  const isSomeListed = (of: OfFamily) => ports.some((port) => isListed(port, of));
  if (!families.some(isSomeListed)) return [];
  const judged = families.filter((of) => isSomeListed(of) || of.slices.every((slice) => slice.ports.length === 0));
  return ports.flatMap((port, i): readonly Diagnostic[] => {
    const lacking = judged.filter((of) => !isListed(port, of));
    return lacking.length === 0 ? [] : [warning(service, i, lacking, lacking.length < judged.length)];
  });
}

/** By family that the Service serves, or is not known not to; family-without-endpoints reports those without slices. */
function familiesOf(service: Service, slices: readonly EndpointSlice[]): readonly OfFamily[] {
  const served = servedFamilies(service);
  const families: readonly IPFamily[] = served.length > 0 ? served : ['IPv4', 'IPv6'];
  return families.flatMap((family): readonly OfFamily[] => {
    const its = slices.filter(({ addressType }) => addressType === family);
    const listed = its.flatMap(({ ports }) => ports).filter(({ port }) => port !== undefined);
    return its.length === 0 ? [] : [{ family, slices: its, listed }];
  });
}

function isListed({ name, protocol }: Port, { listed }: OfFamily): boolean {
  return listed.some((port) => port.name === name && port.protocol === protocol);
}

/** `isInPart`: slices of another family have the port. */
function warning({ spec, origin }: Service, i: number, lacking: readonly OfFamily[], isInPart: boolean): Diagnostic {
  const { port, name, protocol } = spec.ports[i] as Port;
  const nameless = lacking.some(({ listed }) => listed.some((each) => each.name === ''));
  const families = isInPart ? lacking.map(({ family }) => family) : [];
  const ips = spec.clusterIPs.filter((ip) => families.includes(ipFamilyOf(ip)));
  const [first] = lacking.flatMap(({ slices }) => slices);
  const where = ips.map((ip) => ` at ${ip}`).join('');
  const whose = families.map((family) => `${family} `).join('');
  return {
    code: 'port-without-endpoints',
    severity: 'warning',
    message: `clients of port ${port}${where} are refused: no ${whose}slice of the Service has a port ${name || 'without a name'}/${protocol}`,
    origin: { ...origin, path: ['spec', 'ports', i] },
    ...(first && { related: { message: 'a slice of it', origin: first.origin } }),
    hint: nameless
      ? 'a port of a slice without a name is that of a Service port without a name: name both'
      : 'ports are matched by name and protocol; where a target port is a name, some Pod must have it',
  };
}

export const portWithoutEndpoints: Rule = {
  code: 'port-without-endpoints',
  severity: 'warning',
  summary: 'A port of a Service is in none of its EndpointSlices of a family, and others are',
  why: 'Ports are matched by name and protocol, and a port without a name only with one without a name: where a Service has two ports, slices and Endpoints need their names. Clients of the port are refused, those of one family too where only its slices lack it.',
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
