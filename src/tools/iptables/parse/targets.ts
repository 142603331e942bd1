/**
 * Targets: the option texts of each target that the compiler writes. Any other text is `unknown` and stays as it is.
 */
import { type Family, inetNtop, parseIp } from '../../../ip.js';
import { ALL_BITS, PORT_UNREACHABLE } from '../spelling.js';
import { ACCEPT, DROP, jumpTo, RETURN, type Target } from '../types.js';

/** The target of a text such as ` -j ACCEPT` or ` -g CHAIN`. */
export function parseTarget(text: string, family: Family): Target {
  const [, flag, name = '', options] = /^ -([jg]) ([^\s"]+)(.*)$/s.exec(text) ?? [];
  return (flag === undefined ? undefined : readTarget(flag, name, options ?? '', family)) ?? { kind: 'unknown', text };
}

function readTarget(flag: string, name: string, options: string, family: Family): Target | undefined {
  const read = flag === 'j' ? READERS.get(name) : undefined;
  if (read) return read(options, family);
  if (options !== '') return undefined;
  if (flag === 'g') return { kind: 'goto', chain: name };
  return EXTENSIONS.has(name) ? undefined : jumpTo(name);
}

/** The target with these options, which have a leading space; undefined when not all of them are understood. */
type Reader = (options: string, family: Family) => Target | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ACCEPT', (options) => (options === '' ? ACCEPT : undefined)],
  ['DROP', (options) => (options === '' ? DROP : undefined)],
  ['RETURN', (options) => (options === '' ? RETURN : undefined)],
  ['REJECT', readReject],
  ['MARK', readMark],
  ['DNAT', readDnat],
  ['REDIRECT', readRedirect],
  ['MASQUERADE', readMasquerade],
]);

/**
 * The other targets of iptables-extensions(8), and QUEUE. Some are printed without options, as user chains are, but no
 * chain can have such a name ("chain name may not clash with target name").
 */
const EXTENSIONS: ReadonlySet<string> = new Set(
  `AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DNPT DSCP ECN HL HMARK IDLETIMER LED LOG MIRROR NETMAP NFLOG
  NFQUEUE NOTRACK QUEUE RATEEST REDIRECT SAME SECMARK SET SNAT SNPT SYNPROXY TARPIT TCPMSS TCPOPTSTRIP TEE TOS TPROXY
  TRACE TTL ULOG`.split(/\s+/),
);

function readReject(options: string, family: Family): Target | undefined {
  return options === ` --reject-with ${PORT_UNREACHABLE[family]}` ? { kind: 'reject' } : undefined;
}

/** 1.8.9 prints --set-xmark; iptables(8) defines the options of older versions in its terms. */
function readMark(options: string): Target | undefined {
  const [, verb, first, second] =
    /^ --(set-xmark|set-mark|or-mark|and-mark|xor-mark) (\w+)(?:\/(\w+))?$/.exec(options) ?? [];
  const value = parseBits(first);
  const mask = second === undefined ? ALL_BITS : parseBits(second);
  if (value === undefined || mask === undefined) return undefined;
  if (verb === 'set-xmark') return { kind: 'mark', value, mask };
  if (verb === 'set-mark') return { kind: 'mark', value, mask: (value | mask) >>> 0 };
  if (second !== undefined) return undefined;
  if (verb === 'or-mark') return { kind: 'mark', value, mask: value };
  if (verb === 'and-mark') return { kind: 'mark', value: 0, mask: ~value >>> 0 };
  return { kind: 'mark', value, mask: 0 };
}

/** A 32-bit number; a leading 0 would make it octal. */
function parseBits(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0x[0-9a-f]{1,8}|0|[1-9]\d{0,9})$/.test(text) && Number(text) <= ALL_BITS
    ? Number(text)
    : undefined;
}

function readDnat(options: string, family: Family): Target | undefined {
  const [, ip = '', port = ''] = (family === 'ipv4' ? DNAT_IPV4 : DNAT_IPV6).exec(options) ?? [];
  const found = parseIp(ip);
  if (found?.family !== family || inetNtop(found.text) !== ip || Number(port) > 65535) return undefined;
  return { kind: 'dnat', ip: found.text, port: Number(port) };
}

const DNAT_IPV4 = /^ --to-destination ([\d.]+):([1-9]\d{0,4})$/;
const DNAT_IPV6 = /^ --to-destination \[([\da-f:.]+)\]:([1-9]\d{0,4})$/;

function readRedirect(options: string): Target | undefined {
  const [, port] = /^ --to-ports ([1-9]\d{0,4})$/.exec(options) ?? [];
  return port !== undefined && Number(port) <= 65535 ? { kind: 'redirect', port: Number(port) } : undefined;
}

function readMasquerade(options: string): Target | undefined {
  if (options !== '' && options !== ' --random-fully') return undefined;
  return { kind: 'masquerade', randomFully: options !== '' };
}
