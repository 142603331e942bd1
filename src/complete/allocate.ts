/**
 * complete, part: Services → Services with the cluster IPs and node ports that an API server would have allocated.
 * Values that manifests ask for are reserved first; the others are chosen by name (assign.ts), so that the same
 * manifests get the same addresses everywhere, and adding a Service rarely changes those of others.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { type Allocated, type IPFamily, ipFamilyOf, type Service, type Snapshot } from '../read/types.js';
import { type GivenIP, hasClusterIPs, missingClusterIPs } from './allocate/cluster-ips.js';
import { checkExplicit } from './allocate/explicit.js';
import { type GivenPorts, missingNodePorts } from './allocate/node-ports.js';
import { rangesOf } from './allocate/ranges.js';
import { type Gift, note } from './allocate/words.js';
import type { Completion } from './completion.js';
import { type ClusterFamilies, familiesOf, familyPolicyOf } from './families.js';

export { kept } from './allocate/kept.js';

/**
 * The Services of `snapshot`, in their order, with missing values allocated while the ranges last; a note for each
 * Service that got one. Without `allocate` they are unchanged, and their values are only checked against known ranges.
 */
export function allocate(
  snapshot: Snapshot,
  completion: Pick<Completion, 'serviceCIDRs' | 'nodePorts' | 'allocate'>,
): Checked<readonly Service[]> {
  const { services } = snapshot;
  const ranges = rangesOf(snapshot, completion.serviceCIDRs);
  const diagnostics: Diagnostic[] = [...checkExplicit(snapshot, ranges, completion)];
  if (!completion.allocate) return { value: services, diagnostics };
  const ips = missingClusterIPs(snapshot, ranges);
  const ports = missingNodePorts(services, completion.nodePorts);
  diagnostics.push(...ips.diagnostics, ...ports.diagnostics);
  const value = services.map((service) => {
    const given: Given = {
      ips: ips.value.get(service) ?? NO_IPS,
      ports: ports.value.get(service) ?? NO_PORTS,
    };
    const gifts = giftsOf(service, given);
    if (gifts.length > 0) diagnostics.push(note(service, gifts));
    return filled(service, given, ranges.families);
  });
  return { value, diagnostics };
}

/** The values allocated to a Service. */
interface Given {
  readonly ips: Readonly<Partial<Record<IPFamily, GivenIP>>>;
  readonly ports: GivenPorts;
}

const NO_IPS = {};
const NO_PORTS: GivenPorts = { ports: new Map() };

function filled(service: Service, given: Given, cluster: ClusterFamilies): Service {
  const { spec } = service;
  const { healthCheck } = given.ports;
  if (spec.type === 'ExternalName') return service;
  const allocated = allocatedOf(service, given);
  return {
    ...service,
    spec: {
      ...spec,
      ...addresses(service, given, cluster),
      ipFamilyPolicy: familyPolicyOf(service),
      ports: withNodePorts(spec.ports, given.ports),
      healthCheckNodePort: healthCheck?.port ?? spec.healthCheckNodePort,
    },
    ...(allocated && { allocated }),
  };
}

function withNodePorts(ports: Service['spec']['ports'], { ports: given }: GivenPorts): Service['spec']['ports'] {
  if (given.size === 0) return ports;
  return ports.map((port, i) => ({ ...port, nodePort: given.get(i)?.port ?? port.nodePort }));
}

/** One address per family, in the order of the families; a headless Service has families only. */
function addresses(
  service: Service,
  { ips }: Given,
  cluster: ClusterFamilies,
): Pick<Service['spec'], 'clusterIPs' | 'ipFamilies'> {
  const { clusterIPs } = service.spec;
  const families = familiesOf(service, cluster);
  if (!hasClusterIPs(service)) return { clusterIPs, ipFamilies: families };
  const own = families.flatMap((family) => {
    const ip = clusterIPs.find((text) => ipFamilyOf(text) === family) ?? ips[family]?.ip;
    return ip === undefined ? [] : [ip];
  });
  return { clusterIPs: own, ipFamilies: own.map(ipFamilyOf) };
}

/** The values that are not in the input. A node port that another port of the Service asks for is in the input. */
function allocatedOf({ spec }: Service, { ips, ports }: Given): Allocated | undefined {
  const asked = new Set(spec.ports.map(({ nodePort }) => nodePort));
  const clusterIPs = FAMILY_ORDER.flatMap((family) => (ips[family]?.real ? [] : (ips[family]?.ip ?? [])));
  const made = [...ports.ports.values()].map(({ port }) => port).filter((port) => !asked.has(port));
  const nodePorts = [...new Set(made)];
  const healthCheckNodePort = ports.healthCheck !== undefined;
  if (clusterIPs.length + nodePorts.length === 0 && !healthCheckNodePort) return undefined;
  return { clusterIPs, nodePorts, healthCheckNodePort };
}

const FAMILY_ORDER = ['IPv4', 'IPv6'] as const;

function giftsOf({ spec }: Service, { ips, ports }: Given): readonly Gift[] {
  const { healthCheck } = ports;
  return [
    ...FAMILY_ORDER.flatMap((family) => {
      const given = ips[family];
      return given ? [{ what: `cluster IP ${given.ip}`, why: given.why, real: given.real === true }] : [];
    }),
    ...portGifts(spec, ports),
    ...(healthCheck ? [{ what: `health check node port ${healthCheck.port}`, why: healthCheck.why }] : []),
  ];
}

/** Protocols that share a node port are listed together. */
function portGifts({ ports }: Service['spec'], given: GivenPorts): readonly Gift[] {
  const byPort = new Map<number, { readonly why: string; readonly names: string[] }>();
  for (const [i, { port, why }] of given.ports) {
    const { names } = byPort.get(port) ?? { names: [] };
    byPort.set(port, { why, names: [...names, `${ports[i]?.port}/${ports[i]?.protocol}`] });
  }
  return [...byPort].map(([port, { why, names }]) => ({
    what: `node port ${port} for port ${names.join(' and ')}`,
    why,
  }));
}
