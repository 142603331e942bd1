/**
 * side: one of the two rule sets, and which of its rules packets to a destination can meet. What they can meet is told from
 * destination, protocol and port alone, and is never too little: a rule that asks for anything else is met.
 */
import * as crypto from 'node:crypto';
import { type Family, type Ip, parseIp } from '../ip.js';
import { newEvaluator } from '../packet/evaluate.js';
import { isLocal, type NodeRules } from '../packet/node.js';
import { flowOf, type PacketClass } from '../packet/packet.js';
import { act } from '../packet/targets.js';
import { printRealServer, printScheduling, printService } from '../tools/ipvs/print.js';
import { printRule } from '../tools/iptables/print.js';
import type { Chain, Rule } from '../tools/iptables/types.js';
import { type IndexedChain, indexChain, rulesFor } from './chain-index.js';
import { addAddresses } from './intervals.js';
import { type Knowledge, type KnownSets, may, setEntries, setsOf } from './may.js';
import { addSet, addTests, noTests, type Tests } from './tests.js';

/** What packets to a destination can meet. */
export interface Met {
  /** Equal for rules that treat these packets equally, whatever their chains are called. */
  readonly content: string;
  /** Matches and targets that the evaluator may not know, each with its place. */
  readonly unknown: readonly string[];
}

export type Side = ReturnType<typeof newSide>;

/** Chains with fewer rules are read again where they are met again: there are many of them. */
const LARGE = 64;

/** The kernel refuses rules that are deeper. */
const DEEPEST = 64;

