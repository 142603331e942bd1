/**
 * explain: clients × addresses → the verdict for each pair. The evaluator runs the compiled rules of the node, so the
 * matrix does not depend on the other checks.
 */
import { joinHostPort, parseIp } from '../ip.js';
import type { Options } from '../options.js';
import type { PacketClass } from '../packet/packet.js';
import { type Answer, answerOf } from '../packet/verdict.js';
import type { Frontend, NodeContext, ServicePort } from '../resolve/types.js';
import type { About } from './about.js';
import { type Client, clientsOf } from './clients.js';
import { type Gate, gateOf } from './gate.js';
import { nodeAddress, type OnNode } from './on-nodes.js';
import type { Cell, Matrix } from './types.js';

/** One matrix for each port, family, and group of nodes with equal verdicts. */
export function matricesOf(
  about: About,
  nodes: readonly OnNode[],
  options: Options,
  gate = gateOf(about),
): readonly Matrix[] {
  const groups = new Map<string, { matrix: Matrix; names: string[] }>();
  for (const on of nodes) {
    for (const { context, ports } of on.families) {
      for (const port of ports) {
        const cells = cellsOf({ about, options, gate }, on, context, port);
        const label = portLabel(port);
        // Example addresses of clients differ between nodes, so they are not compared.
        const key = JSON.stringify([label, cells.map(({ from: _, ...cell }) => cell)]);
        const known = groups.get(key);
        if (known) known.names.push(nameOf(on.node, nodes.length));
        else {
          const addresses = [...new Set(cells.map(({ address }) => address))];
          groups.set(key, {
            matrix: { nodes: [], port: label, addresses, cells },
            names: [nameOf(on.node, nodes.length)],
          });
        }
      }
    }
  }
  return [...groups.values()].map(({ matrix, names }) => ({ ...matrix, nodes: names }));
}

function nameOf(node: string, asked: number): string {
  return node !== '' ? node : asked === 1 ? 'any node' : 'a node without endpoints';
}

/** `http 80/TCP, IPv4` */
export function portLabel({ name, family, frontends }: ServicePort): string {
  const number = frontends[0]?.port ?? 0;
  const called = name.port === '' ? '' : `${name.port} `;
  return `${called}${number}/${name.protocol}, ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`;
}

interface Asked {
  readonly about: About;
  readonly options: Options;
  readonly gate: Gate | undefined;
}

function cellsOf(
  { about, options, gate }: Asked,
  on: OnNode,
  context: NodeContext,
  port: ServicePort,
): readonly Cell[] {
  const clients = clientsOf(about, context, port, options);
  return port.frontends.flatMap((frontend) =>
    clients
      .filter(({ balanced }) => !balanced || frontend.kind === 'LoadBalancerIP' || isDelivered(about, frontend))
      .map((client) => cellOf(gate, on, context, port, frontend, client)),
  );
}

/** A load balancer with ipMode Proxy, or with only a hostname, sends to node ports. */
function isDelivered({ service }: About, { kind }: Frontend): boolean {
  const { ingress } = service.status.loadBalancer;
  return kind === 'NodePort' && ingress.some(({ ip, ipMode }) => ip === undefined || ipMode === 'Proxy');
}

function cellOf(
  gate: Gate | undefined,
  on: OnNode,
  context: NodeContext,
  port: ServicePort,
  frontend: Frontend,
  client: Client,
): Cell {
  const address = `${LABELS[frontend.kind]} ${joinHostPort(frontend.ip ?? '*', frontend.port)}`;
  const base = { client: client.name, from: client.ip.text, address };
  // The health check of a node without a local endpoint fails, so the load balancer does not use the node.
  if (client.balanced && port.healthCheckNodePort !== undefined && port.endpoints.local.length === 0)
    return { ...base, gets: 'not sent here', endpoints: 0, sourceKept: 0 };
  const packet = packetOf(on, context, port, frontend, client);
  const answer = packet && answerOf(on.evaluator.evaluate(packet));
  if (!answer) return { ...base, ...UNKNOWN };
  const reached = answer.results.flatMap(({ address, port, masquerade }) =>
    address === undefined || port === undefined ? [] : [{ address, port, masquerade }],
  );
  const policy = gate?.cell(client, context, port, reached);
  return { ...base, ...resultOf(answer), ...(policy && { policy }) };
}

const UNKNOWN = { gets: 'unknown', endpoints: 0, sourceKept: 0 } as const;

const LABELS = {
  ClusterIP: 'cluster IP',
  ExternalIP: 'external IP',
  LoadBalancerIP: 'load balancer',
  NodePort: 'node port',
} as const;

/** The first packet of a connection. */
export function packetOf(
  { evaluator }: Pick<OnNode, 'evaluator'>,
  context: NodeContext,
  port: ServicePort,
  frontend: Frontend,
  { ip, inInterface }: Client,
): PacketClass | undefined {
  const destination = parseIp(frontend.ip ?? nodeAddress(context));
  if (!destination || destination.family !== ip.family) return undefined;
  // Linux uses the destination as source for packets from a node to one of its own addresses.
  const isOwn = inInterface === undefined && evaluator.isLocal(destination);
  return {
    family: ip.family,
    source: isOwn ? destination : ip,
    destination,
    protocol: port.name.protocol.toLowerCase(),
    sourcePort: 40000,
    destinationPort: frontend.port,
    ...(inInterface !== undefined && { inInterface }),
  };
}

function resultOf({ results, depends }: Answer): Pick<Cell, 'gets' | 'endpoints' | 'sourceKept'> {
  if (depends.length > 0 || results.length === 0) return UNKNOWN;
  const reached = results.filter(({ verdict }) => verdict === 'DNAT');
  const endpoints = new Set(reached.map(({ address, port }) => `${address} ${port}`)).size;
  const sourceKept = reached.filter(({ masquerade }) => !masquerade).length;
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  const [verdict = 'UNKNOWN'] = verdicts;
  return { gets: verdicts.size > 1 ? 'mixed' : GETS[verdict], endpoints, sourceKept };
}

const GETS = {
  DNAT: 'endpoints',
  REJECT: 'refused',
  DROP: 'dropped',
  ACCEPT: 'not translated',
  NONE: 'not translated',
  UNKNOWN: 'unknown',
} as const;
