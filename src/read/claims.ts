/**
 * What Services claim for themselves in the whole cluster: ClusterIPs and node ports. The API server allocates them so
 * that no two Services get the same; manifests that it has not seen may disagree. In: valid Services, one after the
 * other. Out: diagnostics on the later claimant.
 */
import type { Diagnostic, Key, Origin } from '../diag.js';
import type { Service } from './types.js';

/** Claimed so far: `ClusterIP 10.0.0.1` → who has it. Pass a new one per snapshot. */
export type Claims = Map<string, Origin>;

/**
 * Records what `service` claims, or reports what somebody else has: `cluster-ip-conflict`, `node-port-conflict`. A Service
 * with a conflict claims nothing.
 */
export function claim(claims: Claims, service: Service): Diagnostic[] {
  const wanted = claimsOf(service);
  const conflicts = wanted.flatMap((one) => conflictOf(one, claims.get(one.what), service));
  if (conflicts.length === 0) for (const { what } of wanted) claims.set(what, service.origin);
  return conflicts;
}

function conflictOf({ code, what, path }: Claim, holder: Origin | undefined, { origin }: Service): Diagnostic[] {
  if (!holder) return [];
  const message = `${origin.object} wants ${what}, which ${holder.object} has`;
  const related = { message: `${holder.object} is here`, origin: holder };
  return [{ code, severity: 'error', message, origin: { ...origin, path }, related }];
}

interface Claim {
  readonly code: string;
  readonly what: string;
  readonly path: readonly Key[];
}

/** ExternalName and headless Services have neither. */
function claimsOf({ spec }: Service): Claim[] {
  if (spec.type === 'ExternalName' || spec.clusterIPs[0] === 'None') return [];
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
  return { code: 'node-port-conflict', what: `${protocol} node port ${port}`, path };
}
