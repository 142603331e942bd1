/**
 * side: one of the two rule sets, and the rules that packets to a destination can reach. Only destination, protocol and
 * port exclude a rule; conditions on other fields (source, interface, state) are assumed to hold.
 */
import type { Family, Ip } from '../ip.js';
import { newEvaluator } from '../packet/evaluate.js';
import { isLocal, type NodeRules } from '../packet/node.js';
import type { PacketClass } from '../packet/packet.js';
import type { Chain, Match } from '../tools/iptables/types.js';
import { type Listener, listenerKey } from '../tools/relay/types.js';
import { type IndexedChain, indexChain } from './chain-index.js';
import { digest } from './digest.js';
import { addAddresses, type Range, toNumber } from './intervals.js';
import { type Knowledge, setsOf } from './may.js';
import { setsByList, withoutClients } from './nft/lists.js';
import { scanNft } from './nft/scan.js';
import { nftGroundsOf } from './nft/walk.js';
import { contentsOf } from './set-contents.js';
import { addSet, addTests, mergeTests, noTests, type Tests } from './tests.js';
import { type BuiltIn, type Ground, type Walked, walk } from './walk.js';

/** The rules that packets to a destination can reach. */
export interface Met {
  /** A digest of these rules without comments and chain names: sides with the same digest treat the packets alike. */
  readonly content: string;
  /** Matches and targets that the evaluator may not know, each with table and chain; complete only with `tests`. */
  readonly unknown: readonly string[];
}

export type Side = ReturnType<typeof newSide>;

/** `elsewhere`: addresses of endpoints on other nodes, as far as known. */
export function newSide(node: NodeRules, elsewhere: ReadonlySet<string> = new Set()) {
  const servers = new Map<string, NodeRules['virtualServers'][number][]>();
  for (const server of node.virtualServers) {
    const list = servers.get(server.address);
    if (list) list.push(server);
    else servers.set(server.address, [server]);
  }
  const listeners = new Map((node.listeners ?? []).map((each) => [listenerKey(each), each]));
  const ground = groundOf(node, (address) => servers.get(address) ?? []);
  const scans = { ipv4: scanned(node, 'ipv4'), ipv6: scanned(node, 'ipv6') };

  const meet = meetOf(ground, scans);
  const serverFor = ({ protocol, destination, destinationPort }: PacketClass) =>
    (servers.get(destination.text) ?? []).find((each) => each.protocol === protocol && each.port === destinationPort);
  // Classes of packets are made by what vipc's own sets hold; what is in others is undecided, and compared as a whole.
  const { otherSets: _, ...asked } = node;
  const evaluator = newEvaluator({ ...asked, nftTables: withoutClients(node.nftTables ?? []) });
  const lists = setsByList(node.nftTables ?? []);
  const evaluate = (packet: PacketClass) => {
    const { remembered } = packet;
    const list = lists.get(remembered?.list ?? '');
    if (!remembered || list === undefined) return evaluator.evaluate(packet);
    return evaluator.evaluate({ ...packet, remembered: { ...remembered, list } });
  };
  return {
    node,
    elsewhere,
    /** The outcomes of a packet, whose list of remembered clients has the name of listOf(). */
    evaluate,
    /** All destinations that rules, sets and virtual servers name; the other fields are incomplete. */
    allTests: (family: Family): Tests => scans[family]().tests,
    meet,
    isLocal: (ip: Ip) => isLocal(node, ip),
    /** Whether an IPVS virtual server has this address. */
    isVirtual: (ip: Ip) => servers.has(ip.text),
    /** Whether the packet is for a virtual server without a real server of weight above 0. */
    isEmptyServer: (packet: PacketClass) => serverFor(packet)?.realServers.every(({ weight }) => weight === 0) === true,
    /** The listener of the relay that Flow.affinity names. */
    listenerNamed: (name: string | undefined): Listener | undefined => listeners.get(name ?? ''),
    /** The virtual server that Flow.virtualServer names, as `tcp 10.96.0.1 80`. */
    serverNamed: (name: string) => (servers.get(name.split(' ')[1] ?? '') ?? []).find((each) => keyOf(each) === name),
  };
}

type Scans = Readonly<Record<Family, () => Scanned>>;

