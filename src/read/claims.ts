/**
 * ClusterIPs and node ports, which only one Service in the cluster can have. The API server allocates them so;
 * manifests that it has not seen may conflict. In: valid Services, one by one. Out: diagnostics on the later of two
 * claimants.
 */
import { type Diagnostic, hasErrors, type Key } from '../diag.js';
import { isHeadless, type Service } from './types.js';

/** The claims so far: `ClusterIP 10.0.0.1`, `TCP node port 30000`, `node port 30000` → the first Service with it. */
export type Claims = Map<string, Service>;

/** The first Service that has a claim. */
export type HolderOf = (claim: string) => Service | undefined;

/**
 * Records the claims of `service`, or reports those that another Service already has: `cluster-ip-conflict`,
 * `node-port-conflict`. A Service with an error claims nothing.
 */
export function claim(claims: Claims, service: Service): Diagnostic[] {
  const conflicts = conflictsOf(service, (key) => claims.get(key));
  if (hasErrors(conflicts)) return conflicts;
  for (const key of claimKeys(service)) if (!claims.has(key)) claims.set(key, service);
  return conflicts;
}

/** What of the claims of `service` other Services have. */
export function conflictsOf(service: Service, holderOf: HolderOf): Diagnostic[] {
  return claimsOf(service).flatMap((one) => conflictOf(one, holderOf, service));
}

/** The keys of the claims of a Service. */
export function claimKeys(service: Service): readonly string[] {
  return claimsOf(service).flatMap(({ what, number }) => (number === undefined ? [what] : [what, number]));
}

interface Claim {
  readonly code: string;
  readonly what: string;
  readonly path: readonly Key[];
  /** For node ports: the port without its protocol, and the protocol. */
  readonly number?: string;
  readonly protocol?: string;
}

function conflictOf({ code, what, path, number, protocol }: Claim, holderOf: HolderOf, service: Service): Diagnostic[] {
  const { origin } = service;
  const same = holderOf(what);
  const holder = same ?? (number === undefined ? undefined : holderOf(number));
  if (!holder) return [];
  const related = { message: `${holder.origin.object} is here`, origin: holder.origin };
  const place = { origin: { ...origin, path }, related };
  if (same) {
    const message = `${origin.object} wants ${what}, which ${holder.origin.object} has`;
    return [{ code, severity: 'error', message, ...place }];
  }
  const message = `${origin.object} wants ${number} for ${protocol}, which ${holder.origin.object} has for another protocol`;
  const hint = 'an API server gives a number to one Service only, whatever the protocol';
  // The kernel can serve both protocols, and kube-proxy does where an API server admitted both Services.
  const severity = service.admitted && holder.admitted ? 'warning' : 'error';
  return [{ code, severity, message, ...place, hint }];
}

/** ExternalName and headless Services have neither ClusterIPs nor node ports. */
function claimsOf({ spec }: Service): Claim[] {
  if (spec.type === 'ExternalName' || isHeadless({ spec })) return [];
  const claims: Claim[] = spec.clusterIPs.map((ip, i) => ({
    code: 'cluster-ip-conflict',
    what: `ClusterIP ${ip}`,
    path: i === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', i],
  }));
  for (const [i, { protocol, nodePort }] of spec.ports.entries()) {
    if (nodePort !== 0) claims.push(nodePortClaim(protocol, nodePort, ['spec', 'ports', i, 'nodePort']));
  }
  // kube-proxy serves health checks over HTTP; the port comes from the same range (KEP-3668).
  const health = spec.type === 'LoadBalancer' ? spec.healthCheckNodePort : 0;
  if (health !== 0) claims.push(nodePortClaim('TCP', health, ['spec', 'healthCheckNodePort']));
  return claims;
}

function nodePortClaim(protocol: string, port: number, path: readonly Key[]): Claim {
  const number = `node port ${port}`;
  return { code: 'node-port-conflict', what: `${protocol} ${number}`, path, number, protocol };
}
