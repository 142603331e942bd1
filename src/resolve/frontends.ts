/**
 * resolve, part: a Service port → its frontends in one family, with policy, masquerading and the action without
 * endpoints.
 */
import { contains, type Family, familyOf, type Ip, parseCidr } from '../ip.js';
import { masqueradeOf, type Options } from '../options.js';
import type { Service, ServicePortSpec } from '../read/types.js';
import type { TrafficUse, UsableEndpoints } from './traffic.js';
import type { Frontend, NodeContext, PodTraffic, TrafficPolicy } from './types.js';

/** The addresses of a Service in one family. */
export interface Addresses {
  readonly family: Family;
  readonly clusterIP: string;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
}

/**
 * The addresses of `service` in `family`; undefined when it is not proxied there. Without a cluster IP of the family it
 * has no rules in it at all, not even for node ports and load-balancer IPs (k/k GetClusterIPByFamily).
 */
export function addressesOf(service: Service, family: Family, options: Options): Addresses | undefined {
  const ofFamily = (ips: readonly string[]) => ips.filter((ip) => familyOf(ip) === family);
  const [clusterIP] = ofFamily(service.spec.clusterIPs.filter((ip) => ip !== 'None'));
  if (clusterIP === undefined || service.spec.type === 'ExternalName') return undefined;
  const vips = service.status.loadBalancer.ingress
    .filter((ingress) => ingress.ipMode === 'VIP') // KEP-1860: with "Proxy" the load balancer sends to node ports
    .flatMap((ingress) => ingress.ip ?? []);
  return {
    family,
    clusterIP,
    externalIPs: options.externalIPs ? ofFamily(service.spec.externalIPs) : [],
    loadBalancerIPs: ofFamily(vips),
  };
}

/** spec.internalTrafficPolicy, and spec.externalTrafficPolicy if it applies to the Service (else Cluster). */
export function policiesOf(service: Service): { readonly internal: TrafficPolicy; readonly external: TrafficPolicy } {
  const { type, externalIPs, externalTrafficPolicy, internalTrafficPolicy } = service.spec;
  const external = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
  return { internal: internalTrafficPolicy, external: external ? externalTrafficPolicy : 'Cluster' };
}

/**
 * The endpoint sets that the port's traffic uses. An external Local policy uses the cluster set too: traffic from this
 * node and its pods to the external address goes to all endpoints (the "short circuit").
 */
export function trafficUse(service: Service, port: ServicePortSpec, addresses: Addresses): TrafficUse {
  const { internal, external } = policiesOf(service);
  const accessible = port.nodePort !== 0 || addresses.loadBalancerIPs.length > 0 || addresses.externalIPs.length > 0;
  return {
    cluster: internal === 'Cluster' || accessible,
    local: internal === 'Local' || (external === 'Local' && accessible),
  };
}

/** The frontends of one port: ClusterIP, external IPs, load-balancer IPs, node port. */
export function frontendsOf(
  service: Service,
  port: ServicePortSpec,
  addresses: Addresses,
  endpoints: UsableEndpoints,
  node: NodeContext,
  options: Options,
): readonly Frontend[] {
  const policies = policiesOf(service);
  const internal = {
    port: port.port,
    policy: policies.internal,
    ...whenEmpty(policies.internal, endpoints),
    masquerade: masqueradeOf(options).masqueradeAll ? 'always' : hasOutside(node.podTraffic) ? 'off-cluster' : 'never',
  } as const;
  const external = {
    port: port.port,
    policy: policies.external,
    ...whenEmpty(policies.external, endpoints),
    masquerade: policies.external === 'Local' ? 'never' : 'always',
  } as const;
  const sourceRanges = sourceRangesOf(service, addresses.family, node.ip);
  const { allocated } = service;
  const clusterIP = { ip: addresses.clusterIP, ...synthetic(allocated?.clusterIPs.includes(addresses.clusterIP)) };
  const nodePort = { port: port.nodePort, ...synthetic(allocated?.nodePorts.includes(port.nodePort)) };
  return [
    { kind: 'ClusterIP', ...internal, ...clusterIP },
    ...addresses.externalIPs.map((ip): Frontend => ({ kind: 'ExternalIP', ip, ...external })),
    ...addresses.loadBalancerIPs.map((ip): Frontend => ({ kind: 'LoadBalancerIP', ip, ...external, ...sourceRanges })),
    ...(port.nodePort === 0 ? [] : [{ kind: 'NodePort', ...external, ...nodePort } as const]),
  ];
}

function synthetic(made: boolean | undefined): Pick<Frontend, 'synthetic'> {
  return made ? { synthetic: true } : {};
}

/** Whether any traffic can be off-cluster: not with a pod CIDR of /0, which matches all sources. */
function hasOutside(podTraffic: PodTraffic | undefined): boolean {
  return podTraffic !== undefined && !(podTraffic.kind === 'source' && podTraffic.cidr.prefix === 0);
}

function whenEmpty(policy: TrafficPolicy, endpoints: UsableEndpoints): Pick<Frontend, 'whenEmpty'> {
  if (!endpoints.any) return { whenEmpty: 'reject' };
  return policy === 'Local' && endpoints.local.length === 0 ? { whenEmpty: 'drop' } : {};
}

/** spec.loadBalancerSourceRanges of the family; without ranges of the family there is no restriction. */
function sourceRangesOf(service: Service, family: Family, nodeIP: Ip): Pick<Frontend, 'sourceRanges'> {
  const ranges = service.spec.loadBalancerSourceRanges
    .flatMap((range) => parseCidr(range) ?? [])
    .filter((range) => range.family === family);
  if (ranges.length === 0) return {};
  return { sourceRanges: { ranges, node: ranges.some((range) => contains(range, nodeIP)) } };
}
