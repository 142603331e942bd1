/**
 * walk: the rules that packets to one destination can reach, chain by chain from the built-in chains.
 */
import { type Family, familyOf, parseIp } from '../ip.js';
import { isDecided } from '../packet/decided.js';
import { isLocal, type NodeRules } from '../packet/node.js';
import { flowOf, type PacketClass } from '../packet/packet.js';
import { actionOf, actOf } from '../packet/targets.js';
import { printRule } from '../tools/iptables/print.js';
import type { Chain, Rule } from '../tools/iptables/types.js';
import { printRealServer, printScheduling, printService } from '../tools/ipvs/print.js';
import { printRelayEndpoint } from '../tools/relay/print.js';
import { type Listener, listenerKey } from '../tools/relay/types.js';
import { type IndexedChain, rulesFor } from './chain-index.js';
import { digest } from './digest.js';
import { addAddresses, addRange } from './intervals.js';
import { type Knowledge, type KnownSets, may, setEntries } from './may.js';
import type { NftGround } from './nft/texts.js';
import { walkNft } from './nft/walk.js';
import { addSet, addTests, noTests, type Tests } from './tests.js';

/** The indexed rule set of one side. */
export interface Ground {
  readonly node: NodeRules;
  readonly sets: KnownSets;
  /** Of the sets of a rule that the evaluator does not know. */
  readonly contentOf: (rule: Rule) => string;
  /** By `<family> <table> <chain>`. */
  readonly chains: ReadonlyMap<string, Chain>;
  readonly nft: readonly NftGround[];
  readonly builtIn: Readonly<Record<Family, readonly BuiltIn[]>>;
  readonly indexOf: (chain: Chain, family: Family) => IndexedChain;
  readonly serversAt: (address: string) => NodeRules['virtualServers'];
  /** The relay's listeners on a port; on all ports when it is not known. */
  readonly listenersAt: (port: number | undefined) => readonly Listener[];
  /** A digest of the node's addresses: rules with addrtype depend on them. */
  readonly ownAddresses: string;
}

export interface BuiltIn {
  readonly table: string;
  readonly chain: Chain;
}

export interface Walked {
  /** Built-in chains and virtual servers that the packets reach, each with the digest or text of its content. */
  readonly parts: readonly string[];
  /** Destinations after DNAT or IPVS. */
  readonly targets: readonly Knowledge[];
  /** Matches and targets that the evaluator may not know, each with table and chain; complete only with tests. */
  readonly unknown: readonly string[];
  /** Whether a rule compares the source with the destination, so that the destination is a class of sources. */
  readonly comparesAddresses: boolean;
  /** The conditions of the reachable rules, when requested. */
  readonly tests: Tests | undefined;
}

interface Met {
  /** A digest of the reachable rules of a chain; `''` if there are none. */
  readonly content: string;
  readonly unknown: readonly string[];
}

/** Ends the recursion. nf_tables refuses chains that are nested deeper than 16 (NFT_JUMP_STACK_SIZE). */
const DEEPEST = 64;

export function walk(ground: Ground, known: Knowledge, withTests: boolean): Walked {
  const { node, sets, chains } = ground;
  const { family } = known.destination;
  const memo = new Map<string, Met>();
  const targets: Knowledge[] = [];
  const flow = flowOf(packetOf(known));
  const tests = withTests ? noTests() : undefined;
  let comparesAddresses = false;

  const chain = (table: string, name: string, depth: number): Met => {
    const key = `${family} ${table} ${name}`;
    const before = memo.get(key);
    if (before) return before;
    const found = chains.get(key);
    if (!found || depth > DEEPEST) return { content: `no ${name}`, unknown: [`no chain ${name}`] };
    const texts: string[] = [];
    const unknown: string[] = [];
    for (const rule of rulesFor(ground.indexOf(found, family), known)) {
      if (!may(rule, known, node, sets)) continue;
      if (tests) {
        addMet(rule, known, sets, tests);
        unknown.push(...unknownIn(rule, ground));
      }
      comparesAddresses ||= rule.matches.some(({ kind }) => kind === 'same-address');
      const action = rule.target && actionOf(actOf(rule), flow);
      const plain = plainText(rule, family, ground, known);
      if (action?.kind === 'jump' || action?.kind === 'goto') {
        const to = chain(table, action.chain, depth + 1);
        for (const text of to.unknown) unknown.push(text);
        // A jump to a chain without reachable rules has no effect; a goto ends the calling chain.
        if (to.content !== '' || action.kind === 'goto') texts.push(`${plain} ${action.kind} ${to.content}`);
        continue;
      }
      texts.push(rule.target ? plain + printRule({ ...rule, header: {}, matches: [] }, family) : plain);
      if (action?.kind === 'verdict' && action.flow.original) {
        const { destination, destinationPort } = action.flow;
        targets.push({ destination, protocol: known.protocol, port: destinationPort });
      }
    }
    const made = { content: texts.length === 0 ? '' : digest(texts.join('\n')), unknown };
    memo.set(key, made);
    return made;
  };

  const parts: string[] = [];
  const unknown: string[] = [];
  for (const each of ground.builtIn[family]) {
    const name = `${each.table} ${each.chain.name}`;
    const found = chain(each.table, each.chain.name, 0);
    if (found.content !== '' || each.chain.policy === 'DROP')
      parts.push(`${name} ${each.chain.policy} ${found.content}`);
    for (const text of found.unknown) unknown.push(`${name} ${text}`);
  }
  const { ownAddresses } = ground;
  walkNft(ground.nft, { node, ownAddresses, known, tests, targets, unknown }, parts);
  addServers(ground, known, tests, parts, targets);
  if (isLocal(node, known.destination)) addListeners(ground, known, tests, parts, targets);
  return { parts, targets, comparesAddresses, unknown, tests };
}

