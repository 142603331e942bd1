/**
 * foreign: matches of other programs' rules, which the compiler does not write, as iptables-extensions(8) has them. A
 * match or option that is not known here makes the result depend on it.
 */
import { readConntrack } from './conntrack.js';
import { fraction, times } from './fraction.js';
import type { Membership } from './membership.js';
import { isLocal, type NodeRules } from './node.js';
import type { Flow } from './packet.js';
import { addressesHave, portsHave } from './ranges.js';
import { recentOf } from './recent.js';
import { negatedSet } from './set-match.js';
import { knownDestination } from './targets.js';
import { depends, NO, of, shareOf, type Tri, unless, YES } from './tri.js';

/** Tests a match on a flow. */
export type Condition = (flow: Flow) => Tri;

/** The condition of a text such as ` -m multiport --dports 80,443`. */
export function foreignCondition(
  text: string,
  node: NodeRules,
  membership: (set: string) => Membership | undefined,
): Condition {
  const [, name = '', options = ''] = /^ -m (\S+)(.*)$/s.exec(text) ?? [];
  const parts = optionsOf(options);
  const read = (parts && MORE_READERS.get(name)?.(parts, node, membership)) ?? READERS.get(name);
  const unknown = depends(text.trim());
  if (!read || !parts) return () => unknown;
  const conditions = parts.map(([not, option, value]) => {
    const test = read(option, value, node);
    return (flow: Flow): Tri => {
      const found = test?.(flow);
      return found === undefined ? unknown : unless(not, typeof found === 'boolean' ? of(found) : found);
    };
  });
  return (flow) => all(conditions, flow);
}

/** The conjunction of conditions as one. */
export function allOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (!only) return always;
  return conditions.length === 1 ? only : (flow) => all(conditions, flow);
}

function always(): Tri {
  return YES;
}

/** The conjunction of conditions: if one fails, the rule does not match, even if others are unknown. */
function all(conditions: readonly Condition[], flow: Flow): Tri {
  let result: Tri = YES;
  for (const condition of conditions) {
    const tri = condition(flow);
    if (tri.kind === 'no') return NO;
    if (tri.kind === 'yes') continue;
    // Of what the first share leaves, the second takes its part. An unknown condition takes precedence over a share.
    if (result.kind === 'share' && tri.kind === 'share') result = shareOf(times(result.share, tri.share));
    else if (result.kind !== 'depends') result = tri;
  }
  return result;
}

type MadeReader = (
  parts: readonly (readonly [boolean, string, string])[],
  node: NodeRules,
  membership: (set: string) => Membership | undefined,
) => Reader | undefined;

/** The readers of matches that are more than the sum of their options. */
const MORE_READERS: ReadonlyMap<string, MadeReader> = new Map<string, MadeReader>([
  ['recent', recentOf],
  ['set', (_, { otherSets }, membership) => otherSets && negatedSet(membership)],
]);

