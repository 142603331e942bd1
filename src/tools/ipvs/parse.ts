/**
 * parse: output of `ipvsadm --save -n` → virtual servers. One is read in full when VirtualServer can hold all of it.
 * Any other stays lines of text: one with a firewall mark, a persistence netmask or engine, one-packet scheduling, all
 * ports of an address (port 0), or a real server with thresholds or reached by another method than masquerading.
 *
 * The lines are those of print_service_entry in ipvsadm.c; 1.31 writes `pe sip` and `ops` without dashes.
 */
import type { Checked } from '../../diag.js';
import type { Family } from '../../ip.js';
import { readLines } from '../lines.js';
import { parseHostPort } from './host-port.js';
import type { Ipvs, OtherServer, RealServer, VirtualServer, VirtualServerName } from './types.js';

export { type Connections, countServers, parseListing } from './listing.js';
export { parseTimeouts } from './timeouts.js';

export interface SavedIpvs extends Ipvs {
  readonly others: readonly OtherServer[];
}

/** The virtual servers of a whole text. An unreadable line is a diagnostic and does not hide the others. */
export function parse(text: string): Checked<SavedIpvs> {
  const found = new Map<string, ReadServer>();
  const diagnostics = readLines(text, (line) => readLine(found, line));
  const all = [...found.values()];
  const virtualServers = all.flatMap(({ server }) => (server ? [server] : []));
  const others = all.flatMap(({ line, realServers, server }) => (server ? [] : [{ line, realServers }]));
  return { value: { virtualServers, others }, diagnostics };
}

/** The firewall mark by which the virtual server of an `-A` line takes packets; undefined if it has an address. */
export function markOf(line: string): { readonly family: Family; readonly mark: number } | undefined {
  const [, , flag, name, ipv6] = LINE.exec(line) ?? [];
  return flag === '-f' ? { family: ipv6 === undefined ? 'ipv4' : 'ipv6', mark: Number(name) } : undefined;
}

/** What identifies the virtual server of an `-A` line; undefined for one with a firewall mark. */
export function serviceOf(line: string): VirtualServerName | undefined {
  const [, , flag = '', name = ''] = LINE.exec(line) ?? [];
  const at = parseHostPort(name);
  const protocol = PROTOCOLS.get(flag);
  return protocol && at && { protocol, ...at };
}

interface ReadServer {
  readonly line: string;
  readonly realServers: string[];
  /** Reset to undefined at the first thing that VirtualServer cannot hold. */
  server: (VirtualServer & { readonly realServers: RealServer[] }) | undefined;
}

/** Reads one line and returns what is wrong with it. Comments and --set are valid, but no virtual servers. */
function readLine(found: Map<string, ReadServer>, line: string): string | undefined {
  if (line === '' || line.startsWith('#') || line.startsWith('--set ')) return undefined;
  const [, verb, flag = '', name = '', ipv6 = '', options = ''] = LINE.exec(line) ?? [];
  if (verb === undefined) return 'not a line of ipvsadm --save';
  const key = `${flag} ${name}${ipv6}`;
  const known = found.get(key);
  if (verb === 'A') {
    if (known) return 'the virtual server is there already';
    const at = parseHostPort(name);
    const protocol = PROTOCOLS.get(flag);
    if (protocol !== undefined && !at) return 'not an address and port in numbers';
    const scheduling = parseScheduling(options);
    const server = protocol && at?.port && scheduling ? { protocol, ...at, ...scheduling, realServers: [] } : undefined;
    found.set(key, { line, realServers: [], server });
    return undefined;
  }
  if (!known) return 'there is no such virtual server';
  known.realServers.push(line);
  const real = parseRealServer(options);
  if (real) known.server?.realServers.push(real);
  else known.server = undefined;
  return undefined;
}

/** The verb; address or firewall mark of the virtual server, with -6 for an IPv6 mark; the rest. */
const LINE = /^-([Aa]) (-t|-u|--sctp-service|-f) (\S+)( -6)?( -[rs] .*)$/;

const PROTOCOLS: ReadonlyMap<string, VirtualServer['protocol']> = new Map([
  ['-t', 'tcp'],
  ['-u', 'udp'],
  ['--sctp-service', 'sctp'],
]);

function parseScheduling(text: string): Pick<VirtualServer, 'scheduler' | 'schedulerFlag' | 'persistence'> | undefined {
  const [, scheduler, timeout, schedulerFlag] = /^ -s (\S+)(?: -p (\d+))?(?: -b (\S+))?$/.exec(text) ?? [];
  if (scheduler === undefined) return undefined;
  return {
    scheduler,
    ...(schedulerFlag === undefined ? {} : { schedulerFlag }),
    ...(timeout === undefined ? {} : { persistence: { timeoutSeconds: Number(timeout) } }),
  };
}

function parseRealServer(text: string): RealServer | undefined {
  const [, name = '', weight] = /^ -r (\S+) -m -w (\d+)$/.exec(text) ?? [];
  const at = parseHostPort(name);
  return at && { ...at, weight: Number(weight) };
}
