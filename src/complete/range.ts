/**
 * complete, part: the addresses of a network by their place in it, and the bands that an API server allocates from.
 */
import type { Cidr, Ip } from '../ip.js';
import { ipOf } from '../ip.js';

/** Places from 0 to `size` - 1. Places from `reserved` on (the dynamic band) are allocated first. */
export interface Range {
  readonly size: number;
  /** The size of the static band at the front, kept for Services that ask for a particular value. */
  readonly reserved: number;
}

/** The usable addresses of a network. */
export interface AddressRange extends Range {
  readonly cidr: Cidr;
}

/** Higher places are never used, so that a place is an exact number in JavaScript. */
const MAX_SIZE = 2 ** 48;

/**
 * The addresses that Services may have: all but the network's own and, for IPv4, the broadcast address. The first
 * min(max(16, size/16), 256) are the static band of KEP-3070; a range of less than 16 has none.
 */
export function serviceRange(cidr: Cidr): AddressRange {
  const size = usable(cidr);
  return { cidr, size, reserved: size + 2 < 16 ? 0 : Math.min(Math.max(16, Math.floor((size + 2) / 16)), 256) };
}

/** The addresses that pods of a Node may have. */
export function podRange(cidr: Cidr): AddressRange {
  return { cidr, size: usable(cidr), reserved: 0 };
}

function usable({ family, prefix }: Cidr): number {
  const bits = (family === 'ipv4' ? 32 : 128) - prefix;
  return Math.max(0, Math.min(2 ** bits, MAX_SIZE) - (family === 'ipv4' ? 2 : 1));
}

/** The address at a place, canonical. */
export function addressAt({ cidr }: AddressRange, place: number): string {
  if (isShort(cidr) && place < 0xffff) return `${cidr.text.slice(0, -3)}${(place + 1).toString(16)}`;
  const bytes = [...cidr.bytes];
  let rest = place + 1;
  for (let i = bytes.length - 1; rest > 0 && i >= 0; i--) {
    const sum = (bytes[i] ?? 0) + (rest % 256);
    bytes[i] = sum % 256;
    rest = Math.floor(rest / 256) + (sum > 255 ? 1 : 0);
  }
  return ipOf(bytes).text;
}

/** A typical IPv6 pod network, `fd00:1::/64`: an address in it is shortened at the same `::` (RFC 5952). */
function isShort({ family, prefix, text }: Cidr): boolean {
  return family === 'ipv6' && prefix === 64 && text.endsWith('::/64');
}

/** The place of an address; undefined when it is not in the range. */
export function placeOf({ cidr, size }: AddressRange, ip: Ip): number | undefined {
  if (ip.family !== cidr.family) return undefined;
  let place = 0;
  for (const [i, byte] of ip.bytes.entries()) {
    const difference = byte - (cidr.bytes[i] ?? 0);
    place = place * 256 + difference;
    if (Math.abs(place) > MAX_SIZE) return undefined;
  }
  return place >= 1 && place <= size ? place - 1 : undefined;
}
