/**
 * classes: rules → one packet for each class that they may treat differently: to every address and port that a rule
 * matches, from every kind of sender and every source that the chains behind it match; and to ports without a rule.
 */
import { contains, type Family, type Ip, ipOf, parseCidr, parseIp } from '../../../ip.js';
import type { PacketClass } from '../../../packet/packet.js';
import type { Rule, RuleSet } from '../../../tools/iptables/types.js';
import type { VirtualServer } from '../../../tools/ipvs/types.js';

/** A class with its name in messages. */
export interface NamedClass {
  readonly name: string;
  readonly packet: PacketClass;
  /** The packet that begins its flow, for states other than NEW and INVALID. */
  readonly opener?: PacketClass;
}

/** The interfaces of the node in conformance cases: eth0 to the outside, cni0 to its pods. */
export const DEVICES = {
  eth0: ['192.168.7.2/24', 'fd00:7::2/64'],
  cni0: ['10.244.1.1/24', 'fd00:10:244:1::1/64'],
} as const;

/** The local addresses of that node. */
export const OWN: ReadonlySet<string> = new Set([
  '127.0.0.1',
  '::1',
  '192.168.7.2',
  'fd00:7::2',
  '10.244.1.1',
  'fd00:10:244:1::1',
]);

const PODS_HERE = ['10.244.1.0/24', 'fd00:10:244:1::/64'].flatMap((text) => parseCidr(text) ?? []);

const SENDERS: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  ipv4: {
    outside: '192.168.7.100',
    'a pod here': '10.244.1.200',
    'a pod elsewhere': '10.244.2.200',
    node: '192.168.7.2',
  },
  ipv6: {
    outside: 'fd00:7::100',
    'a pod here': 'fd00:10:244:1::200',
    'a pod elsewhere': 'fd00:10:244:2::200',
    node: 'fd00:7::2',
  },
};

/** The device behind which a host with the address is. */
export function deviceOf(ip: Ip): keyof typeof DEVICES {
  return PODS_HERE.some((cidr) => contains(cidr, ip)) ? 'cni0' : 'eth0';
}

/** Destinations for node ports: two addresses of the node, and one of another node. */
export const NODES: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['192.168.7.2', '127.0.0.1', '192.168.7.3'],
  ipv6: ['fd00:7::2', '::1', 'fd00:7::3'],
};

/** A port that no rule of a Service matches. */
const UNSERVED = 1;

/** Where packets go. */
export interface Target {
  readonly destination: Ip;
  readonly protocol: string;
  readonly port: number;
}

/** A destination that a rule matches, and the sources that rules behind it match. */
export interface Served extends Target {
  readonly sources: readonly Ip[];
}

/** The classes for a rule set and virtual servers. */
export function classesOf(ruleSet: RuleSet, servers: readonly VirtualServer[] = []): readonly NamedClass[] {
  const chains = rulesByChain(ruleSet);
  const served = [...servedBy(chains, ruleSet.family), ...servers.flatMap((server) => servedByServer(server))];
  return classesTo(ruleSet.family, served, translations(chains));
}

/** The classes to what is served, and to endpoints: from every kind of sender; and to what is beside what is served. */
export function classesTo(
  family: Family,
  served: readonly Served[],
  endpoints: readonly Target[],
): readonly NamedClass[] {
  const found = new Map<string, NamedClass>();
  const add = (to: Target, sender: string, source: Ip, what: string, state?: 'INVALID') => {
    const packet = packetOf(to, source, family, state);
    if (!packet) return;
    const { text } = packet.destination;
    const name = `${what} ${to.protocol} ${text}:${to.port} from ${sender} ${packet.source.text}`;
    const key = [packet.source.text, packet.inInterface, text, to.protocol, to.port, state].join(' ');
    if (!found.has(key)) found.set(key, { name, packet });
  };
  const fromAll = (to: Target, what: string) => {
    for (const [sender, source] of Object.entries(SENDERS[family])) add(to, sender, ip(source), what);
  };
  for (const each of served) {
    fromAll(each, 'served');
    for (const source of each.sources) add(each, 'a source of a rule', source, 'served');
  }
  for (const each of served) {
    fromAll({ ...each, port: UNSERVED }, 'another port');
    const protocol = { tcp: 'udp', udp: 'sctp' }[each.protocol] ?? 'tcp';
    add({ ...each, protocol }, 'outside', ip(SENDERS[family]['outside'] ?? ''), 'another protocol');
  }
  for (const each of endpoints) fromAll(each, 'endpoint');
  const [first] = served.filter(({ protocol }) => protocol === 'tcp');
  if (first) add(first, 'outside', ip(SENDERS[family]['outside'] ?? ''), 'of no connection', 'INVALID');
  return [...found.values()];
}