/** `[not, option, value]` of each option; undefined if the text has anything else. */
function optionsOf(text: string): readonly (readonly [boolean, string, string])[] | undefined {
  const parts: [boolean, string, string][] = [];
  const option = / (! )?--([a-z-]+)((?: (?!--|! --)(?:"[^"]*"|\S+))*)/gy;
  let at = 0;
  for (let found = option.exec(text); found; found = option.exec(text)) {
    parts.push([found[1] !== undefined, found[2] ?? '', (found[3] ?? '').trim()]);
    at = option.lastIndex;
  }
  return at === text.length ? parts : undefined;
}

/** The test of an option; undefined if the option is unknown. The test gives undefined if it cannot decide. */
type Reader = (
  option: string,
  value: string,
  node: NodeRules,
) => ((flow: Flow) => Tri | boolean | undefined) | undefined;

const holds = () => true;

function port(side: 'source' | 'destination', list: string) {
  return (flow: Flow) => {
    const number = side === 'source' ? flow.sourcePort : flow.destinationPort;
    return number === undefined ? undefined : portsHave(list, number);
  };
}

/** `-m tcp` and its kin: the first packet of a TCP connection has SYN alone. */
function l4(protocol: string): Reader {
  return (option, value) => {
    const test =
      option === 'dport' ? port('destination', value) : option === 'sport' ? port('source', value) : undefined;
    if (test) return (flow) => (flow.protocol === protocol ? test(flow) : false);
    if (option === 'syn') return (flow) => flow.state === 'NEW' || undefined;
    if (option !== 'tcp-flags') return undefined;
    const [mask = '', set = ''] = value.split(' ');
    const has = mask.split(',').includes('SYN') || mask === 'ALL' ? 'SYN' : 'NONE';
    return (flow) => (flow.state === 'NEW' ? set === has : undefined);
  };
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['tcp', l4('tcp')],
  ['udp', l4('udp')],
  ['sctp', l4('sctp')],
  [
    'multiport',
    (option, value) => {
      if (option === 'dports' || option === 'destination-ports') return port('destination', value);
      if (option === 'sports' || option === 'source-ports') return port('source', value);
      if (option !== 'ports') return undefined;
      const [source, destination] = [port('source', value), port('destination', value)];
      return (flow) => destination(flow) || source(flow);
    },
  ],
  [
    'iprange',
    (option, value) => {
      const side = { 'src-range': ({ source }: Flow) => source, 'dst-range': knownDestination }[option];
      return side && ((flow) => addressesHave(value, side(flow)));
    },
  ],
  [
    'addrtype',
    (option, value, node) => {
      const side = option === 'src-type' ? 'source' : option === 'dst-type' ? 'destination' : undefined;
      return side && ((flow) => isOfTypes(flow[side], value, node));
    },
  ],
  ['conntrack', readConntrack],
  ['state', readConntrack],
  ['connmark', (option, value) => (option === 'mark' ? masked(value, ({ connmark }) => connmark) : undefined)],
  ['mark', (option, value) => (option === 'mark' ? masked(value, ({ mark }) => mark) : undefined)],
  [
    'physdev',
    (option) => {
      // A packet that this node sends has no bridge port as its input.
      return option === 'physdev-is-in' || option === 'physdev-in'
        ? ({ isLocal }) => (isLocal ? false : undefined)
        : undefined;
    },
  ],
  [
    'statistic',
    (option, value) => {
      if (option === 'mode') return holds;
      // `--every N` takes each Nth packet in turn: a share of 1/N of many connections.
      if (option === 'every') return () => shareOf(fraction(1n, BigInt(Number(value) || 1)));
      if (option === 'packet') return holds;
      const units = Math.round(Number(value) * 2 ** 31);
      if (!(units >= 0 && units <= 2 ** 31)) return undefined;
      return option === 'probability' ? () => shareOf(fraction(BigInt(units), 1n << 31n)) : undefined;
    },
  ],
  ['comment', () => holds],
  [
    'icmp',
    () =>
      ({ protocol }) =>
        protocol === 'icmp' ? undefined : false,
  ],
  [
    'icmp6',
    () =>
      ({ protocol }) =>
        protocol === 'ipv6-icmp' ? undefined : false,
  ],
  [
    'owner',
    () =>
      ({ isLocal }) =>
        isLocal ? undefined : false,
  ],
]);

/** The test of a mark against `0x1/0xff`. */
function masked(
  value: string,
  of: (flow: Flow) => number | undefined,
): ((flow: Flow) => boolean | undefined) | undefined {
  const [, bits, mask] = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(value) ?? [];
  if (bits === undefined) return undefined;
  const [want, over] = [Number(bits), mask === undefined ? 0xffffffff : Number(mask)];
  return (flow) => {
    const found = of(flow);
    return found === undefined ? undefined : (found & over) >>> 0 === want >>> 0;
  };
}

function isOfTypes(ip: Flow['source'], types: string, node: NodeRules): boolean | undefined {
  const local = isLocal(node, ip);
  const multicast = ip.family === 'ipv4' ? ((ip.bytes[0] ?? 0) & 0xf0) === 0xe0 : ip.bytes[0] === 0xff;
  let result: boolean | undefined = false;
  for (const type of types.split(',')) {
    if (type === 'LOCAL' ? local : type === 'MULTICAST' ? multicast : false) return true;
    if (type === 'UNICAST' && !local && !multicast) return true;
    if (!['LOCAL', 'MULTICAST', 'UNICAST'].includes(type)) result = local || multicast ? result : undefined;
  }
  return result;
}