function addServers(
  { serversAt }: Ground,
  known: Knowledge,
  tests: Tests | undefined,
  parts: string[],
  targets: Knowledge[],
): void {
  for (const server of serversAt(known.destination.text)) {
    const { protocol, port, realServers } = server;
    if (known.protocol !== undefined && known.protocol !== protocol) continue;
    if (known.port !== undefined && known.port !== port) continue;
    tests?.protocols.add(protocol);
    if (tests) addRange(tests.ports, BigInt(port), BigInt(port));
    parts.push(`${printService(server)}${printScheduling(server)} ${realServers.map(printRealServer).sort().join()}`);
    for (const real of realServers) {
      const destination = parseIp(real.address);
      if (destination && real.weight > 0) targets.push({ destination, protocol, port: real.port });
    }
  }
}

function addListeners(
  { listenersAt }: Ground,
  known: Knowledge,
  tests: Tests | undefined,
  parts: string[],
  targets: Knowledge[],
): void {
  const { family } = known.destination;
  for (const listener of listenersAt(known.port)) {
    const { protocol, port, clients = [], affinity, endpoints } = listener;
    if (familyOf(listener.address) !== family || (known.protocol ?? protocol) !== protocol) continue;
    tests?.protocols.add(protocol);
    if (tests) addRange(tests.ports, BigInt(port), BigInt(port));
    if (tests) for (const client of clients) addAddresses(tests.sources, client, family);
    parts.push(`${listenerKey(listener)} ${clients.join()} ${affinity} ${endpoints.map(printRelayEndpoint).join()}`);
    for (const endpoint of endpoints) {
      const destination = parseIp(endpoint.ip);
      if (destination) targets.push({ destination, protocol, port: endpoint.port });
    }
  }
}

function packetOf({ destination, protocol = 'tcp', port }: Knowledge): PacketClass {
  const { family } = destination;
  return { family, source: destination, destination, protocol, ...(port !== undefined && { destinationPort: port }) };
}

function addMet(rule: Rule, known: Knowledge, sets: KnownSets, tests: Tests): void {
  addTests(rule, known.destination.family, tests);
  for (const match of rule.matches) {
    if (match.kind !== 'set') continue;
    const set = sets.get(match.set);
    if (set) addSet(set, setEntries(set, match.sides, known), match.sides, tests);
  }
}

/** The conditions of a rule without comments, with the set entries and node addresses that they depend on. */
function plainText(rule: Rule, family: Family, ground: Ground, known: Knowledge): string {
  const { sets, ownAddresses: own, contentOf } = ground;
  const matches = rule.matches.filter(({ kind }) => kind !== 'comment');
  const content = contentOf(rule);
  let text = `${printRule({ ...rule, matches, target: undefined }, family)}${content && ` of ${content}`}`;
  // What the node sends to itself leaves by lo.
  if (rule.header.outInterface) text += ` ${own}`;
  for (const match of matches) {
    if (match.kind === 'addrtype' || (match.kind === 'unknown' && match.text.includes('addrtype'))) text += ` ${own}`;
    if (match.kind !== 'set') continue;
    const set = sets.get(match.set);
    const entries = set && setEntries(set, match.sides, known);
    if (set && entries)
      text += ` ${set.type} ${entries
        .map((each) => JSON.stringify(memberOf(each)))
        .sort()
        .join()}`;
  }
  return text;
}

function memberOf({ ip, protocol, port, source }: NodeRules['sets'][number]['entries'][number]): readonly unknown[] {
  return [ip, protocol, port, source];
}

/** The conditions and the target of a rule whose result the evaluator may not know. */
function unknownIn(rule: Rule, { sets, contentOf }: Ground): readonly string[] {
  const { header, matches, target } = rule;
  const found = matches.flatMap((match) => {
    if (match.kind === 'unknown') return isDecided(match.text) ? [] : [match.text.trim()];
    if (match.kind === 'physdev-in') return ['physdev'];
    return match.kind === 'set' && !sets.has(match.set) ? [`set ${match.set}`] : [];
  });
  if (header.outInterface) found.push(`-o ${header.outInterface.value}`);
  if (header.other !== undefined) found.push(header.other.trim());
  if (target?.kind === 'unknown') found.push(target.text.trim());
  const content = contentOf(rule);
  return content === '' ? found : [...found, content];
}