/** Sent by this node if it has the source address; undefined if there can be no such packet. */
function packetOf(
  { destination, protocol, port }: Target,
  source: Ip,
  family: Family,
  state?: 'INVALID',
): PacketClass | undefined {
  if (destination.family !== family || source.family !== family) return undefined;
  const head = { family, destination, protocol, destinationPort: port, ...(state && { state }) };
  // To a local address a node sends from the same address.
  if (OWN.has(source.text)) return { ...head, source: OWN.has(destination.text) ? destination : source };
  // ip6_rcv_core drops packets from outside to ::1 before any table.
  if (destination.text === '::1') return undefined;
  return { ...head, source, inInterface: deviceOf(source) };
}

function rulesByChain({ tables }: RuleSet): ReadonlyMap<string, readonly Rule[]> {
  return new Map(
    tables.flatMap(({ name, chains }) => chains.map((chain) => [`${name} ${chain.name}`, chain.rules()] as const)),
  );
}

function servedBy(chains: ReadonlyMap<string, readonly Rule[]>, family: Family): readonly Served[] {
  const found = new Map<string, Target & { readonly chains: Set<string> }>();
  for (const [chain, rules] of chains) {
    const [table = ''] = chain.split(' ');
    for (const rule of rules) {
      const { protocol, port } = portOf(rule);
      const { destination } = rule.header;
      if (port === undefined && !destination) continue;
      const ips = destination ? representatives(destination.value) : NODES[family].map(ip);
      for (const to of ips) {
        const key = `${to.text} ${protocol} ${port}`;
        const known = found.get(key) ?? { destination: to, protocol, port: port ?? 80, chains: new Set() };
        found.set(key, known);
        const target = chainOf(rule);
        if (target !== undefined) known.chains.add(`${table} ${target}`);
      }
    }
  }
  return [...found.values()].map((each) => ({ ...each, sources: sourcesBehind(each.chains, chains) }));
}

function servedByServer({ address, protocol, port }: VirtualServer): readonly Served[] {
  const destination = parseIp(address);
  return destination ? [{ destination, protocol, port, sources: [] }] : [];
}

/** The endpoints that rules DNAT to, as direct destinations. */
function translations(chains: ReadonlyMap<string, readonly Rule[]>): readonly Target[] {
  return [...chains.values()].flat().flatMap((rule) => {
    const { target } = rule;
    const to = target?.kind === 'dnat' ? parseIp(target.ip) : undefined;
    return to && target?.kind === 'dnat'
      ? [{ destination: to, protocol: portOf(rule).protocol, port: target.port }]
      : [];
  });
}

/** The sources that rules match in these chains and in the chains that they jump to. */
function sourcesBehind(start: Iterable<string>, chains: ReadonlyMap<string, readonly Rule[]>): readonly Ip[] {
  const seen = new Set(start);
  const sources = new Map<string, Ip>();
  for (const name of seen) {
    const [table = ''] = name.split(' ');
    for (const rule of chains.get(name) ?? []) {
      const { source } = rule.header;
      for (const each of source ? representatives(source.value) : []) sources.set(each.text, each);
      const target = chainOf(rule);
      if (target !== undefined) seen.add(`${table} ${target}`);
    }
  }
  return [...sources.values()];
}

function chainOf({ target }: Rule): string | undefined {
  return target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : undefined;
}

/** The protocol that a rule matches, tcp if it matches none, and the first destination port. */
function portOf({ header, matches }: Rule): { readonly protocol: string; readonly port: number | undefined } {
  const named = typeof header.protocol === 'string' ? header.protocol : header.protocol?.value;
  const protocol = named === undefined || named === 'all' ? 'tcp' : named;
  for (const match of matches) {
    if (match.kind === 'l4' && match.destinationPort !== undefined) return { protocol, port: match.destinationPort };
    const [, port] = (match.kind === 'unknown' && / --(?:dports?|destination-ports?) (\d+)/.exec(match.text)) || [];
    if (port !== undefined) return { protocol, port: Number(port) };
  }
  return { protocol, port: undefined };
}

/** An address in the network, if packets can have it; for a /32 or /128 the address itself. */
export function representatives(network: string): readonly Ip[] {
  const cidr = parseCidr(network);
  if (!cidr) return [];
  const bytes = [...cidr.bytes];
  if (cidr.prefix < bytes.length * 8 - 1) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + 1;
  const [first = 0] = bytes;
  const isSender = cidr.family === 'ipv4' ? first > 0 && first < 224 : bytes.some((byte) => byte > 0) && first < 0xfe;
  return isSender ? [ipOf(bytes)] : [];
}

export function ip(text: string): Ip {
  const found = parseIp(text);
  if (!found) throw new Error(`no address: ${text}`);
  return found;
}
