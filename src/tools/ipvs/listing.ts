/**
 * parseListing: output of `ipvsadm --list -n` → how many connections each real server has; `ipvsadm --save` does not
 * print them.
 */
import type { Checked } from '../../diag.js';
import type { L4Protocol } from '../l4.js';
import { distinctLines, readLines } from '../lines.js';
import { type HostPort, parseHostPort } from './host-port.js';

/** The connections of one real server of one virtual server. */
export interface Connections extends HostPort {
  readonly protocol: L4Protocol;
  readonly realServer: HostPort;
  readonly weight: number;
  readonly active: number;
  /** Closed connections, or those of a protocol without connections. */
  readonly inactive: number;
}

/**
 * One for each real server, in the order of the text, except those of virtual servers with a firewall mark instead of
 * an address. An unreadable line is a diagnostic.
 */
export function parseListing(text: string): Checked<readonly Connections[]> {
  const value: Connections[] = [];
  let server: (HostPort & { readonly protocol: L4Protocol }) | 'by mark' | undefined;
  const diagnostics = readLines(text, (line) => {
    if (line === '' || HEADINGS.some((heading) => heading.test(line))) return undefined;
    const real = parseRealServer(line);
    if (real && server) {
      if (server !== 'by mark') value.push({ ...server, ...real });
      return undefined;
    }
    server = real ? undefined : parseServer(line);
    return server ? undefined : 'not a line of ipvsadm --list -n';
  });
  return { value, diagnostics };
}

/** How many virtual servers a listing has; duplicates count once. */
export function countServers(text: string): number {
  return distinctLines(text).filter((line) => parseServer(line) !== undefined).length;
}

const HEADINGS: readonly RegExp[] = [/^IP Virtual Server version /, /^Prot /, /^ {2}-> RemoteAddress:Port /];

/** `TCP  10.96.0.1:80 rr persistent 60`; `FWM  1 IPv6 rr`. */
function parseServer(line: string): (HostPort & { readonly protocol: L4Protocol }) | 'by mark' | undefined {
  const [, name, where = ''] = /^(TCP|UDP|SCTP|FWM) +(\S+) \S/.exec(line) ?? [];
  if (name === 'FWM') return 'by mark';
  const protocol = name === undefined ? undefined : PROTOCOLS.get(name);
  const at = parseHostPort(where);
  return protocol && at && { protocol, ...at };
}

const PROTOCOLS: ReadonlyMap<string, L4Protocol> = new Map([
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['SCTP', 'sctp'],
]);

/**
 * Address, forwarding method, weight, active and inactive connections. A single blank follows an address that fills its
 * column.
 */
function parseRealServer(line: string): Pick<Connections, 'realServer' | 'weight' | 'active' | 'inactive'> | undefined {
  const [, name = '', weight, active, inactive] = /^ {2}-> (\S+) +[A-Z][a-z]+ +(\d+) +(\d+) +(\d+)$/.exec(line) ?? [];
  const realServer = parseHostPort(name);
  return realServer && { realServer, weight: Number(weight), active: Number(active), inactive: Number(inactive) };
}
