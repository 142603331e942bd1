/**
 * IP addresses and CIDRs as Kubernetes' "sloppy" forms of Go's net.ParseIP/ParseCIDR read them, because these decide
 * which packets kube-proxy's rules match: octets are decimal even with leading zeros (010 is 10, never 8), no
 * hexadecimal, no short forms, no zones, and an IPv4-mapped IPv6 address *is* the IPv4 address (k8s.io/utils/net,
 * KEP-4858).
 *
 * Addresses are canonical strings everywhere else: dotted decimal, or RFC 5952.
 */

/** IP version. */
export type Family = 'ipv4' | 'ipv6';

export const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** An address: `text` is canonical, `bytes` has 4 or 16. */
export interface Ip {
  readonly family: Family;
  readonly text: string;
  readonly bytes: readonly number[];
}

/** A network; the address bits beyond the prefix are zero. `text` is canonical: `10.0.0.0/8`. */
export interface Cidr {
  readonly family: Family;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly prefix: number;
}

/** The address in `text`; undefined when Go would not accept it. */
export function parseIp(text: string): Ip | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const bytes = parseV4(text);
    return bytes && { family: 'ipv4', text: formatV4(bytes), bytes };
  }
  const bytes = parseV6(text);
  return bytes && fromBytes(bytes);
}

/** The address of 4 or 16 bytes; an IPv4-mapped one is the IPv4 address. */
export function ipOf(bytes: readonly number[]): Ip {
  return bytes.length === 4 ? { family: 'ipv4', text: formatV4(bytes), bytes } : fromBytes(bytes);
}

/** The network in `text` with host bits cleared; undefined when Go would not accept it. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  if (!ip || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined;
  // In `::ffff:10.0.0.0/104` the prefix counts the 96 bits of the mapping.
  const mapped = ip.family === 'ipv4' && text.slice(0, slash).includes(':');
  const prefix = Number(text.slice(slash + 1)) - (mapped ? 96 : 0);
  if (prefix < 0 || prefix > ip.bytes.length * 8) return undefined;
  return network(ip, prefix);
}

/** The network of `prefix` bits that `ip` is in. */
export function network(ip: Ip, prefix: number): Cidr {
  const bytes = ip.bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - i * 8))) & 0xff);
  const text = ip.family === 'ipv4' ? formatV4(bytes) : formatV6(bytes);
  return { family: ip.family, text: `${text}/${prefix}`, bytes, prefix };
}

/** The network that holds only `ip`. */
export function hostCidr(ip: Ip): Cidr {
  return network(ip, ip.bytes.length * 8);
}

/** Whether `ip` lies in `cidr`; never across families. */
export function contains({ family, bytes, prefix }: Cidr, ip: Ip): boolean {
  if (family !== ip.family) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== ip.bytes[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || ((bytes[whole] ?? 0) ^ (ip.bytes[whole] ?? 0)) >> (8 - rest) === 0;
}

/** `10.0.0.1:80` or `[fd00::1]:80`, as Go's net.JoinHostPort writes it. */
export function joinHostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/**
 * An address or network as inet_ntop(3) writes it, and so every tool that prints rules: RFC 5952, except that glibc
 * shows `::a.b.c.d` (RFC 4291's deprecated IPv4-compatible addresses) with dots.
 */
export function inetNtop(text: string): string {
  if (!text.startsWith('::')) return text;
  const compatible = /^::([0-9a-f]{1,4}):([0-9a-f]{1,4})(\/\d+)?$/.exec(text);
  if (!compatible) return text;
  const [, high = '', low = '', prefix = ''] = compatible;
  const bits = [high, low].map((group) => Number.parseInt(group, 16));
  return `::${bits.flatMap((group) => [group >> 8, group & 0xff]).join('.')}${prefix}`;
}

/** Why an address cannot be an endpoint or an external IP (the API server's ValidateNonSpecialIP). */
export function specialUse(ip: Ip): string | undefined {
  const [a = 0, b = 0, c = 0] = ip.bytes;
  const v4 = ip.family === 'ipv4';
  if (ip.bytes.every((byte) => byte === 0)) return 'unspecified';
  if (v4 ? a === 127 : ip.text === '::1') return 'loopback';
  if (v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) return 'link-local';
  if (v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) return 'link-local multicast';
  return undefined;
}

function parseV4(text: string): number[] | undefined {
  const bytes = [0, 0, 0, 0];
  let octet = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (value < 0 || octet === 4) return undefined;
      bytes[octet++] = value;
      value = -1;
    } else if (code >= ZERO && code <= ZERO + 9) {
      value = (value < 0 ? 0 : value * 10) + code - ZERO;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return octet === 4 ? bytes : undefined;
}

const DOT = 0x2e;
const ZERO = 0x30;

function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (!head) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  if (!tail || head.length + tail.length > 14) return undefined;
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** The bytes of colon-separated groups; the last one may be dotted decimal when `last`. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (last && i === groups.length - 1 && group.includes('.')) {
      const v4 = parseV4(group);
      if (!v4) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** Go's net.IP has one value for 10.0.0.1 and ::ffff:10.0.0.1, and calls it IPv4. */
function fromBytes(bytes: readonly number[]): Ip {
  const mapped = bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
  if (!mapped) return { family: 'ipv6', text: formatV6(bytes), bytes };
  const v4 = bytes.slice(12);
  return { family: 'ipv4', text: formatV4(v4), bytes: v4 };
}

function formatV4(bytes: readonly number[]): string {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
function formatV6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** The family of an address in canonical form. */
export function familyOf(ip: string): Family {
  return ip.includes(':') ? 'ipv6' : 'ipv4';
}