/** The rules that packets of `known` can reach, also after DNAT; adds the conditions of these rules to `tests`. */
function meetOf(ground: Ground, scans: Scans): (known: Knowledge, tests?: Tests) => Met {
  /** Destinations that no rule names alone share a walk where they are in the same networks: most endpoints do. */
  const walks = new Map<string, Walked>();
  const walkTo = (known: Knowledge, withTests: boolean): Walked => {
    const { destination, protocol, port } = known;
    const { named, networks } = scans[destination.family]();
    const value = toNumber(destination.bytes);
    if (named.has(value)) return walk(ground, known, withTests);
    const inside = networks.map(({ low, high }) => (low <= value && value <= high ? '1' : '0')).join('');
    const key = `${destination.family} ${inside} ${isLocal(ground.node, destination)} ${protocol} ${port} ${withTests}`;
    const before = walks.get(key);
    if (before) return before;
    const made = walk(ground, known, withTests);
    walks.set(key, made);
    return made;
  };

  return (known, tests) => {
    const seen = new Set<string>();
    const unknown: string[] = [];
    const parts: string[] = [];
    const todo = [known];
    for (let at = todo.pop(); at; at = todo.pop()) {
      const key = `${at.destination.text} ${at.protocol ?? ''} ${at.port ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const walked = walkTo(at, tests !== undefined);
      if (tests && walked.tests) mergeTests(tests, walked.tests);
      if (tests && walked.comparesAddresses) addAddresses(tests.sources, at.destination.text, at.destination.family);
      parts.push(key, String(isLocal(ground.node, at.destination)));
      for (const part of walked.parts) parts.push(part);
      for (const text of walked.unknown) unknown.push(text);
      // Sorted, so that the digest does not depend on the order of the rules.
      for (const target of [...walked.targets].sort(byAddress)) todo.push(target);
    }
    return { content: digest(parts.join('\n')), unknown };
  };
}

function keyOf({ protocol, address, port }: NodeRules['virtualServers'][number]): string {
  return `${protocol} ${address} ${port}`;
}

function byAddress(a: Knowledge, b: Knowledge): number {
  const [left, right] = [`${a.destination.text} ${a.port}`, `${b.destination.text} ${b.port}`];
  return left < right ? 1 : left > right ? -1 : 0;
}

/** Rules of a chain whose index is kept. Those of smaller chains are many, and quick to index again. */
const LARGE = 64;

/** Rules of smaller chains whose indexes are kept until there are more. */
const MANY = 20_000;

function groundOf(node: NodeRules, serversAt: Ground['serversAt']): Ground {
  const chains = new Map<string, Chain>();
  const builtIn: Record<Family, BuiltIn[]> = { ipv4: [], ipv6: [] };
  for (const { family, tables } of node.ruleSets)
    for (const { name: table, chains: list } of tables)
      for (const chain of list) {
        chains.set(`${family} ${table} ${chain.name}`, chain);
        if (chain.policy !== undefined) builtIn[family].push({ table, chain });
      }
  const nameOf = ({ table, chain }: BuiltIn) => `${table} ${chain.name}`;
  for (const list of Object.values(builtIn)) list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const [large, small] = [new Map<Chain, IndexedChain>(), new Map<Chain, IndexedChain>()];
  let kept = 0;
  const indexOf = (chain: Chain, family: Family): IndexedChain => {
    const before = large.get(chain) ?? small.get(chain);
    if (before) return before;
    const made = indexChain(chain, family);
    if (made.size >= LARGE || chain.policy !== undefined) large.set(chain, made);
    else {
      if (kept > MANY) small.clear();
      kept = small.size === 0 ? made.size : kept + made.size;
      small.set(chain, made);
    }
    return made;
  };
  const ownAddresses = digest([...node.addresses].sort().join());
  const listenersAt = byPort(node.listeners ?? []);
  return {
    node,
    listenersAt,
    nft: nftGroundsOf(node),
    sets: setsOf(node.sets),
    contentOf: contentsOf(node),
    chains,
    builtIn,
    indexOf,
    serversAt,
    ownAddresses,
  };
}

/** Listeners of a port; without one, all. */
function byPort(listeners: readonly Listener[]): Ground['listenersAt'] {
  const found = new Map<number, Listener[]>();
  for (const each of listeners) {
    const list = found.get(each.port);
    if (list) list.push(each);
    else found.set(each.port, [each]);
  }
  return (port) => (port === undefined ? listeners : (found.get(port) ?? []));
}

interface Scanned {
  readonly tests: Tests;
  /** Destinations that a rule, set or virtual server names as a single address. */
  readonly named: ReadonlySet<bigint>;
  /** Ranges of more than one address. */
  readonly networks: readonly Range[];
}

/** Scans the rules of a family at the first call only. */
function scanned(node: NodeRules, family: Family): () => Scanned {
  let found: Scanned | undefined;
  return () => {
    found ??= scan(node, family);
    return found;
  };
}

function scan(node: NodeRules, family: Family): Scanned {
  const tests = noTests();
  const lookups = new Map<string, Extract<Match, { kind: 'set' }>>();
  for (const { family: own, tables } of node.ruleSets) {
    if (own !== family) continue;
    for (const { header, matches } of rulesOf(tables)) {
      if (header.destination) addAddresses(tests.destinations, header.destination.value, family);
      for (const match of matches) {
        if (match.kind === 'set') lookups.set(`${match.set} ${match.sides.join()}`, match);
        // Other matches do not contain destinations.
        else if (match.kind === 'unknown') addTests({ header: {}, matches: [match] }, family, tests);
      }
    }
  }
  for (const { set: name, sides } of lookups.values()) {
    const set = node.sets.find((each) => each.name === name);
    if (set?.family === family) addSet(set, set.entries, sides, tests);
  }
  scanNft(node, family, tests);
  for (const { address } of node.virtualServers) addAddresses(tests.destinations, address, family);
  const all = [...tests.destinations.values()];
  return {
    tests,
    named: new Set(all.flatMap(({ low, high }) => (low === high ? [low] : []))),
    networks: all.filter(({ low, high }) => low !== high),
  };
}

function* rulesOf(tables: NodeRules['ruleSets'][number]['tables']) {
  for (const { chains } of tables) for (const chain of chains) yield* chain.rules();
}
