/**
 * discover: DNS names as text: absolute, in lower case, with the dot of the root at the end.
 */
import type { Ip } from '../../ip.js';

/** The longest name, without the root's dot: 255 octets on the wire (RFC 1035, 2.3.4). */
export const MAX_NAME = 253;

/** The longest label. */
export const MAX_LABEL = 63;

/** The zones of reverse names (RFC 1035, 3.5; RFC 3596, 2.5). */
export const REVERSE_ZONES = ['in-addr.arpa.', 'ip6.arpa.'] as const;

/** `1.0.96.10.in-addr.arpa.`: the name of an address's PTR record. */
export function reverseName({ family, bytes }: Ip): string {
  if (family === 'ipv4') return `${[...bytes].reverse().join('.')}.in-addr.arpa.`;
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 0xf]);
  const labels = nibbles.reverse().map((nibble) => nibble.toString(16));
  return `${labels.join('.')}.ip6.arpa.`;
}

/**
 * `10-244-1-5`: the label of an endpoint without a hostname. The specification (2.1) leaves it open; this is CoreDNS's
 * (plugin/kubernetes, endpointHostname), which appends a 0 after a final `::`. An initial `::` gets a 0 too, because
 * name servers refuse host names that begin with a hyphen.
 */
export function addressLabel({ text }: Ip): string {
  const label = text.replace(/[.:]/g, '-');
  return `${label.startsWith('-') ? '0' : ''}${label}${label.endsWith('-') ? '0' : ''}`;
}

/** Whether a name is short enough for DNS. */
export function fits(name: string): boolean {
  return name.length <= MAX_LABEL || (name.length <= MAX_NAME + 1 && name.split('.').every(isShort));
}

function isShort({ length }: string): boolean {
  return length <= MAX_LABEL;
}

/** Whether `name` is `zone` or below it. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}

/** The labels from the root on: as a sort key it puts parents before their children. */
export function fromRoot(name: string): string {
  // The blank sorts before every character of a label.
  return name.split('.').reverse().join(' ');
}
