/**
 * ipvs: a virtual server takes a packet and gives it to a real server.
 */
import { type Ip, parseIp } from '../ip.js';
import { markOf, serviceOf } from '../tools/ipvs/parse.js';
import { printRealServer, printScheduling, printService } from '../tools/ipvs/print.js';
import type { OtherServer, RealServer, VirtualServer, VirtualServerName } from '../tools/ipvs/types.js';
import { type Branch, type Site, stepped } from './branch.js';
import { type Fraction, fraction, ONE, times } from './fraction.js';
import type { Hook } from './hooks.js';
import type { Flow } from './packet.js';
import { translated } from './targets.js';

/** What takes a packet: a virtual server, or one of which only the lines are known. */
export type Taker = VirtualServer | OtherServer;

/** In the order of ip_vs_service_find: by firewall mark, by protocol, address and port, and with port 0 for all ports. */
export function takersOf(
  servers: readonly VirtualServer[],
  others: readonly OtherServer[] = [],
): (flow: Flow) => Taker | undefined {
  const byName = new Map<string, Taker>(servers.map((server) => [nameOf(server), server]));
  for (const other of others) for (const name of otherNames(other)) byName.set(name, other);
  const find = ({ protocol, destination, destinationPort: port = 0 }: Flow) =>
    byName.get(`${protocol} ${destination.text} ${port}`);
  if (others.length === 0) return find;
  return (flow) =>
    byName.get(`${flow.family} ${flow.mark}`) ??
    find(flow) ??
    byName.get(`${flow.protocol} ${flow.destination.text} 0`);
}

function otherNames({ line }: OtherServer): readonly string[] {
  const [mark, service] = [markOf(line), serviceOf(line)];
  return [...(mark ? [`${mark.family} ${mark.mark}`] : []), ...(service ? [nameOf(service)] : [])];
}

function nameOf({
  protocol,
  address,
  port,
}: Pick<VirtualServerName, 'address' | 'port'> & { readonly protocol: string }): string {
  return `${protocol} ${address} ${port}`;
}

/** What becomes of the packets of a virtual server. */
export interface Scheduled {
  /** A branch for each real server, by weight. */
  readonly given: readonly Branch[];
  /** Those for which no real server takes connections: the kernel refuses them (ip_vs_leave: ICMP port unreachable). */
  readonly refused: readonly Branch[];
}

/** Gives a branch to the real servers of a virtual server. */
export function schedule(server: VirtualServer, branch: Branch, hook: Hook): Scheduled {
  const { choices, closed, name, affinity = branch.flow.affinity } = scheduleOf(server);
  if (choices.length === 0)
    return { given: [], refused: [{ ...branch, trail: stepped(siteOf(server, '')(hook), branch) }] };
  const flow = { ...branch.flow, virtualServer: name, affinity };
  const { depends } = branch;
  const refused = closed
    ? [{ ...branch, trail: stepped(closed.site(hook), branch), depends: [...depends, closed.condition] }]
    : [];
  const passed = closed ? [...depends, `not ${closed.condition}`] : depends;
  const given = choices.map(({ ip, port, share, site, condition }) => ({
    ...branch,
    trail: stepped(site(hook), branch),
    flow: translated(flow, ip, port),
    weight: times(branch.weight, share),
    depends: condition === undefined ? passed : [...depends, condition],
  }));
  return { given, refused };
}

/** What a virtual server does with connections: the same for each. */
interface Schedule {
  readonly name: string;
  readonly affinity: string | undefined;
  readonly choices: readonly Choice[];
  /** That a packet is hashed to a real server with weight 0, or finds all full; undefined if none can be. */
  readonly closed: { readonly condition: string; readonly site: (hook: Hook) => Site } | undefined;
}

interface Choice {
  readonly ip: Ip;
  readonly port: number;
  readonly share: Fraction;
  /** That this one gets the connection, where it gets all or none. */
  readonly condition: string | undefined;
  readonly site: (hook: Hook) => Site;
}

const SCHEDULES = new WeakMap<VirtualServer, Schedule>();

