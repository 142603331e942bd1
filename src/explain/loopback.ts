/**
 * explain: a loopback address and a port → the Services that have it as a node port, and whether the node serves it there.
 * That is for the rules of the proxy mode to say: localhostNodePorts, nodePortAddresses and the relay decide about it.
 */
import { type Ip, specialUse } from '../ip.js';
import type { Options } from '../options.js';
import { answerOf } from '../packet/verdict.js';
import { keyOf, type Service, type Snapshot } from '../read/types.js';
import type { NodeContext, ServicePort } from '../resolve/types.js';
import type { Claim } from './address.js';
import { nodesToAsk, type OnNode, onNode, partOf } from './on-nodes.js';

/** How the nodes are served. */
export interface Proxy {
  readonly options: Options;
  readonly layout?: string | undefined;
}

/** None for other addresses. All nodes have the same loopback addresses, so one node answers for all. */
export function loopbackClaims(snapshot: Snapshot, ip: Ip, port: number | undefined, proxy: Proxy): readonly Claim[] {
  if (specialUse(ip) !== 'loopback') return [];
  const own: Claim = { kind: 'Node', text: 'loopback address of each node' };
  const asked = snapshot.services.filter(
    ({ spec }) =>
      port !== undefined && (spec.healthCheckNodePort === port || spec.ports.some(({ nodePort }) => nodePort === port)),
  );
  return [own, ...asked.flatMap((service) => claimOf(snapshot, service, ip, port ?? 0, proxy))];
}

function claimOf(
  snapshot: Snapshot,
  service: Service,
  ip: Ip,
  port: number,
  { options, layout }: Proxy,
): readonly Claim[] {
  const [node = ''] = nodesToAsk({ snapshot, service }, options);
  const on = onNode(partOf(snapshot, service), service, node, options, layout);
  if (!on) return [];
  const isChecked = service.spec.healthCheckNodePort === port;
  const isServed = on.families.some(({ context, ports }) =>
    isChecked ? listens(context, ip) : ports.some((each) => isTaken(on, ip, port, each)),
  );
  const what = isChecked ? 'the health check node port' : 'a node port';
  const text = `${port} is ${what} of Service ${keyOf(service)}`;
  if (isServed) return [{ kind: 'Service', text, service }];
  return [{ kind: 'Service', text: `${text}, which is not served there`, service, unserved: true }];
}

/** Health checks are served at the addresses of node ports; where that is all, by a listener of all, loopback too. */
function listens({ nodePorts }: NodeContext, { text }: Ip): boolean {
  return nodePorts.on === 'local-addresses' || nodePorts.addresses.includes(text);
}

/** Whether a rule of a Service takes what the node sends to itself. */
function isTaken({ evaluator }: OnNode, destination: Ip, destinationPort: number, asked: ServicePort): boolean {
  if (!asked.frontends.some(({ ip, port }) => ip === undefined && port === destinationPort)) return false;
  const { results } = answerOf(
    evaluator.evaluate({
      family: destination.family,
      source: destination,
      destination,
      protocol: asked.name.protocol.toLowerCase(),
      sourcePort: 40000,
      destinationPort,
    }),
  );
  return results.some(({ verdict }) => verdict === 'DNAT' || verdict === 'REJECT' || verdict === 'DROP');
}
