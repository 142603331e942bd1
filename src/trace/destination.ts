/**
 * destination: the address, port and protocol that a packet is sent to, in an address family that the sender has.
 */
import type { Try } from '../discover/dns/lookup.js';
import type { Family, Ip } from '../ip.js';
import type { Answered, L4, Named } from './question.js';

export interface Destination {
  readonly ip: Ip;
  readonly port: number;
  readonly protocol: L4;
  /** The DNS queries and their results; absent unless the user gave a DNS name. */
  readonly lookup?: readonly Try[];
  /** The Service, if the user gave its name or its DNS name. */
  readonly service?: Named;
  readonly notes: readonly string[];
}

/** The destination with the first address of a family that the sender has. */
export function chosen(
  addresses: readonly Ip[],
  families: readonly Family[],
  rest: Omit<Destination, 'ip' | 'notes'> & { readonly notes?: readonly string[] },
): Answered<Destination> {
  const ip = addresses.find(({ family }) => families.includes(family));
  if (ip) return { notes: [], ...rest, ip };
  const [first] = addresses;
  const other = first?.family === 'ipv6' ? 'IPv6' : 'IPv4';
  return {
    problem: `${first?.text} is an ${other} address, and the sender has none to send from`,
    hint: 'send from another address',
  };
}
