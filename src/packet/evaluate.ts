/**
 * evaluate: rules and a class of packets → the ways that its connections take, each with its share, its end and its
 * steps. The same code decides and explains.
 */
import { FAMILIES, type Ip } from '../ip.js';
import type { Listener } from '../tools/relay/types.js';
import type { Branch, Step, Trail } from './branch.js';
import type { Missed } from './chains.js';
import { rulesFor } from './family-rules.js';
import { type Fraction, ONE, plus } from './fraction.js';
import { DESTINATION_HOOKS, type Hook } from './hooks.js';
import { schedule, type Taker, takersOf, undecided } from './ipvs.js';
import { isLocal, type NodeRules } from './node.js';
import { type Flow, flowOf, type PacketClass } from './packet.js';
import { listenersOf, relayed, relayTrail } from './relay.js';
import type { Stage } from './stages.js';
import { type Asker, askAll } from './turns.js';
import { apart, joined, parted } from './twins.js';

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
  /** The steps on the way; see stepsOf. */
  readonly trail: Trail | undefined;
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
  const rules = new Map(FAMILIES.map((family) => [family, rulesFor(family, node)]));
  const serverFor = takersOf(node.virtualServers, node.otherServers);
  const listenerFor = listenersOf(node.listeners ?? []);
  const ways = (packet: PacketClass): readonly Outcome[] => {
    const own = rules.get(packet.family);
    if (!own) return [];
    const way: Way = { node, stages: own.stages, serverFor, listenerFor, outcomes: [] };
    travel(way, { flow: flowOf(packet), weight: ONE, trail: undefined, depends: [], twins: undefined });
    return way.outcomes;
  };
  return {
    evaluate: (packet) => merged(ways(packet)),
    ways,
    isLocal: (ip) => isLocal(node, ip),
    missed: (step, chain) => rules.get(step.flow.family)?.missed(step, chain) ?? [],
  };
}

/** The node that a packet passes through, and the outcomes so far. */
interface Way {
  readonly node: NodeRules;
  readonly stages: (hook: Hook) => readonly Stage[];
  readonly serverFor: (flow: Flow) => Taker | undefined;
  readonly listenerFor: (flow: Flow) => Listener | undefined;
  readonly outcomes: Outcome[];
}

/** The hooks that a packet passes: from an interface or from this node, to this node or out again. */
function travel(way: Way, begin: Branch): void {
  const deliver = (branches: readonly Branch[]) => {
    // The relay tells apart what rules did not.
    for (const branch of branches) for (const each of apart(branch)) arrive(way, each);
  };
  if (begin.flow.isLocal) {
    const sent = byDestination(way.node, pass(way, 'OUTPUT', [begin]));
    leave(way, sent.away);
    // A packet to this node itself comes in again by lo, with the conntrack entry that OUTPUT made.
    const back = pass(way, 'POSTROUTING', sent.here).map((branch) => ({
      ...branch,
      flow: { ...branch.flow, isLocal: false, inInterface: 'lo', isDestinationSet: true, isSourceSet: true },
    }));
    deliver(pass(way, 'INPUT', pass(way, 'PREROUTING', back)));
    return;
  }
  const came = byDestination(way.node, pass(way, 'PREROUTING', [begin]));
  deliver(pass(way, 'INPUT', came.here));
  leave(way, pass(way, 'FORWARD', came.away));
}

/** The branches whose destination is this node, and those that go on to another. */
function byDestination(node: NodeRules, branches: readonly Branch[]): Record<'here' | 'away', readonly Branch[]> {
  const isHere = ({ destination }: Flow) => isLocal(node, destination);
  const [here, away]: [Branch[], Branch[]] = [[], []];
  for (const branch of branches)
    for (const part of parted(branch, isHere)) (isHere(part.flow) ? here : away).push(part);
  return { here, away };
}

function end({ outcomes }: Way, branch: Branch, how: End): void {
  for (const { flow, weight: share, depends, trail } of apart(branch))
    outcomes.push({ end: how, flow, share, depends, trail });
}

/** A connection to this node ends here, or the relay accepts it and connects to an endpoint. */
function arrive(way: Way, branch: Branch): void {
  // Other packets belong to connections that the relay has already.
  const listener = branch.flow.state === 'NEW' ? way.listenerFor(branch.flow) : undefined;
  const connected = listener ? relayed(listener, branch) : [];
  if (!listener) end(way, branch, 'delivered');
  else if (connected.length === 0) end(way, { ...branch, trail: relayTrail(listener, branch) }, 'reject');
  for (const each of connected) end(way, each, isLocal(way.node, each.flow.destination) ? 'delivered' : 'forwarded');
}

