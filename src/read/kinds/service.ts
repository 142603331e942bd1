/**
 * Service v1: the API server's validation (pkg/apis/core/validation, ValidateService) of the fields that decide rules.
 */
import { type Family, type Ip, parseIp, specialUse } from '../../ip.js';
import {
  also,
  bool,
  type Check,
  type Cursor,
  child,
  convert,
  fail,
  type Infer,
  int,
  list,
  matching,
  oneOf,
  text,
} from '../check.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN, IANA_SVC_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { IPFamily, LoadBalancerIngress, Service, ServicePortSpec } from '../types.js';
import {
  cidr,
  createdAt,
  emptyIsAbsent,
  ipAddress,
  labels,
  metadata,
  ordinaryIp,
  protocol,
  unique,
} from './metadata.js';

/** A Service without its origin, or undefined after reporting why it is none. */
export const service: Check<Omit<Service, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  return read && { ...read, ...createdAt(value) };
};

const MAX_PORT = 65535;

/** Three hours, the API's default (DefaultClientIPServiceAffinitySeconds). */
const AFFINITY_SECONDS = 10800;

/** A day (MaxClientIPServiceAffinitySeconds). */
const MAX_AFFINITY_SECONDS = 86400;

const IP_FAMILIES: Readonly<Record<IPFamily, Family>> = { IPv4: 'ipv4', IPv6: 'ipv6' };

const policy = withDefault(oneOf(['Cluster', 'Local'], 'Cluster'), 'Cluster');

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
});

/** A target port of 0 or without a text is the Service's own port (SetDefaults_Service). */
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

const spec = object({
  type: withDefault(oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], 'ClusterIP'), 'ClusterIP'),
  clusterIP: withDefault(emptyIsAbsent(clusterIP, ''), ''),
  clusterIPs: withDefault(list(clusterIP, { max: 2 }), []),
  ipFamilies: withDefault(list(oneOf(['IPv4', 'IPv6']), { max: 2 }), []),
  ipFamilyPolicy: optional(oneOf(['SingleStack', 'PreferDualStack', 'RequireDualStack'])),
  selector: optional(labels),
  ports: withDefault(list(servicePort), []),
  sessionAffinity: withDefault(oneOf(['None', 'ClientIP'], 'None'), 'None'),
  sessionAffinityConfig: optional(
    object({ clientIP: optional(object({ timeoutSeconds: optional(int(1, MAX_AFFINITY_SECONDS)) })) }),
  ),
  externalTrafficPolicy: policy,
  internalTrafficPolicy: policy,
  externalIPs: withDefault(list(ordinaryIp), []),
  externalName: withDefault(text, ''),
  allocateLoadBalancerNodePorts: withDefault(bool, true),
  publishNotReadyAddresses: withDefault(bool, false),
  trafficDistribution: optional(text),
  loadBalancerSourceRanges: withDefault(list(cidr), []),
  healthCheckNodePort: withDefault(int(0, MAX_PORT), 0),
});

const ingress = object({
  ip: optional(emptyIsAbsent(ipAddress, '')),
  hostname: optional(emptyIsAbsent(matching(DNS1123_SUBDOMAIN), '')),
  ipMode: withDefault(oneOf(['VIP', 'Proxy'], 'VIP'), 'VIP'),
});

/** Entries with neither address nor name happen while a load balancer is being made. */
const ingresses = convert(list(ingress), (entries): readonly LoadBalancerIngress[] =>
  entries
    .filter(({ ip, hostname }) => ip || hostname)
    .map(({ ip, hostname, ipMode }) => ({ ...(ip && { ip }), ...(hostname && { hostname }), ipMode })),
);

const NO_INGRESS = { ingress: [] as readonly LoadBalancerIngress[] };

const fields = object({
  metadata: metadata(DNS1123_LABEL, { annotated: true }),
  spec: required(convert(also(spec, checkSpec), toSpec)),
  status: withDefault(
    object({ loadBalancer: withDefault(object({ ingress: withDefault(ingresses, []) }), NO_INGRESS) }),
    { loadBalancer: NO_INGRESS },
  ),
});

