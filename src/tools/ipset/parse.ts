/**
 * parse: output of `ipset save` → sets. A set is read in full when IpSet can hold all of it. Any other is recorded by
 * name and type only: one of another type, with timeouts or comments, or with a member of a protocol that vipc never
 * writes.
 */
import type { Checked } from '../../diag.js';
import { type Family, parseCidr, parseIp } from '../../ip.js';
import type { L4Protocol } from '../l4.js';
import { readLines, type WrongPart } from '../lines.js';
import { printEntry } from './print.js';
import type { Entry, IpSet, SetType } from './types.js';

export interface SavedSets {
  /**
   * In the order of the text, which is that of their creation; members in the kernel's order. A bitmap:port is read as
   * IPv4.
   */
  readonly sets: readonly SavedSet[];
  readonly others: readonly OtherSet[];
}

export interface SavedSet extends IpSet {
  /** The most members it can hold; absent without such a limit, as for a bitmap:port. */
  readonly maxElements?: number;
}

/** A set that IpSet cannot hold. */
export interface OtherSet {
  readonly name: string;
  readonly type: string;
  /** What decides about members, such as `family inet`, and the members: as in the text. */
  readonly options: string;
  readonly members: readonly string[];
}

/** The sets of a whole text. An unreadable line is a diagnostic and does not hide the others. */
export function parse(text: string): Checked<SavedSets> {
  const found = new Map<string, ReadSet>();
  const diagnostics = readLines(text, (line) => readLine(found, line));
  const all = [...found.values()];
  const sets = all.flatMap(({ set }) => (set ? [set] : []));
  const others = all.flatMap(({ set, ...other }) => (set ? [] : [other]));
  return { value: { sets, others }, diagnostics };
}

interface ReadSet extends OtherSet {
  /** Empty until `set` is undefined. */
  readonly members: string[];
  /** Reset to undefined at the first thing that IpSet cannot hold. */
  set: (SavedSet & { readonly entries: Entry[] }) | undefined;
}

/** Reads one line and returns what is wrong with it. */
function readLine(found: Map<string, ReadSet>, line: string): string | WrongPart | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const [, verb, name = '', rest = ''] = /^(create|add) (\S+) (\S.*)$/.exec(line) ?? [];
  if (verb === undefined) return 'not a line of ipset save';
  const known = found.get(name);
  if (verb === 'create') {
    if (known) return 'the set is there already';
    const [type = '', ...options] = rest.split(' ');
    found.set(name, { name, type, options: deciding(options), members: [], set: createSet(name, type, options) });
    return undefined;
  }
  if (!known) return 'there is no such set';
  const entry = known.set && parseEntry(known.set, rest);
  const wrong = entry ? undefined : impossible(known.type, rest, line.length - rest.length);
  if (entry) known.set?.entries.push(entry);
  else if (wrong === undefined) {
    for (const each of known.set?.entries ?? []) known.members.push(printEntry(each));
    known.members.push(rest);
    known.set = undefined;
  }
  return wrong;
}

/** What no member of any set can be, from column `start` on: a port above 65535, or an address or network that is none. */
function impossible(type: string, member: string, start: number): WrongPart | undefined {
  const parts = type.replace(/^\w+:/, '').split(',');
  const [values = ''] = member.split(' ');
  let at = start;
  for (const [i, text] of values.split(',').entries()) {
    const [, port] = /^(?:(?:tcp|udp|udplite|sctp):)?(\d+)$/.exec(text) ?? [];
    if (parts[i] === 'port' && Number(port) > 65535) return { problem: `the port of ${text} is above 65535`, at };
    const isAddress = (parts[i] === 'ip' || parts[i] === 'net') && /^[\da-f]*[.:][\da-f.:]*(?:\/\d+)?$/.test(text);
    if (isAddress && !(text.includes('/') ? parseCidr(text) : parseIp(text)))
      return { problem: `${text} is no address`, at };
    at += text.length + 1;
  }
  return undefined;
}

/** The parts of a member, by the type of its set. */
const PARTS: ReadonlyMap<string, { readonly type: SetType; readonly parts: readonly Part[] }> = new Map(
  (['hash:ip', 'hash:ip,port', 'hash:ip,port,ip', 'hash:ip,port,net'] as const).map((type) => [
    type,
    { type, parts: type.slice('hash:'.length).split(',') as Part[] },
  ]),
);

type Part = 'ip' | 'port' | 'net';

/** An empty set, if IpSet can hold its type and options. */
function createSet(name: string, type: string, options: readonly string[]): ReadSet['set'] {
  if (type === 'bitmap:port') {
    return options.join(' ') === 'range 0-65535' ? { name, type, family: 'ipv4', entries: [] } : undefined;
  }
  const ours = PARTS.get(type);
  if (!ours || options.length % 2 !== 0) return undefined;
  let family: Family = 'ipv4';
  let maxElements: number | undefined;
  for (let i = 0; i < options.length; i += 2) {
    const option = options[i] ?? '';
    if (option === 'family') family = options[i + 1] === 'inet6' ? 'ipv6' : 'ipv4';
    else if (option === 'maxelem') maxElements = Number(options[i + 1]);
    else if (!SIZES.has(option)) return undefined;
  }
  return { name, type: ours.type, family, ...(maxElements === undefined ? {} : { maxElements }), entries: [] };
}

/** Options for how the kernel stores a set; they do not affect its members. */
const SIZES: ReadonlySet<string> = new Set(['hashsize', 'bucketsize', 'initval']);

/** The options without those of sizes. */
function deciding(options: readonly string[]): string {
  const isSize = (option = '') => SIZES.has(option) || option === 'maxelem';
  return options.filter((each, i) => !isSize(each) && !isSize(options[i - 1])).join(' ');
}

/** The member, if printEntry prints it the same way. */
function parseEntry({ type, family }: IpSet, text: string): Entry | undefined {
  const entry = type === 'bitmap:port' ? readPort(text) : readEntry(text.split(','), type, family);
  return entry && (entry.port ?? 0) <= 65535 && printEntry(entry) === text ? entry : undefined;
}

function readPort(text: string): Entry | undefined {
  return /^\d{1,5}$/.test(text) ? { port: Number(text) } : undefined;
}

function readEntry([first = '', second, third]: readonly string[], type: SetType, family: Family): Entry | undefined {
  const parts = PARTS.get(type)?.parts ?? [];
  const ip = address(first, family);
  const [, protocol, port] = /^(tcp|udp|sctp):(\d{1,5})$/.exec(second ?? '') ?? [];
  const source = parts[2] === 'net' ? network(third ?? '', family) : address(third ?? '', family);
  if (ip === undefined || (parts.length > 1 && protocol === undefined)) return undefined;
  if (parts.length > 2 && source === undefined) return undefined;
  return {
    ip,
    ...(parts.length > 1 ? { protocol: protocol as L4Protocol, port: Number(port) } : {}),
    ...(parts.length > 2 && source !== undefined ? { source } : {}),
  };
}

function address(text: string, family: Family): string | undefined {
  const ip = parseIp(text);
  return ip?.family === family ? ip.text : undefined;
}

/** ipset prints a network of one address without its prefix length. */
function network(text: string, family: Family): string | undefined {
  const cidr = parseCidr(text.includes('/') ? text : `${text}/${family === 'ipv4' ? 32 : 128}`);
  return cidr?.family === family ? cidr.text : undefined;
}