/** Sends branches out through POSTROUTING. */
function leave(way: Way, branches: readonly Branch[]): void {
  const isHere = ({ destination }: Flow) => isLocal(way.node, destination);
  for (const branch of pass(way, 'POSTROUTING', branches))
    for (const part of parted(branch, isHere)) end(way, part, isHere(part.flow) ? 'delivered' : 'forwarded');
}

/** The branches that pass a hook; the others have ended. IPVS may send a branch out at once. */
function pass(way: Way, hook: Hook, branches: readonly Branch[]): readonly Branch[] {
  let left = branches;
  for (const stage of way.stages(hook)) {
    if (left.length === 0) return left;
    const walked: Branch[] = [];
    for (const branch of left) walked.push(...actAt(stage, way, hook, branch));
    // What translates a destination makes branches of one.
    left = stage.kind === 'rules' ? walked : joined(walked);
  }
  return left;
}

function actAt(stage: Stage, way: Way, hook: Hook, branch: Branch): readonly Branch[] {
  switch (stage.kind) {
    case 'rules':
      return through(way, stage.askers, stage.where, branch, () => false);
    case 'nat':
      return translate(way, stage, hook, branch);
    case 'ipvs':
      return byIpvs(way, hook, branch);
  }
}

function through(
  way: Way,
  askers: readonly Asker[],
  where: string,
  branch: Branch,
  isDone: (flow: Flow) => boolean,
): readonly Branch[] {
  const accepted: Branch[] = [];
  for (const { branch: walked, verdict } of askAll(askers, where, branch, isDone)) {
    if (verdict === 'accept') accepted.push(walked);
    else end(way, walked, verdict);
  }
  return accepted;
}

/** NAT is for packets in state NEW, and only until the destination, or the source, is decided. */
function translate(
  way: Way,
  { turns, where }: Extract<Stage, { kind: 'nat' }>,
  hook: Hook,
  branch: Branch,
): readonly Branch[] {
  const isDone = (flow: Flow) => isPast(hook, flow);
  let left: readonly Branch[] = [branch];
  for (const askers of turns) left = left.flatMap((each) => through(way, askers, where, each, isDone));
  return left;
}

function isPast(hook: Hook, { state, isDestinationSet, isSourceSet, sourceNat }: Flow): boolean {
  if (state !== 'NEW') return true;
  return DESTINATION_HOOKS.has(hook) ? isDestinationSet : isSourceSet || sourceNat !== undefined;
}

function byIpvs(way: Way, hook: Hook, branch: Branch): readonly Branch[] {
  const { virtualServer, state } = branch.flow;
  // Without an entry in its connection table IPVS takes only a connection's first packet (tcp_conn_schedule: SYN).
  if (virtualServer !== undefined || state !== 'NEW') return [branch];
  return parted(branch, way.serverFor).flatMap((part) => {
    const server = way.serverFor(part.flow);
    return server ? apart(part).flatMap((each) => served(way, hook, server, each)) : [part];
  });
}

/** The branches that a virtual server delivers to this node; those to others leave it. */
function served(way: Way, hook: Hook, server: Taker, branch: Branch): readonly Branch[] {
  if ('line' in server) return [undecided(server, branch, hook)];
  const { given, refused } = schedule(server, branch, hook);
  for (const each of refused) end(way, each, 'reject');
  // ip_vs_nat_xmit: a packet to a real server on this node is delivered; a packet to another passes OUTPUT.
  const { here, away } = byDestination(way.node, given);
  leave(way, pass(way, 'OUTPUT', joined(away)));
  return here;
}

/** Merges ways that end alike and depend on the same: an endpoint of two rules gets the shares of both. */
function merged(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length === 1) return outcomes;
  const found: Outcome[] = [];
  const byAddress = new Map<string, number[]>();
  for (const outcome of outcomes) {
    const address = outcome.flow.destination.text;
    const places = byAddress.get(address) ?? [];
    const place = places.find((each) => isAlike(found[each], outcome));
    const before = place === undefined ? undefined : found[place];
    if (before && place !== undefined) found[place] = { ...before, share: plus(before.share, outcome.share) };
    else if (places.push(found.push(outcome) - 1) === 1) byAddress.set(address, places);
  }
  return found;
}

/** Whether two ways to one address end alike and depend on the same. */
function isAlike(a: Outcome | undefined, b: Outcome): boolean {
  return (
    a?.end === b.end &&
    a.flow.destinationPort === b.flow.destinationPort &&
    a.flow.sourceNat === b.flow.sourceNat &&
    a.flow.mark === b.flow.mark &&
    a.flow.affinity === b.flow.affinity &&
    a.flow.lists === b.flow.lists &&
    a.depends.length === b.depends.length &&
    a.depends.every((each, i) => each === b.depends[i])
  );
}
