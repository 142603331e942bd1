/**
 * other-sets: whether an ipset of another program has a packet as a member, as ipset(8) has it: types that vipc does not
 * write, with networks, exceptions (nomatch) and lists of sets among them. What is not known here gives undefined.
 */
import { type Family, network, parseCidr } from '../ip.js';
import type { OtherSet } from '../tools/ipset/parse.js';
import type { Membership } from './membership.js';
import type { Flow } from './packet.js';
import { knownDestination } from './targets.js';

/** The test of a set; `find` has those of the sets in a list. Undefined for types, options and members not known here. */
export function otherMembership(set: OtherSet, find: (name: string) => Membership | undefined): Membership | undefined {
  const members = set.members.map(memberOf);
  if (!PASSING.test(set.options) || members.includes(undefined)) return undefined;
  const known = members.flatMap((each) => each ?? []);
  if (set.type === 'list:set') return anyOf(known, find);
  const parts = TYPES.get(set.type);
  const family = set.options.includes('family inet6') ? 'ipv6' : 'ipv4';
  return parts && byKeys(parts, family, known);
}

/** Options that do not decide about members. */
const PASSING = /^(?:(?:^| )(?:family inet6?|range \S+|size \d+|timeout \d+|counters|comment|skbinfo|forceadd))*$/;

type Part = 'ip' | 'net' | 'port';

const TYPES: ReadonlyMap<string, readonly Part[]> = new Map(
  ['hash:ip', 'hash:net', 'hash:ip,port', 'hash:net,port', 'hash:ip,port,ip', 'hash:ip,port,net', 'bitmap:ip'].map(
    (type) => [type, type.replace(/^\w+:/, '').split(',') as Part[]],
  ),
);

interface Member {
  readonly text: string;
  /** Whether it is an exception from a larger network. */
  readonly isExcepted: boolean;
}

/** A member without what passes by itself; undefined with anything unknown. */
function memberOf(line: string): Member | undefined {
  const [, text = '', rest = ''] = MEMBER.exec(line) ?? [];
  return text === '' ? undefined : { text, isExcepted: rest.includes(' nomatch') };
}

const MEMBER = /^(\S+)((?: nomatch| (?:timeout|packets|bytes) \d+| skb\w+ \S+)*)(?: comment ".*")?$/;

function anyOf(members: readonly Member[], find: (name: string) => Membership | undefined): Membership {
  return (flow, sides) => {
    const found = members.map(({ text }) => find(text)?.(flow, sides));
    return found.includes(true) || (found.includes(undefined) ? undefined : false);
  };
}

/** Members by their networks' lengths, the longest first: of all that have a packet, that one decides. */
function byKeys(parts: readonly Part[], family: Family, members: readonly Member[]): Membership | undefined {
  const bits = family === 'ipv4' ? 32 : 128;
  const byLengths = new Map<string, Map<string, Member>>();
  for (const member of members) {
    const keys = member.text.split(',').map((text, i) => keyOf(parts[i], text, bits));
    if (keys.length !== parts.length || keys.includes(undefined)) return undefined;
    const lengths = keys.map((key) => key?.length ?? 0).join();
    const list = byLengths.get(lengths) ?? new Map<string, Member>();
    byLengths.set(lengths, list.set(keys.map((key) => key?.text).join(), member));
  }
  const lists = [...byLengths].map(([lengths, list]) => ({ lengths: lengths.split(',').map(Number), list }));
  lists.sort((a, b) => total(b.lengths) - total(a.lengths));
  return (flow, sides) => {
    // A rule that names fewer sides than the set has parts never matches (ip_set_test).
    if (flow.family !== family || sides.length < parts.length) return false;
    if (sides.includes('dst') && !knownDestination(flow)) return undefined;
    if (parts.includes('port') && !WITH_PORTS.has(flow.protocol)) return undefined;
    for (const { lengths, list } of lists) {
      const found = list.get(parts.map((part, i) => partOf(flow, part, sides[i] ?? 'dst', lengths[i] ?? 0)).join());
      if (found) return !found.isExcepted;
    }
    return false;
  };
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, each) => sum + each, 0);
}

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

interface Key {
  readonly text: string;
  /** The prefix of a network; 0 of a port. */
  readonly length: number;
}

/** A part of a member: an address or network, or `tcp:80`. */
function keyOf(part: Part | undefined, text: string, bits: number): Key | undefined {
  if (part === 'port') return /^[\w-]+:\S+$/.test(text) ? { text, length: 0 } : undefined;
  const cidr = parseCidr(text.includes('/') ? text : `${text}/${bits}`);
  if (part === undefined || !cidr || (part === 'ip' && cidr.prefix !== bits)) return undefined;
  return { text: cidr.text, length: cidr.prefix };
}

function partOf(flow: Flow, part: Part, side: 'src' | 'dst', length: number): string {
  const isSource = side === 'src';
  if (part === 'port') return `${flow.protocol}:${isSource ? flow.sourcePort : flow.destinationPort}`;
  return network(isSource ? flow.source : flow.destination, length).text;
}
