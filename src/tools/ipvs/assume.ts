/**
 * assume: the presumed virtual servers between two reads: those that were programmed, and the real servers that were left
 * until their last connection ends.
 */
import type { ObservedIpvs } from './diff.js';
import { printService } from './print.js';
import type { Ipvs } from './types.js';

/** A node on which `desired` was programmed, and `left` have real servers beside it. */
export function assume({ saved: left }: ObservedIpvs, { virtualServers, timeouts }: Ipvs): ObservedIpvs {
  const more = new Map(left.virtualServers.map((server) => [printService(server), server.realServers]));
  const all = virtualServers.map((server) => {
    const others = more.size === 0 ? undefined : more.get(printService(server));
    return others ? { ...server, realServers: [...server.realServers, ...others] } : server;
  });
  return { saved: { virtualServers: all, others: [] }, connections: [], timeouts };
}