/** `elsewhere`: addresses of endpoints that are known to be on other nodes. */
export function newSide(node: NodeRules, elsewhere: ReadonlySet<string> = new Set()) {
  const sets = setsOf(node.sets);
  const chains = new Map<string, Chain>();
  const builtIn: Record<Family, { readonly table: string; readonly chain: Chain }[]> = { ipv4: [], ipv6: [] };
  for (const { family, tables } of node.ruleSets)
    for (const { name: table, chains: list } of tables)
      for (const chain of list) {
        chains.set(`${family} ${table} ${chain.name}`, chain);
        if (chain.policy !== undefined) builtIn[family].push({ table, chain });
      }
  for (const list of Object.values(builtIn)) list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const servers = new Map<string, NodeRules['virtualServers'][number][]>();
  for (const server of node.virtualServers) push(servers, server.address, server);
  const indexed = new Map<Chain, IndexedChain>();
  const indexOf = (chain: Chain, family: Family): IndexedChain => {
    const before = indexed.get(chain);
    if (before) return before;
    const made = indexChain(chain, family);
    if (made.size >= LARGE || chain.policy !== undefined) indexed.set(chain, made);
    return made;
  };
  const ownAddresses = digest([...node.addresses].sort().join());

  /** All destinations that rules, sets and virtual servers name, and all else that they ask for. */
  const allTests = (family: Family): Tests => {
    const tests = noTests();
    for (const { family: own, tables } of node.ruleSets)
      if (own === family)
        for (const { chains: list } of tables)
          for (const chain of list) for (const rule of chain.rules()) addTests(rule, family, tests);
    for (const set of node.sets) if (set.family === family) addSet(set, set.entries, ['dst', 'dst', 'src'], tests);
    for (const { address } of node.virtualServers) addAddresses(tests.destinations, address, family);
    return tests;
  };

  /** What packets that `known` describes can meet; adds to `tests` what those rules ask for. */
  const meet = (known: Knowledge, tests?: Tests): Met => {
    const seen = new Set<string>();
    const unknown: string[] = [];
    const parts: string[] = [];
    const todo = [known];
    for (let at = todo.pop(); at; at = todo.pop()) {
      const key = `${at.destination.text} ${at.port ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const walk = newWalk(at, tests);
      parts.push(key, String(isLocal(node, at.destination)), ...walk.all());
      unknown.push(...walk.unknown);
      // In one order, however the rules were met.
      todo.push(...walk.targets.sort((a, b) => (a.destination.text < b.destination.text ? 1 : -1)));
    }
    return { content: digest(parts.join('\n')), unknown };
  };

  const newWalk = (known: Knowledge, tests: Tests | undefined) => {
    const { family } = known.destination;
    const memo = new Map<string, { readonly content: string; readonly unknown: readonly string[] }>();
    const unknown: string[] = [];
    const targets: Knowledge[] = [];
    const flow = flowOf(packetOf(known));

    const chain = (table: string, name: string, depth: number): { content: string; unknown: readonly string[] } => {
      const before = memo.get(`${table} ${name}`);
      const found = chains.get(`${family} ${table} ${name}`);
      if (before) return before;
      if (!found || depth > DEEPEST) return { content: `no ${name}`, unknown: [`no chain ${name}`] };
      const texts: string[] = [];
      const notKnown: string[] = [];
      for (const rule of rulesFor(indexOf(found, family), known)) {
        if (!may(rule, known, node, sets)) continue;
        if (tests) addMet(rule, known, sets, tests);
        notKnown.push(...unknownIn(rule, sets));
        const action = rule.target && act(rule, flow);
        const plain = plainText(rule, family, sets, known, ownAddresses);
        if (action?.kind === 'jump' || action?.kind === 'goto') {
          const to = chain(table, action.chain, depth + 1);
          notKnown.push(...to.unknown);
          // Who comes back from an empty chain has met nothing.
          if (to.content === '' && action.kind === 'jump') continue;
          texts.push(`${plain} ${action.kind} ${to.content}`);
          continue;
        }
        texts.push(rule.target ? plain + printRule({ ...rule, header: {}, matches: [] }, family) : plain);
        if (action?.kind === 'verdict' && action.flow.original) {
          const { destination, destinationPort } = action.flow;
          targets.push({ destination, protocol: known.protocol, port: destinationPort });
        }
      }
      const made = { content: texts.length === 0 ? '' : digest(texts.join('\n')), unknown: notKnown };
      memo.set(`${table} ${name}`, made);
      return made;
    };

    const all = function* (): Generator<string> {
      for (const each of builtIn[family]) {
        const found = chain(each.table, each.chain.name, 0);
        if (found.content !== '' || each.chain.policy === 'DROP')
          yield `${nameOf(each)} ${each.chain.policy} ${found.content}`;
        for (const text of found.unknown) unknown.push(`${nameOf(each)} ${text}`);
      }
      for (const server of servers.get(known.destination.text) ?? []) {
        const { protocol, port, realServers } = server;
        if (known.protocol !== undefined && known.protocol !== protocol) continue;
        if (known.port !== undefined && known.port !== port) continue;
        tests?.protocols.add(protocol);
        tests?.ports.set(`${port}-${port}`, { low: BigInt(port), high: BigInt(port) });
        yield `${printService(server)}${printScheduling(server)} ${realServers.map(printRealServer).sort().join()}`;
        for (const real of realServers) {
          const destination = parseIp(real.address);
          if (destination && real.weight > 0) targets.push({ destination, protocol, port: real.port });
        }
      }
    };
    return { all, unknown, targets };
  };

  const { evaluate } = newEvaluator(node);
  return {
    node,
    elsewhere,
    evaluate,
    allTests,
    meet,
    isLocal: (ip: Ip) => isLocal(node, ip),
    /** Whether it is an address of virtual servers. */
    isVirtual: (ip: Ip) => servers.has(ip.text),
    /** Whether it is for a virtual server that has nobody to give it to. */
    isEmptyServer: ({ protocol, destination, destinationPort }: PacketClass) =>
      (servers.get(destination.text) ?? []).some(
        (each) =>
          each.protocol === protocol &&
          each.port === destinationPort &&
          each.realServers.every(({ weight }) => weight === 0),
      ),
    serverNamed: (name: string) => (servers.get(name.split(' ')[1] ?? '') ?? []).find((each) => keyOf(each) === name),
  };
}

function keyOf({ protocol, address, port }: NodeRules['virtualServers'][number]): string {
  return `${protocol} ${address} ${port}`;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function nameOf({ table, chain }: { readonly table: string; readonly chain: Chain }): string {
  return `${table} ${chain.name}`;
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

/** The conditions of a rule without comments, and what is in the sets that they look into. */
function plainText(rule: Rule, family: Family, sets: KnownSets, known: Knowledge, own: string): string {
  const matches = rule.matches.filter(({ kind }) => kind !== 'comment');
  let text = printRule({ ...rule, matches, target: undefined }, family);
  for (const match of matches) {
    if (match.kind === 'addrtype' || (match.kind === 'unknown' && match.text.includes('addrtype'))) text += ` ${own}`;
    if (match.kind !== 'set') continue;
    const set = sets.get(match.set);
    const entries = set && setEntries(set, match.sides, known);
    if (set && entries) text += ` ${set.type} ${entries.map((each) => JSON.stringify(valueOf(each))).sort().join()}`;
  }
  return text;
}

function valueOf({ ip, protocol, port, source }: NodeRules['sets'][number]['entries'][number]): readonly unknown[] {
  return [ip, protocol, port, source];
}

/** What of a rule may be unknown to the evaluator. */
function unknownIn({ header, matches, target }: Rule, sets: KnownSets): readonly string[] {
  const found = matches.flatMap((match) => {
    if (match.kind === 'unknown') return [match.text.trim()];
    if (match.kind === 'physdev-in') return ['physdev'];
    return match.kind === 'set' && !sets.has(match.set) ? [`set ${match.set}`] : [];
  });
  if (header.outInterface) found.push(`-o ${header.outInterface.value}`);
  if (header.other !== undefined) found.push(header.other.trim());
  if (target?.kind === 'unknown') found.push(target.text.trim());
  return found;
}

function digest(text: string): string {
  return crypto.hash('md5', text, 'base64');
}
