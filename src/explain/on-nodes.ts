/**
 * explain: Snapshot × Service → its ServicePorts on each node, and an evaluator of the compiled rules. Only the Service
 * and the Services that share an address with it are compiled, because a cluster may have thousands.
 */
import type { Resolved } from '../backends/backend.js';
import type { Ip } from '../ip.js';
import type { Options } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import { type Evaluator, newEvaluator } from '../packet/evaluate.js';
import { type Compiled, compileSnapshot, resolveFamilies } from '../pipeline.js';
import { keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';

/** The ServicePorts of a Service on one node. */
export interface Served {
  /** `''` stands for a node that is not in the input. */
  readonly node: string;
  readonly families: readonly { readonly context: NodeContext; readonly ports: readonly ServicePort[] }[];
}

/** The same, with an evaluator of its rules. */
export interface OnNode extends Served {
  readonly evaluator: Evaluator;
  readonly compiled: Compiled;
}

/** The most nodes whose rules are compiled and evaluated: each takes time, and a longer matrix is hard to read. */
export const MOST_NODES = 50;

/** The node of the options; else all Nodes; without Nodes, those that endpoints name and `''`. */
export function nodesToAsk(
  { snapshot, service }: { snapshot: Snapshot; service: Service },
  options: Options,
): readonly string[] {
  if (options.nodeName !== '') return [options.nodeName];
  const known = snapshot.nodes.map(({ metadata }) => metadata.name).sort();
  if (known.length > 0) return known;
  const its = snapshot.slices.filter((slice) => serviceOf(slice) === keyOf(service));
  const used = its.flatMap(({ endpoints }) => endpoints.flatMap(({ nodeName }) => nodeName ?? []));
  return [...[...new Set(used)].sort(), ''];
}

/** Documentation addresses for a node whose own address is unknown (RFC 5737, RFC 3849). */
const STAND_IN = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' } as const;

/** The snapshot with only `service` and the Services that share an address or a node port with it. */
export function partOf(snapshot: Snapshot, service: Service): Snapshot {
  const services = withRivals(snapshot, service);
  const names = new Set(services.map(keyOf));
  return { ...snapshot, services, slices: snapshot.slices.filter((slice) => names.has(serviceOf(slice) ?? '')) };
}

/** Keeps only the Node `node`: several Nodes with `''` as name would be an error; without Nodes it is allowed. */
function seenFrom(part: Snapshot, node: string): Snapshot {
  return { ...part, nodes: part.nodes.filter(({ metadata }) => metadata.name === node) };
}

/** The ServicePorts of `service` on `node`. */
export function servedOn(part: Snapshot, service: Service, node: string, options: Options): Served {
  const { value } = resolveFamilies(seenFrom(part, node), { ...options, nodeName: node });
  return { node, families: ownOf(service, value) };
}

/** The same, with an evaluator of the compiled rules; undefined when they cannot be compiled. */
export function onNode(
  part: Snapshot,
  service: Service,
  node: string,
  options: Options,
  layout?: string,
): OnNode | undefined {
  const { value } = compileSnapshot(
    seenFrom(part, node),
    { ...options, nodeName: node },
    { skipInvalid: true, layout },
  );
  if (!value) return undefined;
  const families = ownOf(service, value.resolved);
  const addresses = families.flatMap(({ context }) => [nodeAddress(context), ...context.addresses]);
  const evaluator = newEvaluator(rulesOf(value.desired, [...addresses, ...options.nodeAddresses]));
  return { node, families, evaluator, compiled: value };
}

function ownOf(service: Service, resolved: readonly Resolved[]): Served['families'] {
  return resolved.map(({ node: context, ports }) => ({
    context,
    ports: ports.filter(({ name }) => `${name.namespace}/${name.service}` === keyOf(service)),
  }));
}

/** The address of the node that clients use for its node ports. */
export function nodeAddress({ ip, family, nodePorts }: NodeContext): string {
  const [first] = nodePorts.on === 'addresses' ? nodePorts.addresses : [];
  return first ?? (isLoopback(ip) ? STAND_IN[family] : ip.text);
}

function isLoopback({ family, bytes, text }: Ip): boolean {
  return family === 'ipv4' ? bytes[0] === 127 : text === '::1';
}

function withRivals({ services }: Snapshot, service: Service): readonly Service[] {
  const mine = new Set(addressesOf(service));
  return services.filter((other) => other === service || addressesOf(other).some((address) => mine.has(address)));
}

function addressesOf({ spec, status }: Service): readonly string[] {
  const balancers = status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []);
  const nodePorts = spec.ports.flatMap(({ nodePort }) => (nodePort === 0 ? [] : `node port ${nodePort}`));
  return [...spec.clusterIPs.filter((ip) => ip !== 'None'), ...spec.externalIPs, ...balancers, ...nodePorts];
}
