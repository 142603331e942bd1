/**
 * lint: host ports of Pods that are also node ports of Services. In: the snapshot. Out: warnings. Chain PREROUTING of
 * table nat does DNAT for both, so the first jump there wins. A hostNetwork process never gets packets to a node port,
 * and it cannot listen on a health check node port, because kube-proxy listens there.
 */
import type { Diagnostic, Origin } from '../diag.js';
import { keyOf, type Pod, type PodSpec, type Service, type Snapshot, type Workload } from '../read/types.js';

interface Claim {
  readonly service: Service;
  readonly what: string;
}

/** Warnings: `host-port-conflict`, one for each such port of a Pod or workload. */
export function checkHostPorts({ services, pods, workloads }: Snapshot): readonly Diagnostic[] {
  const claims = claimsOf(services);
  if (claims.size === 0) return [];
  const specs: readonly { readonly spec: PodSpec; readonly origin: Origin }[] = [
    ...pods.filter(isAlive),
    ...workloads.filter(isAlive).map(({ template, origin }) => ({ spec: template.spec, origin })),
  ];
  const found = specs.flatMap(({ spec, origin }) =>
    spec.ports.flatMap((port) => {
      const number = port.hostPort ?? (spec.hostNetwork ? port.port : 0);
      const claim = claims.get(`${number}/${port.protocol}`);
      return claim ? [conflict(number, port.protocol, port.hostPort !== undefined, claim, origin)] : [];
    }),
  );
  // Two containers of an object may have the same port: report it once.
  return [...new Map(found.map((each) => [`${each.origin?.object} ${each.message}`, each])).values()];
}

/** Excludes ended Pods, Pods simulated for a workload, and workloads with an owner or 0 replicas. */
function isAlive(object: Pod | Workload): boolean {
  if (!('status' in object)) return !object.owned && object.replicas > 0;
  const { simulated, status, origin } = object;
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return false;
  return simulated === undefined || simulated === origin.object;
}

function claimsOf(services: readonly Service[]): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const service of services) {
    const { type, ports, healthCheckNodePort } = service.spec;
    if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
    for (const { nodePort, protocol } of ports) {
      if (nodePort !== 0) claims.set(`${nodePort}/${protocol}`, { service, what: 'a node port' });
    }
    if (healthCheckNodePort !== 0) {
      claims.set(`${healthCheckNodePort}/TCP`, { service, what: 'the health check node port' });
    }
  }
  return claims;
}

function conflict(number: number, protocol: string, mapped: boolean, claim: Claim, origin: Origin): Diagnostic {
  const { service, what } = claim;
  const port = mapped ? `hostPort ${number}/${protocol}` : `port ${number}/${protocol} in the node's network`;
  return {
    code: 'host-port-conflict',
    severity: 'warning',
    message: `${port} is ${what} of Service ${keyOf(service)} as well: where such a Pod runs, one of the two gets no traffic`,
    origin,
    related: { message: `Service ${keyOf(service)} has it`, origin: { ...service.origin, path: ['spec', 'ports'] } },
  };
}
