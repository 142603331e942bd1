/**
 * sets: whether an ipset has a packet as a member: one lookup by address and port, whatever the set's size.
 */
import { type Cidr, contains, type Ip, parseCidr } from '../ip.js';
import type { OtherSet } from '../tools/ipset/parse.js';
import type { IpSet } from '../tools/ipset/types.js';
import type { Membership } from './membership.js';
import { otherMembership } from './other-sets.js';
import type { Flow } from './packet.js';
import { knownDestination } from './targets.js';

/** The membership test of each set, made at its first use; undefined of a set that is not there or not known. */
export function membershipsOf(
  sets: readonly IpSet[],
  others: readonly OtherSet[] = [],
): (name: string) => Membership | undefined {
  const byName = new Map<string, () => Membership | undefined>([
    ...others.map((set) => [set.name, () => otherMembership(set, find)] as const),
    ...sets.map((set) => [set.name, () => membership(set)] as const),
  ]);
  const made = new Map<string, Membership | undefined>();
  const find = (name: string): Membership | undefined => {
    if (made.has(name)) return made.get(name);
    // A list of sets that leads to itself, which the kernel refuses.
    made.set(name, undefined);
    const known = byName.get(name)?.();
    made.set(name, known);
    return known;
  };
  return find;
}

function membership({ type, family, entries }: IpSet): Membership {
  if (type === 'bitmap:port') {
    const ports = new Set(entries.map(({ port }) => port));
    // The kernel reads the ports of TCP and UDP only (ip_set_get_ip_port).
    return (flow, [side = 'dst']) => isTcpOrUdp(flow) && ports.has(portOf(flow, side));
  }
  const third = type === 'hash:ip,port,ip' || type === 'hash:ip,port,net';
  const members = new Map<string, Cidr[] | true>();
  for (const { ip, protocol, port, source } of entries) {
    const key = type === 'hash:ip' ? `${ip}` : `${ip},${protocol}:${port}`;
    if (!third) members.set(key, true);
    else {
      const list = members.get(key);
      const cidr = parseCidr(source?.includes('/') ? source : `${source}/${family === 'ipv4' ? 32 : 128}`);
      if (!cidr) continue;
      if (Array.isArray(list)) list.push(cidr);
      else members.set(key, [cidr]);
    }
  }
  const dimensions = type.split(',').length;
  return (flow, sides) => {
    // A rule that names fewer sides than the set has parts never matches (ip_set_test), though iptables takes it.
    if (flow.family !== family || sides.length < dimensions) return false;
    const [first = 'dst', second = first, last = first] = sides;
    if (sides.includes('dst') && !knownDestination(flow)) return undefined;
    const { text } = addressOf(flow, first);
    const found = members.get(type === 'hash:ip' ? text : `${text},${flow.protocol}:${portOf(flow, second)}`);
    return Array.isArray(found) ? found.some((cidr) => contains(cidr, addressOf(flow, last))) : found === true;
  };
}

function addressOf(flow: Flow, side: 'src' | 'dst'): Ip {
  return side === 'src' ? flow.source : flow.destination;
}

function portOf(flow: Flow, side: 'src' | 'dst'): number | undefined {
  return side === 'src' ? flow.sourcePort : flow.destinationPort;
}

function isTcpOrUdp({ protocol }: Flow): boolean {
  return protocol === 'tcp' || protocol === 'udp';
}
