/**
 * Service v1: the API server's rules about several fields at once (pkg/apis/core/validation, and the allocators of
 * pkg/registry/core/service/storage). In: a defaulted Service. docs/validation.md lists all rules.
 */
import { type Family, parseCidr, parseIp } from '../../ip.js';
import { type Cursor, child, fail, matching, refuse } from '../check.js';
import { DNS1123_SUBDOMAIN, QUALIFIED_NAME } from '../names.js';
import type { IPFamily, IPFamilyPolicy, ObjectMeta, ServicePortSpec, ServiceType, TrafficPolicy } from '../types.js';
import { unique } from './metadata.js';

/** spec as read. A field is optional here where a rule must tell an absent value from one that equals the default. */
export interface Spec {
  readonly type: ServiceType;
  readonly clusterIP: string;
  readonly clusterIPs: readonly string[];
  readonly ipFamilies: readonly IPFamily[];
  readonly ipFamilyPolicy?: IPFamilyPolicy;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePortSpec[];
  readonly sessionAffinity: 'None' | 'ClientIP';
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly externalTrafficPolicy?: TrafficPolicy | undefined;
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly externalIPs: readonly string[];
  readonly externalName: string;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly loadBalancerClass?: string;
  readonly publishNotReadyAddresses: boolean;
  readonly trafficDistribution?: string;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly healthCheckNodePort: number;
}

/** Reports the fields of `spec` that an API server refuses. */
export function checkSpec(spec: Spec, at: Cursor): void {
  checkClusterIPs(spec, at);
  checkPorts(spec, at);
  if (spec.type === 'ExternalName') checkExternalName(spec, at);
  for (const { key, below = [], broken, says } of RULES) {
    if (!broken(spec)) continue;
    at.path.push(key, ...below);
    refuse(at, says(spec));
    at.path.length -= 1 + below.length;
  }
}

interface SpecRule {
  readonly key: keyof Spec;
  /** The path from `key` to the wrong value. */
  readonly below?: readonly string[];
  readonly broken: (spec: Spec) => boolean;
  /** The message after the path. */
  readonly says: (spec: Spec) => string;
}

/** A day (MaxClientIPServiceAffinitySeconds). */
const MAX_AFFINITY_SECONDS = 86400;

/** Rules about one field in combination with others. */
const RULES: readonly SpecRule[] = [
  ...(['loadBalancerSourceRanges', 'loadBalancerClass', 'allocateLoadBalancerNodePorts'] as const).map((key) => ({
    key,
    broken: (spec: Spec) => spec.type !== 'LoadBalancer' && isGiven(spec[key]),
    says: ({ type }: Spec) => `needs type LoadBalancer, is ${type}`,
  })),
  {
    key: 'loadBalancerClass',
    broken: ({ type, loadBalancerClass: name }) =>
      type === 'LoadBalancer' && name !== undefined && !QUALIFIED_NAME.matches(name),
    says: () => `must be ${QUALIFIED_NAME.allowed}`,
  },
  {
    key: 'externalTrafficPolicy',
    broken: (spec) => spec.externalTrafficPolicy !== undefined && !isExternal(spec),
    says: ({ type }) => `needs type NodePort or LoadBalancer, or a ClusterIP Service with externalIPs, is ${type}`,
  },
  {
    key: 'healthCheckNodePort',
    broken: (spec) => spec.healthCheckNodePort !== 0 && !needsHealthCheck(spec),
    says: ({ type, externalTrafficPolicy = 'Cluster' }) =>
      `needs type LoadBalancer and externalTrafficPolicy Local, is ${type} and ${externalTrafficPolicy}`,
  },
  {
    key: 'healthCheckNodePort',
    broken: ({ ports, healthCheckNodePort: health }) =>
      health !== 0 && ports.some(({ nodePort }) => nodePort === health),
    says: ({ healthCheckNodePort }) => `must be another number than the node ports, is ${healthCheckNodePort} like one`,
  },
  {
    key: 'clusterIP',
    broken: ({ type, clusterIP }) => (type === 'NodePort' || type === 'LoadBalancer') && clusterIP === 'None',
    says: ({ type }) => `must be an address for type ${type}, is None`,
  },
  ...(['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const).map((key) => ({
    key,
    broken: (spec: Spec) => spec.type === 'ExternalName' && isGiven(spec[key]),
    says: () => 'is not for type ExternalName, which has no addresses',
  })),
  {
    key: 'ipFamilyPolicy',
    broken: ({ ipFamilyPolicy, ipFamilies, clusterIPs }) =>
      ipFamilyPolicy === 'SingleStack' && Math.max(ipFamilies.length, clusterIPs.length) > 1,
    says: ({ ipFamilies }) =>
      `must be PreferDualStack or RequireDualStack with two ${ipFamilies.length > 1 ? 'ipFamilies' : 'clusterIPs'}, is SingleStack`,
  },
  {
    // With affinity None the API server clears the whole field.
    key: 'sessionAffinityConfig',
    below: ['clientIP', 'timeoutSeconds'],
    broken: ({ sessionAffinity, sessionAffinityConfig: config }) => {
      const seconds = config?.clientIP?.timeoutSeconds ?? 1;
      return sessionAffinity === 'ClientIP' && (seconds < 1 || seconds > MAX_AFFINITY_SECONDS);
    },
    says: ({ sessionAffinityConfig: config }) =>
      `must be a whole number from 1 to ${MAX_AFFINITY_SECONDS}, is ${config?.clientIP?.timeoutSeconds}`,
  },
];

