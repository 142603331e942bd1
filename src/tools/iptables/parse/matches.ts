/**
 * Matches: the option texts of each match that the compiler writes. Any other text, even a known match with one option
 * more, is `unknown` and stays as it is.
 */
import { type Family, inetNtop, parseIp } from '../../../ip.js';
import { ALL_BITS, HOST_MASK, PROTOCOL_NUMBER, SAME_ADDRESS } from '../spelling.js';
import type { ConntrackState, L4Protocol, Match, Negatable } from '../types.js';
import { unquote } from './words.js';

/** The match of a text such as ` -m tcp --dport 80`. */
export function parseMatch(text: string, family: Family): Match {
  const [, name = '', options = ''] = /^ -m ([^\s"]+)(.*)$/s.exec(text) ?? [];
  return READERS.get(name)?.(options, family) ?? { kind: 'unknown', text };
}

/** The match with these options, which have a leading space; undefined when not all of them are understood. */
type Reader = (options: string, family: Family) => Match | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['comment', readComment],
  ['tcp', readL4('tcp')],
  ['udp', readL4('udp')],
  ['sctp', readL4('sctp')],
  ['conntrack', readConntrack],
  ['mark', readMark],
  ['addrtype', readAddrtype],
  ['set', readSet],
  ['physdev', readPhysdev],
  ['ipvs', readIpvs],
  ['statistic', readStatistic],
  ['recent', readRecent],
  ['bpf', readBpf],
]);

/** Some versions of iptables-nft quote every comment. A comment with control characters cannot be printed again. */
function readComment(options: string): Match | undefined {
  const text = options.startsWith(' --comment ') ? unquote(options.slice(' --comment '.length)) : undefined;
  return text === undefined || /[\u0000-\u001f\u007f]/.test(text) ? undefined : { kind: 'comment', text };
}

function readL4(protocol: L4Protocol): Reader {
  return (options) => {
    if (options === '') return { kind: 'l4', protocol };
    const [, from, to] = /^ --dport (\d+)(?::(\d+))?$/.exec(options) ?? [];
    const [first, last] = [parsePort(from), parsePort(to)];
    if (first === undefined) return undefined;
    if (to === undefined) return { kind: 'l4', protocol, destinationPort: first };
    return last === undefined || last <= first ? undefined : { kind: 'ports', protocol, ports: [first, last] };
  };
}

function readConntrack(options: string): Match | undefined {
  const [, bang, list] = /^ (! )?--ctstate ([A-Z,]+)$/.exec(options) ?? [];
  const states = list?.split(',') ?? [];
  if (states.length === 0 || !states.every(isState)) return undefined;
  return { kind: 'conntrack', states: negatable(bang, states) };
}

const STATES: readonly string[] = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'DNAT'] satisfies ConntrackState[];

function isState(text: string): text is ConntrackState {
  return STATES.includes(text);
}

function readMark(options: string): Match | undefined {
  const [, bang, value, mask] = /^ (! )?--mark 0x([0-9a-f]{1,8})(?:\/0x([0-9a-f]{1,8}))?$/.exec(options) ?? [];
  if (value === undefined) return undefined;
  const bits = mask === undefined ? ALL_BITS : Number.parseInt(mask, 16);
  return { kind: 'mark', mark: negatable(bang, { value: Number.parseInt(value, 16), mask: bits }) };
}

function readAddrtype(options: string): Match | undefined {
  const [, bang, side] = /^ (! )?--(src|dst)-type LOCAL$/.exec(options) ?? [];
  if (side === undefined) return undefined;
  return { kind: 'addrtype', side: side === 'src' ? 'source' : 'destination', type: negatable(bang, 'LOCAL') };
}

function readSet(options: string): Match | undefined {
  const [, set, list] = /^ --match-set ([^\s"]+) ((?:src|dst)(?:,(?:src|dst))*)$/.exec(options) ?? [];
  if (set === undefined || list === undefined) return undefined;
  return { kind: 'set', set, sides: list.split(',').map((side) => (side === 'src' ? 'src' : 'dst')) };
}

function readPhysdev(options: string): Match | undefined {
  const [all, bang] = /^ (! )?--physdev-is-in$/.exec(options) ?? [];
  return all === undefined ? undefined : { kind: 'physdev-in', in: negatable(bang, true) };
}

function readIpvs(options: string, family: Family): Match | undefined {
  const [, number, address = '', portText] = /^ --vproto (\d+) --vaddr (\S+) --vport (\d+)$/.exec(options) ?? [];
  const protocol = (['tcp', 'udp', 'sctp'] as const).find((each) => `${PROTOCOL_NUMBER[each]}` === number);
  const ip = parseIp(address);
  const port = parsePort(portText);
  if (protocol === undefined || port === undefined) return undefined;
  if (ip?.family !== family || inetNtop(ip.text) !== address) return undefined;
  return { kind: 'ipvs', protocol, address: ip.text, port };
}

/** Eleven digits identify one of the kernel's 2^31 steps; the six digits of old versions do not. */
function readStatistic(options: string): Match | undefined {
  const text = /^ --mode random --probability (0\.\d{11}|1\.0{11})$/.exec(options)?.[1];
  const probability = Math.round(Number(text) * 2 ** 31);
  return text === (probability / 2 ** 31).toFixed(11) ? { kind: 'statistic', probability } : undefined;
}

/** Old versions print no --mask; they mean the mask of one address. */
function readRecent(options: string, family: Family): Match | undefined {
  const [, check, seconds, list, mask] = RECENT.exec(options) ?? [];
  if (list === undefined || (mask !== undefined && mask !== HOST_MASK[family])) return undefined;
  if (check === '--set') return { kind: 'recent', list, check: { kind: 'set' } };
  return { kind: 'recent', list, check: { kind: 'rcheck', seconds: Number(seconds) } };
}

const RECENT = /^ (--set|--rcheck --seconds ([1-9]\d{0,9}) --reap) --name ([^\s"]+)(?: --mask (\S+))?(?: --rsource)?$/;

function readBpf(options: string, family: Family): Match | undefined {
  return options === ` --bytecode "${SAME_ADDRESS[family]}"` ? { kind: 'same-address' } : undefined;
}

/** A port in the only spelling that is printed. */
function parsePort(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

function negatable<T>(bang: string | undefined, value: T): Negatable<T> {
  return { not: bang !== undefined, value };
}
