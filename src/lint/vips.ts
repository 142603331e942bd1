/**
 * lint, part: the addresses that rules of a Service are made for, and where they are written.
 */
import type { Origin } from '../diag.js';
import { familyOf } from '../ip.js';
import type { EndpointSlice, IPFamily, Service } from '../read/types.js';

export interface Vip {
  readonly service: Service;
  readonly kind: 'ClusterIP' | 'external IP' | 'load-balancer IP';
  readonly ip: string;
  readonly origin: Origin;
}

/** All virtual IPs of a Service; a headless or ExternalName one has none. */
export function vipsOf(service: Service): readonly Vip[] {
  if (!isVirtual(service)) return [];
  const { spec, status, origin } = service;
  const balanced = status.loadBalancer.ingress.filter(({ ipMode }) => ipMode === 'VIP');
  return [
    ...spec.clusterIPs.map((ip, i): Vip => {
      const path = i === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', i];
      return { service, kind: 'ClusterIP', ip, origin: { ...origin, path } };
    }),
    ...spec.externalIPs.map((ip, i): Vip => {
      return { service, kind: 'external IP', ip, origin: { ...origin, path: ['spec', 'externalIPs', i] } };
    }),
    ...balanced.flatMap(({ ip }): readonly Vip[] => {
      const path = ['status', 'loadBalancer', 'ingress'];
      return ip === undefined ? [] : [{ service, kind: 'load-balancer IP', ip, origin: { ...origin, path } }];
    }),
  ];
}

/** Whether it is one that has virtual IPs: neither headless nor a mere alias. */
export function isVirtual({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && spec.clusterIPs[0] !== 'None';
}

/** Whether anything but Pods and nodes is meant to reach it. */
export function isExternal({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs.length > 0;
}

/** The families that a Service is served in, as far as that is known: none in manifests that leave it open. */
export function servedFamilies({ spec }: Service): readonly IPFamily[] {
  return spec.clusterIPs.length > 0 ? spec.clusterIPs.map(apiFamily) : spec.ipFamilies;
}

/** The API's word for the family of an address. */
export function apiFamily(ip: string): IPFamily {
  return familyOf(ip) === 'ipv6' ? 'IPv6' : 'IPv4';
}

/**
 * The endpoints of slices that new connections can go to: those that are ready, or that serve while they terminate (KEP-1669).
 * Unset conditions mean ready (KEP-752).
 */
export function usableEndpoints(slices: readonly EndpointSlice[]): readonly EndpointSlice['endpoints'][number][] {
  return slices.flatMap(({ endpoints }) =>
    endpoints.filter(({ conditions: { ready = true, serving = ready, terminating = false } }) => {
      return ready || (serving && terminating);
    }),
  );
}

/** `a, b, c and 3 more` */
export function someOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