type Spec = Infer<typeof spec>;

function checkSpec(value: Spec, at: Cursor): void {
  checkClusterIPs(value, at);
  checkPorts(value, at);
  if (value.type === 'ExternalName') checkExternalName(value, at);
  if (value.type !== 'LoadBalancer' && value.loadBalancerSourceRanges.length > 0) {
    fail(at, `needs type LoadBalancer, is ${value.type}`, { key: 'loadBalancerSourceRanges' });
  }
}

/** A name may end with the root's dot. */
function checkExternalName({ externalName }: Spec, at: Cursor): void {
  if (externalName === '') fail(at, 'needs the field externalName', { code: 'missing-field' });
  else child(at, 'externalName', externalName.replace(/\.$/, ''), matching(DNS1123_SUBDOMAIN));
}

function checkClusterIPs({ clusterIP, clusterIPs, ipFamilies }: Spec, at: Cursor): void {
  const [first, second] = clusterIPs;
  if (first !== undefined && first !== clusterIP) {
    fail(at, `must be the first of clusterIPs, ${first}, is ${clusterIP === '' ? 'not given' : clusterIP}`, {
      key: 'clusterIP',
    });
  }
  if (second !== undefined && (first === 'None' || second === 'None')) {
    fail(at, 'must be alone when it has None', { key: 'clusterIPs' });
  } else if (second !== undefined && familyOf(first) === familyOf(second)) {
    fail(at, 'must be of two families, one IPv4 and one IPv6', { key: 'clusterIPs' });
  }
  if (ipFamilies.length === 2 && ipFamilies[0] === ipFamilies[1]) {
    fail(at, `must be different, both are ${ipFamilies[0]}`, { key: 'ipFamilies' });
  }
  const all = clusterIPs.length > 0 ? clusterIPs : [clusterIP];
  for (const [i, ip] of all.entries()) {
    const [wanted, family] = [ipFamilies[i], familyOf(ip)];
    if (wanted === undefined || family === undefined || IP_FAMILIES[wanted] === family) continue;
    at.path.push(clusterIPs.length > 0 ? 'clusterIPs' : 'clusterIP');
    fail(at, `must be ${wanted} as ipFamilies[${i}] says, is ${ip}`, clusterIPs.length > 0 ? { key: i } : {});
    at.path.pop();
  }
}

function familyOf(ip: string | undefined): Family | undefined {
  return ip === undefined ? undefined : parseIp(ip)?.family;
}

function checkPorts({ type, clusterIP, ports }: Spec, at: Cursor): void {
  if (ports.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') {
    fail(at, 'needs the field ports, with at least one port', { code: 'missing-field' });
  }
  const exposed = type === 'NodePort' || type === 'LoadBalancer';
  at.path.push('ports');
  for (const [i, port] of ports.entries()) {
    at.path.push(i);
    if (ports.length > 1 && port.name === '') {
      fail(at, 'needs the field name, as there is more than one port', { code: 'missing-field' });
    }
    if (port.nodePort !== 0 && !exposed)
      fail(at, `needs type NodePort or LoadBalancer, is ${type}`, { key: 'nodePort' });
    at.path.pop();
  }
  const byName = (port: ServicePortSpec) => port.name || undefined;
  const byPort = (port: ServicePortSpec) => `${port.protocol} port ${port.port}`;
  const byNodePort = (port: ServicePortSpec) =>
    port.nodePort ? `${port.protocol} node port ${port.nodePort}` : undefined;
  unique(ports, byName, (port) => `the name ${port.name}`, at);
  unique(ports, byPort, byPort, at);
  unique(ports, byNodePort, (port) => byNodePort(port) ?? '', at);
  at.path.pop();
}

/** The API server fills clusterIPs from clusterIP (NormalizeClusterIPs). */
function toSpec(value: Spec): Service['spec'] {
  const { clusterIP, sessionAffinityConfig, ...rest } = value;
  return {
    ...rest,
    clusterIPs: rest.clusterIPs.length > 0 || clusterIP === '' ? rest.clusterIPs : [clusterIP],
    affinityTimeoutSeconds: sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS,
  };
}
