/**
 * lint, part: the virtual IPs of a Service, for which a proxy makes rules, and their positions in the input.
 */
import type { Origin } from '../diag.js';
import { type EndpointSlice, type IPFamily, ipFamilyOf, isHeadless, type Service } from '../read/types.js';

export interface Vip {
  readonly service: Service;
  readonly kind: 'ClusterIP' | 'external IP' | 'load-balancer IP';
  readonly ip: string;
  readonly origin: Origin;
}

/** All virtual IPs of a Service; headless and ExternalName Services have none. */
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

/** Whether the Service can have virtual IPs: it is neither headless nor ExternalName. */
export function isVirtual({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && !isHeadless({ spec });
}

/** Whether clients outside of the cluster can reach the Service. */
export function isExternal({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs.length > 0;
}

/** The families of the cluster IPs, else ipFamilies; none for manifests that set neither. */
export function servedFamilies({ spec }: Service): readonly IPFamily[] {
  return spec.clusterIPs.length > 0 ? spec.clusterIPs.map(ipFamilyOf) : spec.ipFamilies;
}

/**
 * The endpoints that new connections can reach: ready ones, and those that serve while they terminate (KEP-1669).
 * Unset `ready` means ready (KEP-752); unset `serving` has the value of `ready`.
 */
export function usableEndpoints(slices: readonly EndpointSlice[]): readonly EndpointSlice['endpoints'][number][] {
  return slices.flatMap(({ endpoints }) =>
    endpoints.filter(({ conditions: { ready = true, serving = true, terminating = false } }) => {
      return ready || (serving && terminating);
    }),
  );
}

/** `a, b, c and 3 more` */
export function someOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
