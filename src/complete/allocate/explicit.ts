/**
 * complete, part of allocate: checks that cluster IPs and node ports in manifests are in the cluster's ranges.
 * Conflicts between Services are found when they are read (read/claims.ts).
 */
import type { Diagnostic, Key } from '../../diag.js';
import { parseIp } from '../../ip.js';
import { type IPAddress, ipFamilyOf, keyOf, type Service, type Snapshot } from '../../read/types.js';
import { type Completion, NODE_PORTS, type PortRange } from '../completion.js';
import { placeOf } from '../range.js';
import { hasClusterIPs } from './cluster-ips.js';
import { hasHealthCheck } from './node-ports.js';
import type { Ranges } from './ranges.js';

type Severity = Diagnostic['severity'];

/**
 * `cluster-ip-out-of-range`, `cluster-ip-conflict` and `node-port-out-of-range`. Errors when vipc allocates from the
 * ranges, else warnings: after a range was changed, old objects keep their values outside of it.
 */
export function checkExplicit(
  { services, ipAddresses }: Snapshot,
  ranges: Ranges,
  { allocate, nodePorts }: Pick<Completion, 'allocate' | 'nodePorts'>,
): readonly Diagnostic[] {
  const severity = allocate ? 'error' : 'warning';
  const holders = new Map(ipAddresses.map((address) => [address.ip, address]));
  const said = nodePorts !== NODE_PORTS;
  const ips = ranges.known || holders.size > 0;
  return services.flatMap((service) => [
    ...(ips && hasClusterIPs(service) ? checkClusterIPs(service, ranges, holders, severity) : []),
    ...nodePortsOutside(service, nodePorts, said),
  ]);
}

function checkClusterIPs(
  service: Service,
  { known, byFamily }: Ranges,
  holders: ReadonlyMap<string, IPAddress>,
  severity: Severity,
): readonly Diagnostic[] {
  const { origin, spec } = service;
  return spec.clusterIPs.flatMap((text, i) => {
    const at = { ...origin, path: i === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', i] };
    const has = `${origin.object} has ClusterIP ${text}`;
    const found: Diagnostic[] = [];
    const ip = parseIp(text);
    const own = byFamily[ipFamilyOf(text)];
    if (known && ip && !own.some((range) => placeOf(range, ip) !== undefined)) {
      const names = own.map(({ name }) => name).join(', ') || `no ${ipFamilyOf(text)} range at all`;
      const message = `${has}, and the cluster's are from ${names}`;
      const [range] = own;
      const related = range?.origin && { message: `${range.origin.object} is here`, origin: range.origin };
      found.push({ code: 'cluster-ip-out-of-range', severity, message, origin: at, ...(related && { related }) });
    }
    const holder = holders.get(text);
    if (holder && !isParent(holder, service)) {
      const { resource, namespace, name } = holder.parent;
      const message = `${has}, which is that of ${resource || 'an object'} ${namespace}/${name}`;
      const related = { message: `${holder.origin.object} says so`, origin: holder.origin };
      found.push({ code: 'cluster-ip-conflict', severity, message, origin: at, related });
    }
    return found;
  });
}

function isParent({ parent }: IPAddress, service: Service): boolean {
  return parent.resource === 'services' && `${parent.namespace}/${parent.name}` === keyOf(service);
}

/**
 * Errors only for a range from the command line; the default range is a guess. A node port that an API server has
 * admitted was in the range at that time.
 */
function nodePortsOutside(service: Service, { first, last }: PortRange, said: boolean): readonly Diagnostic[] {
  const { spec, origin, admitted = false } = service;
  if (admitted && !said) return [];
  const severity: Severity = said && !admitted ? 'error' : 'warning';
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return [];
  const ports: (readonly [number, readonly Key[]])[] = spec.ports.map(({ nodePort }, i) => [
    nodePort,
    ['spec', 'ports', i, 'nodePort'],
  ]);
  if (hasHealthCheck(service)) ports.push([spec.healthCheckNodePort, ['spec', 'healthCheckNodePort']]);
  return ports.flatMap(([port, path]): readonly Diagnostic[] => {
    if (port === 0 || (port >= first && port <= last)) return [];
    const message = `${origin.object} has node port ${port}, and the cluster's are ${first}-${last}`;
    const hint = '--service-node-port-range says another range';
    return [{ code: 'node-port-out-of-range', severity, message, origin: { ...origin, path }, hint }];
  });
}
