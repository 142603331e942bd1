/**
 * ipvs: a virtual server takes a packet and gives it to a real server.
 */
import { parseIp } from '../ip.js';
import { printRealServer, printScheduling, printService } from '../tools/ipvs/print.js';
import type { VirtualServer } from '../tools/ipvs/types.js';
import { type Branch, stepped, type Trail } from './branch.js';
import { fraction, times } from './fraction.js';
import type { Hook } from './hooks.js';
import type { Flow } from './packet.js';
import { translated } from './targets.js';

/** Virtual servers by protocol, address and port. */
export function serversOf(servers: readonly VirtualServer[]): (flow: Flow) => VirtualServer | undefined {
  const byName = new Map(servers.map((server) => [nameOf(server), server]));
  return ({ protocol, destination, destinationPort: port = 0 }) =>
    byName.get(`${protocol} ${destination.text} ${port}`);
}

function nameOf({ protocol, address, port }: Pick<VirtualServer, 'protocol' | 'address' | 'port'>): string {
  return `${protocol} ${address} ${port}`;
}

/**
 * A branch for each real server, by weight; none when no real server takes connections, and the kernel refuses them
 * (ip_vs_leave: ICMP port unreachable).
 */
export function schedule(server: VirtualServer, branch: Branch, hook: Hook): readonly Branch[] {
  const taking = server.realServers.filter(({ weight }) => weight > 0);
  // Round robin ignores weights other than 0; the weighted schedulers use them.
  const weightOf = ({ weight }: { readonly weight: number }) => (/^w|^sed$|^nq$/.test(server.scheduler) ? weight : 1);
  const total = taking.reduce((sum, real) => sum + weightOf(real), 0);
  return taking.flatMap((real) => {
    const ip = parseIp(real.address);
    if (!ip) return [];
    const trail = trailOf(server, branch, hook, ` ${printRealServer(real)}`);
    const flow = { ...translated(branch.flow, ip, real.port), virtualServer: nameOf(server), isDestinationSet: true };
    return [
      {
        ...branch,
        trail,
        flow: server.persistence ? { ...flow, affinity: printService(server) } : flow,
        weight: times(branch.weight, fraction(BigInt(weightOf(real)), BigInt(total))),
      },
    ];
  });
}

/** The branch of packets for which no real server takes connections. */
export function refused(server: VirtualServer, branch: Branch, hook: Hook): Branch {
  return { ...branch, trail: trailOf(server, branch, hook) };
}

function trailOf(server: VirtualServer, branch: Branch, hook: Hook, real = ''): Trail {
  const chain = printService(server);
  const text = `${chain}${printScheduling(server)}${real}`;
  return stepped({ hook, table: 'ipvs', chain, rule: 0, text, owner: server.owner, passed: 0 }, branch);
}
