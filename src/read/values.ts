/**
 * Values of KubeProxyConfiguration that have a grammar of their own. Command-line flags use the same functions, so a
 * flag and a field mean the same.
 */
import { show } from '../diag.js';
import { type Cidr, parseCidr, parseIp } from '../ip.js';
import type { Listen } from '../options.js';

/** A value, or the error in its text: `problem` completes "clusterCIDR …". */
export type Parsed<T> = { readonly value: T; readonly problem?: never } | { readonly problem: string };

/** `clusterCIDR`: empty, one network, or one of each family separated by a comma. */
export function parseClusterCIDRs(text: string): Parsed<readonly Cidr[]> {
  if (text === '') return { value: [] };
  const cidrs: Cidr[] = [];
  for (const part of text.split(',')) {
    const cidr = parseCidr(part.trim());
    if (!cidr) return { problem: `must be a network such as 10.244.0.0/16, or two "v4,v6", is ${show(text)}` };
    cidrs.push(cidr);
  }
  const [first, second] = cidrs;
  if (cidrs.length > 2 || (second && first?.family === second.family)) {
    return { problem: `must be one network, or one IPv4 and one IPv6 network, is ${show(text)}` };
  }
  return { value: cidrs };
}

/** `nodePortAddresses`: networks, or exactly `primary`. */
export function parseNodePortAddresses(list: readonly string[]): Parsed<readonly Cidr[] | 'primary'> {
  if (list.length === 1 && list[0] === 'primary') return { value: 'primary' };
  const cidrs: Cidr[] = [];
  for (const entry of list) {
    const cidr = parseCidr(entry);
    if (cidr) cidrs.push(cidr);
    else if (entry === 'primary') return { problem: 'must be "primary" alone, or networks' };
    else return { problem: `must be networks such as 192.168.0.0/16, or "primary" alone, has ${show(entry)}` };
  }
  return { value: cidrs };
}

/** One network. */
export function parseNetwork(text: string): Parsed<Cidr> {
  const cidr = parseCidr(text);
  return cidr ? { value: cidr } : { problem: `must be a network such as 10.0.0.0/8, is ${show(text)}` };
}

/** An interface name that the kernel allows and that is safe in a rule: `+` is iptables' wildcard. */
export function parseInterfaceName(text: string): Parsed<string> {
  // dev_valid_name() forbids blanks, "/" and ":"; IFNAMSIZ leaves 15 characters.
  if (/^[^\s"'`/:+\\]{1,15}$/.test(text) && /^[!-~]+$/.test(text) && text !== '.' && text !== '..')
    return { value: text };
  return { problem: `must be 1 to 15 characters without blanks, quotes, "/", ":", "+", is ${show(text)}` };
}

/** `bindAddress`: empty or an address. */
export function parseBindAddress(text: string): Parsed<string> {
  if (text === '') return { value: '' };
  const ip = parseIp(text);
  return ip ? { value: ip.text } : { problem: `must be an IP address, is ${show(text)}` };
}

/**
 * `healthzBindAddress` and `metricsBindAddress`: an address, `:port`, or both (k/k AppendPortIfNeeded); `port` is the
 * default port.
 */
export function parseListen(text: string, port: number): Parsed<Listen> {
  const [, bracketed, plain, digits] = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = digits === undefined ? text : (bracketed ?? plain ?? '');
  const ip = host === '' ? { text: '' } : parseIp(host);
  const number = digits === undefined ? port : Number(digits);
  if (!ip || number > 65535)
    return { problem: `must be an address and port such as 0.0.0.0:${port}, is ${show(text)}` };
  return { value: { host: ip.text, port: number } };
}

/** Seconds in each of Go's time units. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** A duration as Go's time.ParseDuration reads it (`1m30s`, `0`), in seconds. */
export function parseDuration(text: string): Parsed<number> {
  const problem = `must be a duration such as "30s" or "1m30s", is ${show(text)}`;
  if (/^[-+]?0$/.test(text)) return { value: 0 };
  if (text.length > 100 || !/^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return { problem };
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g))
    seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  // An int64 of nanoseconds holds 292 years.
  if (seconds > 9.2e9) return { problem };
  return { value: text.startsWith('-') ? -seconds : seconds };
}

/** Ports from `first` to `last`. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A range of ports as kube-proxy writes it: `FIRST-LAST`, `FIRST+COUNT`, or one port (k/k util/net PortRange). */
export function parsePortRange(text: string): Parsed<PortRange> {
  const [, from = '', sign, more] = /^\s*(\d{1,5})(?:([-+])(\d{1,5}))?\s*$/.exec(text) ?? [];
  const first = Number(from);
  const last = sign === undefined ? first : sign === '-' ? Number(more) : first + Number(more);
  if (from !== '' && first >= 1 && first <= last && last <= 65535) return { value: { first, last } };
  return { problem: `must be a range of ports such as 12000-29999, is ${show(text)}` };
}