function scheduleOf(server: VirtualServer): Schedule {
  const known = SCHEDULES.get(server);
  if (known) return known;
  const taking = takingOf(server);
  const weightOf = ({ weight }: RealServer) => (UNWEIGHTED.has(server.scheduler) ? 1 : weight);
  const total = taking.reduce((sum, real) => sum + weightOf(real), 0);
  const isOne = TO_ONE.has(server.scheduler) && (taking.length > 1 || server.scheduler === 'ovf');
  const choices = taking.flatMap((real): readonly Choice[] => {
    const ip = parseIp(real.address);
    if (!ip) return [];
    const share = isOne ? ONE : fraction(BigInt(weightOf(real)), BigInt(total));
    const condition = isOne ? `${printService(server)} -s ${server.scheduler} picks${textOf(real)}` : undefined;
    return [{ ip, port: real.port, share, condition, site: siteOf(server, textOf(real)) }];
  });
  const affinity = server.persistence ? printService(server) : undefined;
  const made = { name: nameOf(server), affinity, choices, closed: closedOf(server) };
  SCHEDULES.set(server, made);
  return made;
}

/** The branch of packets for a virtual server that vipc cannot read: where they go depends on it. */
export function undecided({ line }: OtherServer, branch: Branch, hook: Hook): Branch {
  const chain = line.replace(/^-A (.*) -s .*$/, '$1');
  const trail = stepped({ hook, table: 'ipvs', chain, rule: 0, text: line, owner: undefined, passed: 0 }, branch);
  const { flow, depends } = branch;
  const at = { protocol: flow.protocol, address: flow.destination.text, port: flow.destinationPort ?? 0 };
  return { ...branch, trail, flow: { ...flow, virtualServer: nameOf(at) }, depends: [...depends, line] };
}

/** They ask only whether a weight is above 0 (ip_vs_rr.c, ip_vs_lc.c). */
const UNWEIGHTED: ReadonlySet<string> = new Set(['rr', 'lc']);

/**
 * They give all connections to one address, or all of a while, to one real server: by a hash of the address and the order in
 * which servers were added (ip_vs_dh.c), that of the fewest connections at the first packet (ip_vs_lblc.c, ip_vs_lblcr.c), the
 * heaviest (ip_vs_fo.c), or the heaviest that has no more connections than weight (ip_vs_ovf.c). Which it is no dump has, as
 * ipvsadm sorts what it saves.
 */
const TO_ONE: ReadonlySet<string> = new Set(['dh', 'lblc', 'lblcr', 'fo', 'ovf']);

/** The real servers that may get connections; of equally heavy ones fo takes the one that was added last. */
function takingOf({ scheduler, realServers }: VirtualServer): readonly RealServer[] {
  const taking = realServers.filter(({ weight }) => weight > 0);
  const heaviest = taking.reduce((most, { weight }) => Math.max(most, weight), 0);
  return scheduler === 'fo' ? taking.filter(({ weight }) => weight === heaviest) : taking;
}

/**
 * A server that got weight 0 keeps its part of their table, whose connections are refused unless the flag fallback asks
 * for another server (ip_vs_sh_get, ip_vs_dh_schedule; in ip_vs_mh.c the part of its last weight, which no dump has).
 */
const HASHED: ReadonlySet<string> = new Set(['sh', 'dh', 'mh']);

function closedOf(server: VirtualServer): Schedule['closed'] {
  const { scheduler, schedulerFlag = '', realServers } = server;
  if (scheduler === 'ovf')
    return { condition: `${printService(server)} -s ovf finds no room`, site: siteOf(server, '') };
  if (!HASHED.has(scheduler) || schedulerFlag.includes('-fallback')) return undefined;
  const [first, ...more] = realServers.filter(({ weight }) => weight === 0);
  if (!first) return undefined;
  const others = more.length === 0 ? '' : ` or ${more.length} more with weight 0`;
  return {
    condition: `${printService(server)} -s ${scheduler} hashes it to${textOf(first)}${others}`,
    site: siteOf(server, textOf(first)),
  };
}

function textOf(real: RealServer): string {
  return ` ${printRealServer(real)}`;
}

function siteOf(server: VirtualServer, real: string): (hook: Hook) => Site {
  const chain = printService(server);
  const text = `${chain}${printScheduling(server)}${real}`;
  return (hook) => ({ hook, table: 'ipvs', chain, rule: 0, text, owner: server.owner, passed: 0 });
}