function isGiven(value: string | boolean | readonly string[] | undefined): boolean {
  return typeof value === 'string' || Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/** Whether the API gives externalTrafficPolicy a meaning (apiservice.ExternallyAccessible). */
function isExternal({ type, externalIPs }: Spec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
}

function needsHealthCheck({ type, externalTrafficPolicy }: Spec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** The name may end with the dot of the DNS root. */
function checkExternalName({ externalName }: Spec, at: Cursor): void {
  if (externalName === '') fail(at, 'needs the field externalName', { code: 'missing-field' });
  else child(at, 'externalName', externalName.replace(/\.$/, ''), matching(DNS1123_SUBDOMAIN));
}

const IP_FAMILIES: Readonly<Record<IPFamily, Family>> = { IPv4: 'ipv4', IPv6: 'ipv6' };

function checkClusterIPs({ clusterIP, clusterIPs, ipFamilies }: Spec, at: Cursor): void {
  const [first, second] = clusterIPs;
  if (first !== undefined && first !== clusterIP) {
    refuse(at, `must be the first of clusterIPs, ${first}, is ${clusterIP === '' ? 'not given' : clusterIP}`, {
      key: 'clusterIP',
    });
  }
  if (second !== undefined && (first === 'None' || second === 'None')) {
    fail(at, 'must be alone when it has None', { key: 'clusterIPs' });
  } else if (second !== undefined && parsedFamily(first) === parsedFamily(second)) {
    fail(at, 'must be of two families, one IPv4 and one IPv6', { key: 'clusterIPs' });
  }
  if (ipFamilies.length === 2 && ipFamilies[0] === ipFamilies[1]) {
    refuse(at, `must be different, both are ${ipFamilies[0]}`, { key: 'ipFamilies' });
  }
  const all = clusterIPs.length > 0 ? clusterIPs : [clusterIP];
  for (const [i, ip] of all.entries()) {
    const [wanted, family] = [ipFamilies[i], parsedFamily(ip)];
    if (wanted === undefined || family === undefined || IP_FAMILIES[wanted] === family) continue;
    at.path.push(clusterIPs.length > 0 ? 'clusterIPs' : 'clusterIP');
    refuse(at, `must be ${wanted} as ipFamilies[${i}] says, is ${ip}`, clusterIPs.length > 0 ? { key: i } : {});
    at.path.pop();
  }
}

function parsedFamily(ip: string | undefined): Family | undefined {
  return ip === undefined ? undefined : parseIp(ip)?.family;
}

function checkPorts({ type, clusterIP, ports }: Spec, at: Cursor): void {
  if (ports.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') {
    refuse(at, 'needs the field ports, with at least one port', { code: 'missing-field' });
  }
  at.path.push('ports');
  for (const [i, port] of ports.entries()) {
    at.path.push(i);
    if (ports.length > 1 && port.name === '') {
      fail(at, 'needs the field name, as there is more than one port', { code: 'missing-field' });
    }
    // The API accepts it for type ExternalName, which has no rules.
    if (port.nodePort !== 0 && type === 'ClusterIP')
      refuse(at, `needs type NodePort or LoadBalancer, is ${type}`, { key: 'nodePort' });
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

const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';

/** Annotations that spec fields have replaced. */
export function checkAnnotations(
  { metadata, spec }: { readonly metadata: ObjectMeta; readonly spec: Pick<Spec, 'type' | 'loadBalancerSourceRanges'> },
  at: Cursor,
): void {
  const { [SOURCE_RANGES]: ranges, [TOPOLOGY_MODE]: mode, [TOPOLOGY_HINTS]: hints } = metadata.annotations;
  at.path.push('metadata', 'annotations');
  if (mode !== undefined && hints !== undefined && mode !== hints) {
    refuse(at, `must be what the annotation ${TOPOLOGY_HINTS} says`, { key: TOPOLOGY_MODE });
  }
  if (ranges !== undefined && spec.loadBalancerSourceRanges.length === 0) {
    if (spec.type !== 'LoadBalancer') refuse(at, `needs type LoadBalancer, is ${spec.type}`, { key: SOURCE_RANGES });
    const wrong = ranges.split(',').filter((range) => ranges.trim() !== '' && parseCidr(range.trim()) === undefined);
    if (wrong.length > 0)
      refuse(at, 'must be networks such as 10.0.0.0/8, separated by commas', { key: SOURCE_RANGES });
  }
  at.path.length -= 2;
}
