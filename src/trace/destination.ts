/**
 * destination: where a packet is sent, and the choice of its family.
 */
import type { Try } from '../discover/dns/lookup.js';
import type { Family, Ip } from '../ip.js';
import type { Answered, L4, Named } from './question.js';

/** Where the packet is sent. */
export interface Destination {
  readonly ip: Ip;
  readonly port: number;
  readonly protocol: L4;
  /** The names that were asked for, of a DNS name. */
  readonly lookup?: readonly Try[];
  /** A Service was asked for by its name. */
  readonly service?: Named;
  readonly notes: readonly string[];
}

/** The first address that the sender can send to. */
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
