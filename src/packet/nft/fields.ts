/**
 * fields: an expression of nftables → its value for a packet.
 */
import type { Ip } from '../../ip.js';
import type { Expression } from '../../tools/nft/types.js';
import { isLocal, type NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { knownDestination } from '../targets.js';

/** The value of a field; null when the packet has no such field, so that the rule does not match; undefined: unknown. */
export type Value = Ip | number | string | null | undefined;

export type Read = (flow: Flow) => Value;

/** Reads a field, which is any expression but a concatenation or a number generator. */
export function fieldOf(expression: Expression, node: NodeRules): Read {
  switch (expression.kind) {
    case 'payload':
      return payload(expression.header, expression.field);
    case 'meta':
      return META.get(expression.key) ?? unknown;
    case 'ct':
      return expression.direction === undefined ? (CT.get(expression.key) ?? unknown) : unknown;
    case 'fib':
      return expression.result === 'type' ? fibType(expression.flags, node) : unknown;
    case 'masked': {
      const [read, { mask }] = [fieldOf(expression.of, node), expression];
      return (flow) => {
        const value = read(flow);
        return typeof value === 'number' ? (value & mask) >>> 0 : undefined;
      };
    }
    case 'numgen':
    case 'concat':
    case 'unknown':
      return unknown;
  }
}

/** Whether a value depends on the destination of the packet, address or port. */
export function readsDestination(expression: Expression): boolean {
  switch (expression.kind) {
    case 'payload':
      return expression.field === 'daddr' || expression.field === 'dport';
    case 'fib':
      return expression.flags.includes('daddr');
    case 'meta':
      return expression.key === 'oif' || expression.key === 'oifname';
    case 'masked':
      return readsDestination(expression.of);
    case 'concat':
      return expression.parts.some(readsDestination);
    default:
      return false;
  }
}

const unknown: Read = () => undefined;

const FAMILY: ReadonlyMap<string, Flow['family']> = new Map([
  ['ip', 'ipv4'],
  ['ip6', 'ipv6'],
]);

/** Protocols whose header begins with the source and destination port. */
const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

/** Headers of which no field is known, and the protocol that a packet with one has. */
const OTHER_HEADERS: ReadonlyMap<string, string> = new Map([
  ['icmp', 'icmp'],
  ['icmpv6', 'ipv6-icmp'],
  ['igmp', 'igmp'],
  ['esp', 'esp'],
  ['ah', 'ah'],
]);

/** nft adds the condition that the packet has the header. */
function payload(header: string, field: string): Read {
  const family = FAMILY.get(header);
  if (family !== undefined) {
    const of = IP_FIELDS.get(field) ?? unknown;
    return (flow) => (flow.family === family ? of(flow) : null);
  }
  const of = PORT_FIELDS.get(field) ?? unknown;
  if (header === 'th') return (flow) => (WITH_PORTS.has(flow.protocol) ? of(flow) : null);
  if (!WITH_PORTS.has(header)) {
    const protocol = OTHER_HEADERS.get(header);
    return (flow) => (protocol === undefined || flow.protocol === protocol ? undefined : null);
  }
  return (flow) => (flow.protocol === header ? of(flow) : null);
}

const IP_FIELDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['saddr', ({ source }) => source],
  ['daddr', knownDestination],
  ['protocol', ({ protocol }) => protocol],
  ['nexthdr', ({ protocol }) => protocol],
]);

const PORT_FIELDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['sport', ({ sourcePort }) => sourcePort],
  ['dport', ({ destinationPort }) => destinationPort],
]);

const META: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['l4proto', ({ protocol }) => protocol],
  ['protocol', ({ family }) => (family === 'ipv4' ? 'ip' : 'ip6')],
  ['nfproto', ({ family }) => family],
  ['mark', ({ mark }) => mark],
  // A packet that this node sends has no input interface.
  ['iifname', ({ isLocal: sent, inInterface }) => (sent ? '' : inInterface)],
  ['iif', ({ isLocal: sent, inInterface }) => (sent ? '' : inInterface)],
  ['oifname', ({ outInterface }) => outInterface],
  ['oif', ({ outInterface }) => outInterface],
]);

const CT: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['state', ({ state }) => state.toLowerCase()],
  ['mark', ({ connmark }) => connmark],
  ['direction', ({ state }) => (state === 'NEW' ? 'original' : undefined)],
]);

/**
 * `fib daddr type`: only `local` and its opposite are known of an address. With `. iif` or `. oif` an address is local at the
 * interface that has it, which is not known.
 */
function fibType(flags: readonly string[], node: NodeRules): Read {
  const [side] = flags;
  const isOfInterface = flags.includes('iif') || flags.includes('oif');
  if (side !== 'saddr' && side !== 'daddr') return unknown;
  return ({ source, destination }) => {
    const ip = side === 'saddr' ? source : destination;
    if (isLocal(node, ip)) return isOfInterface ? undefined : 'local';
    const multicast = ip.family === 'ipv4' ? ((ip.bytes[0] ?? 0) & 0xf0) === 0xe0 : ip.bytes[0] === 0xff;
    return multicast ? 'multicast' : 'unicast';
  };
}

/** A value as nft writes it in an element. */
export function textOf(value: Ip | number | string): string {
  return typeof value === 'object' ? value.text : String(value);
}
