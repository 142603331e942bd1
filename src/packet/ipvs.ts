/**
 * ipvs: a virtual server takes a packet and gives it to a real server.
 */
import { type Ip, parseIp } from '../ip.js';
import { markOf, serviceOf } from '../tools/ipvs/parse.js';
import { printRealServer, printScheduling, printService } from '../tools/ipvs/print.js';
import type { OtherServer, VirtualServer, VirtualServerName } from '../tools/ipvs/types.js';
import { type Branch, type Site, stepped } from './branch.js';
import { type Fraction, fraction, times } from './fraction.js';
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

/**
 * A branch for each real server, by weight; none when no real server takes connections, and the kernel refuses them
 * (ip_vs_leave: ICMP port unreachable).
 */
export function schedule(server: VirtualServer, branch: Branch, hook: Hook): readonly Branch[] {
  const { choices, name, affinity = branch.flow.affinity } = scheduleOf(server);
  const flow = { ...branch.flow, virtualServer: name, affinity };
  return choices.map(({ ip, port, share, site }) => ({
    ...branch,
    trail: stepped(site(hook), branch),
    flow: translated(flow, ip, port),
    weight: times(branch.weight, share),
  }));
}

/** What a virtual server does with connections: the same for each. */
interface Schedule {
  readonly name: string;
  readonly affinity: string | undefined;
  readonly choices: readonly Choice[];
}

interface Choice {
  readonly ip: Ip;
  readonly port: number;
  readonly share: Fraction;
  readonly site: (hook: Hook) => Site;
}

const SCHEDULES = new WeakMap<VirtualServer, Schedule>();

function scheduleOf(server: VirtualServer): Schedule {
  const known = SCHEDULES.get(server);
  if (known) return known;
  const taking = server.realServers.filter(({ weight }) => weight > 0);
  // Round robin ignores weights other than 0; the weighted schedulers use them.
  const weightOf = ({ weight }: { readonly weight: number }) => (/^w|^sed$|^nq$/.test(server.scheduler) ? weight : 1);
  const total = taking.reduce((sum, real) => sum + weightOf(real), 0);
  const choices = taking.flatMap((real): readonly Choice[] => {
    const ip = parseIp(real.address);
    if (!ip) return [];
    const share = fraction(BigInt(weightOf(real)), BigInt(total));
    return [{ ip, port: real.port, share, site: siteOf(server, ` ${printRealServer(real)}`) }];
  });
  const made = { name: nameOf(server), affinity: server.persistence ? printService(server) : undefined, choices };
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

/** The branch of packets for which no real server takes connections. */
export function refused(server: VirtualServer, branch: Branch, hook: Hook): Branch {
  return { ...branch, trail: stepped(siteOf(server, '')(hook), branch) };
}

function siteOf(server: VirtualServer, real: string): (hook: Hook) => Site {
  const chain = printService(server);
  const text = `${chain}${printScheduling(server)}${real}`;
  return (hook) => ({ hook, table: 'ipvs', chain, rule: 0, text, owner: server.owner, passed: 0 });
}
