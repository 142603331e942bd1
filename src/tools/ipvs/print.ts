/**
 * print: virtual servers → Text, as `ipvsadm --save -n` prints them. ipvsadm knows no comments and a virtual server has
 * no name, so only its address tells its owner.
 */
import { inetNtop, joinHostPort } from '../../ip.js';
import { type JsonObject, streamed } from '../../json.js';
import { ownerName } from '../../owner.js';
import type { Line } from '../../text.js';
import type { L4Protocol } from '../l4.js';
import type { Ipvs, RealServer, VirtualServer, VirtualServerName } from './types.js';

/** Virtual servers as input for `ipvsadm --restore`. */
export function* print({ timeouts, virtualServers }: Ipvs): Generator<Line> {
  if (timeouts) yield { text: `--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}` };
  for (const server of virtualServers) {
    const { origin } = server;
    const service = printService(server);
    yield { text: `-A ${service}${printScheduling(server)}`, origin };
    for (const real of server.realServers) yield { text: `-a ${service} ${printRealServer(real)}`, origin };
  }
}

const SERVICE: Readonly<Record<L4Protocol, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' };

/** What identifies a virtual server: `-t 10.96.0.1:80`. */
export function printService({ protocol, address, port }: VirtualServerName): string {
  return `${SERVICE[protocol]} ${printHostPort({ address, port })}`;
}

/** How connections are scheduled: ` -s rr -p 60`. */
export function printScheduling({ scheduler, schedulerFlag, persistence }: VirtualServer): string {
  const flag = schedulerFlag === undefined ? '' : ` -b ${schedulerFlag}`;
  return ` -s ${scheduler}${persistence ? ` -p ${persistence.timeoutSeconds}` : ''}${flag}`;
}

/** `-r 10.0.0.1:8080 -m -w 1` */
export function printRealServer(real: RealServer): string {
  return `-r ${printHostPort(real)} -m -w ${real.weight}`;
}

/** An address and port as ipvsadm -n prints them. */
export function printHostPort({ address, port }: Pick<RealServer, 'address' | 'port'>): string {
  return joinHostPort(inetNtop(address), port);
}

/** Virtual servers as data for JSON. */
export function toData({ timeouts, virtualServers }: Ipvs): JsonObject {
  return { timeouts, virtualServers: streamed(() => serversData(virtualServers)) };
}

function* serversData(servers: readonly VirtualServer[]): Generator<JsonObject> {
  for (const { origin, owner, ...server } of servers) {
    yield { ...server, service: owner && ownerName(owner), object: origin?.object };
  }
}
