/**
 * evaluate: rules and a class of packets → the ways that its connections take, each with its share, its end and its
 * steps. The same code decides and explains.
 */
import { FAMILIES, type Ip } from '../ip.js';
import type { TableName } from '../tools/iptables/types.js';
import type { VirtualServer } from '../tools/ipvs/types.js';
import { type Branch, type Step, stepsOf } from './branch.js';
import type { Missed } from './chains.js';
import { type Fraction, ONE, plus } from './fraction.js';
import { DESTINATION_HOOKS, HOOKS, type Hook } from './hooks.js';
import { refused, schedule, serversOf } from './ipvs.js';
import { isLocal, type NodeRules } from './node.js';
import { type Flow, flowOf, type PacketClass } from './packet.js';
import { membershipsOf } from './sets.js';
import { asked, type Variants, variantsOf } from './variants.js';

/** Where a packet ends: a rule drops or refuses it, or it leaves the tables. */
export type End = 'delivered' | 'forwarded' | 'drop' | 'reject';

/** One way that connections of a class go. */
export interface Outcome {
  readonly end: End;
  /** The packet at the end: destination, marks, source translation, affinity. */
  readonly flow: Flow;
  /** Of all connections; if `depends` is not empty, of those for which its conditions hold. */
  readonly share: Fraction;
  /** The unknown conditions that the way depends on; empty if it is certain. */
  readonly depends: readonly string[];
  readonly steps: readonly Step[];
}

export interface Evaluator {
  /** All ways that end differently; the shares of those that depend on nothing add up to 1. */
  readonly evaluate: (packet: PacketClass) => readonly Outcome[];
  /** All ways; those that end alike are not merged. */
  readonly ways: (packet: PacketClass) => readonly Outcome[];
  /** Whether an address is the node's own. */
  readonly isLocal: (ip: Ip) => boolean;
  /** The rules of a chain, in the table of a step, that do not match the packet of the step. */
  readonly missed: (step: Pick<Step, 'table' | 'variant' | 'flow'>, chain: string) => readonly Missed[];
}

/** An evaluator of a node's rules; a chain is indexed when a packet first enters it. */
export function newEvaluator(node: NodeRules): Evaluator {
  const known = { node, membership: membershipsOf(node.sets) };
  const tables = new Map(FAMILIES.map((family) => [family, variantsOf(node, family, known)] as const));
  const serverFor = serversOf(node.virtualServers);
  const ways = (packet: PacketClass): readonly Outcome[] => {
    const own = tables.get(packet.family);
    if (!own) return [];
    const way: Way = { node, tables: own, serverFor, outcomes: [] };
    travel(way, { flow: flowOf(packet), weight: ONE, steps: undefined, depends: [] });
    return way.outcomes;
  };
  return {
    evaluate: (packet) => merged(ways(packet)),
    ways,
    isLocal: (ip) => isLocal(node, ip),
    missed: ({ table, variant, flow }, chain) => {
      const { own, beside } = tables.get(flow.family) ?? {};
      return table === 'ipvs' ? [] : ((variant === undefined ? own : beside)?.missed(table, chain, flow) ?? []);
    },
  };
}

/** The node that a packet passes through, and the outcomes so far. */
interface Way {
  readonly node: NodeRules;
  readonly tables: Variants;
  readonly serverFor: (flow: Flow) => VirtualServer | undefined;
  readonly outcomes: Outcome[];
}

/** The hooks that a packet passes: from an interface or from this node, to this node or out again. */
function travel(way: Way, begin: Branch): void {
  const { node } = way;
  const here = (branches: readonly Branch[]) => branches.filter(({ flow }) => isLocal(node, flow.destination));
  const away = (branches: readonly Branch[]) => branches.filter(({ flow }) => !isLocal(node, flow.destination));
  const deliver = (branches: readonly Branch[]) => {
    for (const branch of branches) end(way, branch, 'delivered');
  };
  if (begin.flow.isLocal) {
    const sent = pass(way, 'OUTPUT', [begin]);
    leave(way, away(sent));
    // A packet to this node itself comes in again by lo, with the conntrack entry that OUTPUT made.
    const back = pass(way, 'POSTROUTING', here(sent)).map((branch) => ({
      ...branch,
      flow: { ...branch.flow, isLocal: false, inInterface: 'lo', isDestinationSet: true },
    }));
    deliver(pass(way, 'INPUT', pass(way, 'PREROUTING', back)));
    return;
  }
  const came = pass(way, 'PREROUTING', [begin]);
  deliver(pass(way, 'INPUT', here(came)));
  leave(way, pass(way, 'FORWARD', away(came)));
}

