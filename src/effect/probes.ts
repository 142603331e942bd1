/**
 * probes: a ServicePort → the packets that tell what becomes of its clients: to each of its addresses, from each kind of
 * client that its rules may treat differently.
 */
import { type Cidr, contains, type Family, type Ip, ipOf, parseIp } from '../ip.js';
import type { PacketClass } from '../packet/packet.js';
import { type Frontend, formatServicePortName, type NodeContext, type ServicePort } from '../resolve/types.js';
import { clientsIn } from './ranges.js';

/** A kind of client. */
export interface Client {
  /** `pods of this node`, `this node`, `outside`, or a network that source ranges name. */
  readonly label: string;
  readonly isRange: boolean;
}

/** One packet, and what it stands for. */
export interface Probe {
  readonly service: string;
  readonly family: Family;
  /** `ClusterIP 10.96.0.1:80` */
  readonly frontend: string;
  readonly address: string;
  readonly client: Client;
  readonly packet: PacketClass;
}

/** What the rules of one node and family are probed with. */
export interface ProbedNode {
  readonly node: NodeContext;
  readonly ports: readonly ServicePort[];
}

/**
 * By ServicePort, the probes of the ServicePorts that either side has; `isAsked` leaves the others out, and `rangesOf` has
 * source ranges beside those of either side.
 */
export function probesOf(
  before: ProbedNode | undefined,
  after: ProbedNode | undefined,
  isAsked: (port: ServicePort) => boolean,
  rangesOf: (port: ServicePort) => readonly Cidr[],
): ReadonlyMap<string, readonly Probe[]> {
  const node = (after ?? before)?.node;
  const found = new Map<string, Probe[]>();
  if (!node) return found;
  const sides = [before, after].flatMap((side) => side?.ports ?? []);
  const byService = new Map<string, ServicePort[]>();
  for (const port of sides) {
    const name = `${formatServicePortName(port.name)} ${port.name.protocol}`;
    if (!isAsked(port)) continue;
    const list = byService.get(name);
    if (list) list.push(port);
    else byService.set(name, [port]);
  }
  for (const [name, ports] of byService) found.set(name, probesFor(node, ports, ports.slice(0, 1).flatMap(rangesOf)));
  return found;
}

function probesFor(node: NodeContext, ports: readonly ServicePort[], further: readonly Cidr[]): Probe[] {
  const [first] = ports;
  const frontends = new Map<string, Frontend[]>();
  for (const frontend of ports.flatMap((port) => port.frontends)) {
    const key = `${frontend.kind} ${frontend.ip ?? node.ip.text} ${frontend.port}`;
    const list = frontends.get(key);
    if (list) list.push(frontend);
    else frontends.set(key, [frontend]);
  }
  return [...frontends.values()].flatMap((both) => {
    const [{ kind, ip = node.ip.text, port } = { kind: '', port: 0 }] = both;
    const destination = parseIp(ip);
    if (!first || !destination) return [];
    const address = destination.family === 'ipv6' ? `[${ip}]:${port}` : `${ip}:${port}`;
    const own = both.flatMap(({ sourceRanges }) => sourceRanges?.ranges ?? []);
    const ranges = [...own, ...further.filter((range) => range.family === node.family && !isOfPods(node, range))];
    return clientsOf(node, ranges, destination).map(
      ({ source, inInterface, ...client }): Probe => ({
        service: formatServicePortName(first.name),
        family: node.family,
        frontend: `${kind} ${address}`,
        address,
        client,
        packet: {
          family: node.family,
          source,
          destination,
          protocol: first.name.protocol.toLowerCase(),
          sourcePort: 40000,
          destinationPort: port,
          ...(inInterface !== undefined && { inInterface }),
        },
      }),
    );
  });
}

/** An interface that no rule names. */
const WIRE = 'eth0';

function clientsOf(
  node: NodeContext,
  ranges: readonly Cidr[],
  destination: Ip,
): readonly (Client & { readonly source: Ip; readonly inInterface?: string })[] {
  const pod = podOf(node);
  return [
    ...(pod ? [{ label: 'pods of this node', isRange: false, ...pod }] : []),
    // A node sends to its own addresses from these.
    {
      label: 'this node',
      isRange: false,
      source: node.addresses.includes(destination.text) ? destination : node.ip,
    },
    ...clientsIn(ranges).map((each) => ({ ...each, isRange: true, inInterface: WIRE })),
    { label: 'outside', isRange: false, source: outside(node.family, ranges), inInterface: WIRE },
  ];
}

function podOf({ podTraffic, family }: NodeContext): { readonly source: Ip; readonly inInterface: string } | undefined {
  switch (podTraffic?.kind) {
    case undefined:
      return undefined;
    case 'source':
      return { source: within(podTraffic.cidr, 250), inInterface: 'pod' };
    case 'interface':
      return { source: outside(family, []), inInterface: podTraffic.name };
    case 'interface-prefix':
      return { source: outside(family, []), inInterface: `${podTraffic.prefix}0` };
  }
}

/** Whether a network is the one that tells pods, which have a probe of their own. */
function isOfPods({ podTraffic }: NodeContext, { text }: Cidr): boolean {
  return podTraffic?.kind === 'source' && podTraffic.cidr.text === text;
}

/** The address in a network that is so far behind its first, or the first in a small one. */
function within({ bytes, prefix }: Cidr, offset: number): Ip {
  const room = bytes.length * 8 - prefix;
  const last = bytes.length - 1;
  return ipOf(bytes.map((byte, i) => (i === last && room >= 8 ? byte + offset : byte)));
}

/** An address of documentation (RFC 5737, 3849) that is in none of `ranges`. */
function outside(family: Family, ranges: readonly Cidr[]): Ip {
  const candidates =
    family === 'ipv4' ? ['192.0.2', '198.51.100', '203.0.113', '100.64.0'] : ['2001:db8:ff', '3fff:fff', '2001:4860'];
  const found = candidates
    .map((prefix) => parseIp(family === 'ipv4' ? `${prefix}.222` : `${prefix}::de`))
    .find((ip) => ip && ranges.every((range) => !contains(range, ip)));
  return (
    found ?? ipOf(family === 'ipv4' ? [192, 0, 2, 222] : [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 0xde])
  );
}
