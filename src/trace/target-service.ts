/**
 * target-service: the name and port of a Service → its cluster IP, port and protocol.
 */
import { type Family, parseIp } from '../ip.js';
import type { Service, ServicePortSpec, Snapshot } from '../read/types.js';
import { chosen, type Destination } from './destination.js';
import { type Answered, isProblem, type L4, type Named, type Problem } from './question.js';
import { elsewhere, unnamed, type World } from './world.js';

/** The Service's cluster IP in a family of the sender, and the port. */
export function serviceDestination(
  { namespace, name, port: asked }: Named & { readonly port?: string },
  protocol: L4 | undefined,
  { snapshot }: World,
  families: readonly Family[],
): Answered<Destination> {
  if (!snapshot) return unnamed(`svc/${name}`);
  const service = serviceNamed(snapshot, { namespace, name });
  if (!service) {
    const hint = elsewhere(namesOf(snapshot.services), { namespace, name }, 'svc');
    return { problem: `there is no Service ${namespace}/${name}`, ...(hint !== undefined && { hint }) };
  }
  const port = portOf(service, asked, protocol);
  if (isProblem(port)) return port;
  const addresses = service.spec.clusterIPs.flatMap((text) => parseIp(text) ?? []);
  if (addresses.length === 0) return withoutAddress(service, port);
  return chosen(addresses, families, { port: port.port, protocol: l4(port), service: { namespace, name } });
}

function serviceNamed({ services }: Snapshot, { namespace, name }: Named): Service | undefined {
  return services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

export function namesOf(services: readonly Service[]): readonly Named[] {
  return services.map(({ metadata: { namespace, name } }) => ({ namespace, name }));
}

/** Why a Service has no cluster IP: ExternalName, headless, or none allocated. */
function withoutAddress({ metadata: { namespace, name }, spec }: Service, { port }: ServicePortSpec): Problem {
  const full = `${namespace}/${name}`;
  if (spec.type === 'ExternalName')
    return {
      problem: `Service ${full} is of type ExternalName: it is a name for ${spec.externalName}, and no rule is about it`,
      hint: 'look that name up, and trace to its address',
    };
  if (spec.clusterIPs.includes('None'))
    return {
      problem: `Service ${full} is headless: it has no address, its name leads to its endpoints`,
      hint: `trace to the name, ${name}.${namespace}:${port}, or to one of its pods`,
    };
  return {
    problem: `Service ${full} has no cluster IP`,
    hint: 'a cluster gives it one; for manifests --simulate or --service-cidr do',
  };
}

/** The port with the name or number `asked`; the only port if that is undefined. */
export function portOf(
  { metadata: { namespace, name }, spec }: Service,
  asked: string | undefined,
  protocol: L4 | undefined,
): Answered<ServicePortSpec> {
  const ports = spec.ports.filter((port) => protocol === undefined || l4(port) === protocol);
  const named =
    asked === undefined ? ports : ports.filter((port) => port.name === asked || String(port.port) === asked);
  const [only, another] = named;
  if (only && !another) return only;
  const all = spec.ports
    .map((port) => `${port.name === '' ? '' : `${port.name} `}${port.port}/${port.protocol}`)
    .join(', ');
  // A number may have several protocols, as 53 of DNS does: TCP unless --protocol names another.
  const tcp = named.find((port) => l4(port) === 'tcp');
  if (asked !== undefined && only) return tcp ?? only;
  const problem =
    asked === undefined
      ? `Service ${namespace}/${name} has ${spec.ports.length} ports, which one?`
      : `Service ${namespace}/${name} has no port ${asked}${protocol === undefined ? '' : ` of protocol ${protocol}`}`;
  return { problem, hint: all === '' ? 'it has no ports' : `its ports: ${all}; write svc/${name}:PORT` };
}

/** The protocol in lower case, as iptables writes it. */
export function l4({ protocol }: Pick<ServicePortSpec, 'protocol'>): L4 {
  return protocol.toLowerCase() as L4;
}