function end({ outcomes }: Way, branch: Branch, how: End): void {
  const { flow, weight: share, depends } = branch;
  outcomes.push({ end: how, flow, share, depends, steps: stepsOf(branch) });
}

/** Sends branches out through POSTROUTING. */
function leave(way: Way, branches: readonly Branch[]): void {
  for (const branch of pass(way, 'POSTROUTING', branches))
    end(way, branch, isLocal(way.node, branch.flow.destination) ? 'delivered' : 'forwarded');
}

/** The branches that pass a hook; the others have ended. IPVS may send a branch out at once. */
function pass(way: Way, hook: Hook, branches: readonly Branch[]): readonly Branch[] {
  let left = branches;
  for (const asked of HOOKS[hook]) {
    if (left.length === 0) return left;
    if (asked === 'ipvs') left = left.flatMap((branch) => byIpvs(way, hook, branch));
    else if (asked === 'nat') left = left.flatMap((branch) => translate(way, hook, branch));
    else left = left.flatMap((branch) => through(way, asked, hook, branch));
  }
  return left;
}

function through(way: Way, table: TableName, hook: Hook, branch: Branch): readonly Branch[] {
  const { accepted, ended } = asked(way.tables, table, hook, branch);
  for (const { branch: walked, verdict } of ended) end(way, walked, verdict);
  return accepted;
}

/** Table nat: for packets in state NEW; in PREROUTING and OUTPUT only until the destination is decided. */
function translate(way: Way, hook: Hook, branch: Branch): readonly Branch[] {
  const side = DESTINATION_HOOKS.has(hook) ? 'isDestinationSet' : 'isSourceSet';
  if (branch.flow.state !== 'NEW' || branch.flow[side]) return [branch];
  return through(way, 'nat', hook, branch).map((each) =>
    each.flow[side] ? each : { ...each, flow: { ...each.flow, [side]: true } },
  );
}

function byIpvs(way: Way, hook: Hook, branch: Branch): readonly Branch[] {
  const { virtualServer, state } = branch.flow;
  // Without an entry in its connection table IPVS takes only a connection's first packet (tcp_conn_schedule: SYN).
  const server = virtualServer === undefined && state === 'NEW' ? way.serverFor(branch.flow) : undefined;
  if (!server) return [branch];
  const given = schedule(server, branch, hook);
  if (given.length === 0) end(way, refused(server, branch, hook), 'reject');
  // ip_vs_nat_xmit: a packet to a real server on this node is delivered; a packet to another passes OUTPUT.
  const here = given.filter(({ flow }) => isLocal(way.node, flow.destination));
  leave(
    way,
    pass(
      way,
      'OUTPUT',
      given.filter((each) => !here.includes(each)),
    ),
  );
  return here;
}

/** Merges ways that end alike and depend on the same: an endpoint of two rules gets the shares of both. */
function merged(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length === 1) return outcomes;
  const found = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome);
    const before = found.get(key);
    found.set(key, before ? { ...before, share: plus(before.share, outcome.share) } : outcome);
  }
  return [...found.values()];
}

function keyOf({ end, flow, depends }: Outcome): string {
  const { destination, destinationPort, sourceNat, mark, affinity = '' } = flow;
  const key = `${end} ${destination.text} ${destinationPort} ${sourceNat} ${mark} ${affinity.length} ${affinity}`;
  return depends.length === 0 ? key : key + JSON.stringify(depends);
}
