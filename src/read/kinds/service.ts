/**
 * Service v1: the API server's validation (pkg/apis/core/validation, ValidateService) of the fields that decide rules.
 */
import { type Ip, parseIp, specialUse } from '../../ip.js';
import { also, bool, type Check, convert, fail, int, list, matching, oneOf, ruled, text } from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, IANA_SVC_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { LoadBalancerIngress, Service, ServicePortSpec } from '../types.js';
import {
  appProtocol,
  cidr,
  createdAt,
  emptyIsAbsent,
  ipAddress,
  labels,
  metadata,
  ordinaryIp,
  protocol,
} from './metadata.js';
import { checkAnnotations, checkSpec, type Spec } from './service-rules.js';

/** A Service without its origin, or undefined after reporting its errors. */
export const service: Check<Omit<Service, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  return read && { ...read, ...createdAt(value), ...(at.admitted && { admitted: true }) };
};

const MAX_PORT = 65535;

/** Three hours: the API's default (DefaultClientIPServiceAffinitySeconds). */
const AFFINITY_SECONDS = 10800;

const MAX_INT32 = 0x7fffffff;

const policy = oneOf(['Cluster', 'Local']);

/** KEP-4444, KEP-3015. */
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

const targetPort: Check<number | string> = (value, at) => {
  if (typeof value === 'number') return int(0, MAX_PORT)(value, at);
  return value === '' ? value : matching(IANA_SVC_NAME)(value, at);
};

const portFields = object({
  name: withDefault(emptyIsAbsent(matching(DNS1123_LABEL), ''), ''),
  protocol,
  port: required(int(1, MAX_PORT)),
  nodePort: withDefault(int(0, MAX_PORT), 0),
  targetPort: optional(targetPort),
  appProtocol,
});

/** A target port of 0 or `''` means the Service's own port (SetDefaults_Service). */
const servicePort = convert(
  portFields,
  (port): ServicePortSpec => ({ ...port, targetPort: port.targetPort || port.port }),
);

/** `None`, or an address that a Service may have. */
const clusterIP: Check<string> = (value, at) => {
  if (value === 'None') return value;
  const ip = typeof value === 'string' ? parseIp(value) : undefined;
  if (!ip) return ipAddress(value, at);
  const use = unfit(ip);
  return use === undefined ? ip.text : fail(at, `must be an ordinary address, ${ip.text} is ${use}`);
};

function unfit(ip: Ip): string | undefined {
  const first = ip.bytes[0] ?? 0;
  const multicast = ip.family === 'ipv4' ? first >> 4 === 0xe : first === 0xff;
  return specialUse(ip) ?? (multicast ? 'multicast' : undefined);
}

const spec: Check<Spec> = object({
  type: withDefault(oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], 'ClusterIP'), 'ClusterIP'),
  clusterIP: withDefault(emptyIsAbsent(clusterIP, ''), ''),
  clusterIPs: withDefault(list(clusterIP, { max: 2 }), []),
  ipFamilies: withDefault(list(oneOf(['IPv4', 'IPv6']), { max: 2 }), []),
  ipFamilyPolicy: optional(oneOf(['SingleStack', 'PreferDualStack', 'RequireDualStack'])),
  selector: optional(labels),
  ports: withDefault(list(servicePort), []),
  sessionAffinity: withDefault(oneOf(['None', 'ClientIP'], 'None'), 'None'),
  sessionAffinityConfig: optional(
    object({ clientIP: optional(object({ timeoutSeconds: optional(int(-MAX_INT32, MAX_INT32)) })) }),
  ),
  externalTrafficPolicy: optional(emptyIsAbsent<'Cluster' | 'Local' | undefined>(policy, undefined)),
  internalTrafficPolicy: withDefault(policy, 'Cluster'),
  externalIPs: withDefault(list(ordinaryIp), []),
  externalName: withDefault(text, ''),
  allocateLoadBalancerNodePorts: optional(bool),
  loadBalancerClass: optional(text),
  publishNotReadyAddresses: withDefault(bool, false),
  trafficDistribution: optional(
    ruled(text, `one of ${DISTRIBUTIONS.join(', ')}`, (value) => DISTRIBUTIONS.includes(value)),
  ),
  loadBalancerSourceRanges: withDefault(list(cidr), []),
  healthCheckNodePort: withDefault(int(0, MAX_PORT), 0),
});

const ingress = object({
  ip: optional(emptyIsAbsent(ipAddress, '')),
  hostname: optional(
    emptyIsAbsent(
      ruled(matching(DNS1123_SUBDOMAIN), 'a name, not an address', (name) => parseIp(name) === undefined),
      '',
    ),
  ),
  ipMode: withDefault(oneOf(['VIP', 'Proxy']), 'VIP'),
});

/** An entry has neither address nor name while its load balancer is being created. */
const ingresses = convert(list(ingress), (entries): readonly LoadBalancerIngress[] =>
  entries
    .filter(({ ip, hostname }) => ip || hostname)
    .map(({ ip, hostname, ipMode }) => ({ ...(ip && { ip }), ...(hostname && { hostname }), ipMode })),
);

const NO_INGRESS = { ingress: [] as readonly LoadBalancerIngress[] };

const fields = also(
  object({
    metadata: metadata(DNS1123_LABEL, { annotated: true }),
    spec: required(convert(also(spec, checkSpec), toSpec)),
    status: withDefault(
      object({ loadBalancer: withDefault(object({ ingress: withDefault(ingresses, []) }), NO_INGRESS) }),
      { loadBalancer: NO_INGRESS },
    ),
  }),
  checkAnnotations,
);

/** The API server fills clusterIPs from clusterIP (NormalizeClusterIPs), and absent fields with defaults. */
function toSpec(value: Spec): Service['spec'] {
  const { clusterIP, sessionAffinityConfig, loadBalancerClass: _, ...rest } = value;
  return {
    ...rest,
    clusterIPs: rest.clusterIPs.length > 0 || clusterIP === '' ? rest.clusterIPs : [clusterIP],
    externalTrafficPolicy: rest.externalTrafficPolicy ?? 'Cluster',
    allocateLoadBalancerNodePorts: rest.allocateLoadBalancerNodePorts ?? true,
    affinityTimeoutSeconds: sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS,
  };
}
