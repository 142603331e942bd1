/**
 * values: whether the value of a field is one of those that nft writes: an address, a network, a range, a name.
 */
import { contains, type Ip, parseCidr } from '../../ip.js';
import { addressesHave } from '../ranges.js';

/** Whether `value` is within the text of one value; undefined when the text is not understood. */
export function holds(text: string, value: Ip | number | string): boolean | undefined {
  if (typeof value === 'object') return addressHolds(text, value);
  if (typeof value === 'number') return numberHolds(text, value);
  const name = unquoted(text);
  if (name === '*') return true;
  if (name.endsWith('*')) return value.startsWith(name.slice(0, -1));
  return name === value || PROTOCOL_NUMBERS.get(name) === value;
}

/**
 * Whether an address of type `value` is of the type that `fib` names. Routes say what else than local or multicast an
 * address is, and they are not known: `unicast` stands for the most, and what else it may be is undefined.
 */
export function typeHolds(text: string, value: string): boolean | undefined {
  if (text === value) return true;
  return value === 'unicast' && isOfRoutes(text) ? undefined : false;
}

/** Whether only routes tell that an address is of this type. */
export function isOfRoutes(type: string): boolean {
  return !['local', 'multicast', 'unicast'].includes(type);
}

/** The types of address that only routes tell (nft's fib_addrtype). */
export const ROUTE_TYPES = ['unspec', 'broadcast', 'anycast', 'blackhole', 'unreachable', 'prohibit'] as const;

function addressHolds(text: string, ip: Ip): boolean | undefined {
  if (text === '*') return true;
  if (text === ip.text) return true;
  if (text.includes('-')) return addressesHave(text, ip);
  const cidr = parseCidr(text.includes('/') ? text : `${text}/${ip.family === 'ipv4' ? 32 : 128}`);
  return cidr && contains(cidr, ip);
}

function numberHolds(text: string, number: number): boolean | undefined {
  if (text === '*') return true;
  const [, from, to = from] = /^(0x[0-9a-f]+|\d+)(?:-(0x[0-9a-f]+|\d+))?$/i.exec(text) ?? [];
  if (from === undefined) return undefined;
  return number >= Number(from) && number <= Number(to);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

const PROTOCOL_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['132', 'sctp'],
  ['1', 'icmp'],
  ['58', 'ipv6-icmp'],
  ['icmpv6', 'ipv6-icmp'],
]);
