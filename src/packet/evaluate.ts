/**
 * evaluate: rules × packet → what becomes of its connections: each way with its share, its end and its steps. It decides and
 * explains with the same code.
 */
import { FAMILIES, type Ip } from '../ip.js';
import { type Branch, type Step, stepsOf } from './branch.js';
import { type Missed, type Tables, tablesOf } from './chains.js';
import { type Fraction, ONE, plus, ZERO } from './fraction.js';
import { type Asked, DESTINATION_HOOKS, HOOKS, type Hook } from './hooks.js';
import { schedule, serversOf } from './ipvs.js';
import { isLocal, type NodeRules } from './node.js';
import { type Flow, flowOf, type PacketClass } from './packet.js';
import { membershipsOf } from './sets.js';

/** Where a packet ends: a rule drops or refuses it, or it leaves the tables. */
export type End = 'delivered' | 'forwarded' | 'drop' | 'reject';

/** One way that connections of a class go. */
export interface Outcome {
  readonly end: End;
  /** As it is in the end: destination, marks, source translation, affinity. */
  readonly flow: Flow;
  /** Of all connections; of those that go the same unknown way, when it depends. */
  readonly share: Fraction;
  /** What is not known that it depends on; empty when it is certain. */
  readonly depends: readonly string[];
  readonly steps: readonly Step[];
}

export interface Evaluator {
  /** All ways; the shares of those that depend on nothing add up to 1. */
  readonly evaluate: (packet: PacketClass) => readonly Outcome[];
  /** Whether an address is the node's own. */
  readonly isLocal: (ip: Ip) => boolean;
  /** The rules of a chain that are not for the flow. */
  readonly missed: (family: Flow['family'], table: Asked, chain: string, flow: Flow) => readonly Missed[];
}

/** An evaluator of a node's rules; chains are indexed when a packet first gets there. */
export function newEvaluator(node: NodeRules): Evaluator {
  const known = { node, membership: membershipsOf(node.sets) };
  const tables = new Map<Flow['family'], Tables>(
    FAMILIES.map((family) => [
      family,
      tablesOf(node.ruleSets.find((each) => each.family === family) ?? { family, tables: [] }, known),
    ]),
  );
  const serverFor = serversOf(node.virtualServers);

  const evaluate = (packet: PacketClass): readonly Outcome[] => {
    const own = tables.get(packet.family);
    const outcomes: Outcome[] = [];
    const end = (branch: Branch, how: End) => {
      const { flow, weight: share, depends } = branch;
      outcomes.push({ end: how, flow, share, depends, steps: stepsOf(branch) });
    };

    /** What gets past a hook; all else has ended. IPVS may send a branch out at once. */
    const pass = (
      hook: Hook,
      branches: readonly Branch[],
      asked: readonly Asked[] = HOOKS[hook],
    ): readonly Branch[] => {
      const [table, ...more] = asked;
      if (table === undefined || branches.length === 0) return branches;
      const next = branches.flatMap((branch): readonly Branch[] => {
        if (table === 'ipvs') return byIpvs(hook, branch);
        if (table === 'nat') return translate(hook, branch);
        return through(table, hook, branch);
      });
      return pass(hook, next, more);
    };
    const through = (table: Exclude<Asked, 'ipvs'>, hook: Hook, branch: Branch): readonly Branch[] =>
      (own?.walk(table, hook, branch) ?? []).flatMap(({ branch: walked, verdict }) => {
        if (verdict === 'drop' || verdict === 'reject') end(walked, verdict);
        return verdict === 'accept' ? [walked] : [];
      });
    /** Once for each connection and side of it; not for what is not tracked, or tracked already. */
    const translate = (hook: Hook, branch: Branch): readonly Branch[] => {
      const forDestination = DESTINATION_HOOKS.has(hook);
      if (branch.flow.state !== 'NEW' || (forDestination && branch.flow.isDestinationSet)) return [branch];
      return through('nat', hook, branch).map((each) =>
        forDestination ? { ...each, flow: { ...each.flow, isDestinationSet: true } } : each,
      );
    };
    const byIpvs = (hook: Hook, branch: Branch): readonly Branch[] => {
      const { virtualServer, state } = branch.flow;
      // Without a connection that it knows, IPVS takes the first packet of one only (tcp_conn_schedule: SYN).
      const server = virtualServer === undefined && state === 'NEW' ? serverFor(branch.flow) : undefined;
      if (!server) return [branch];
      const given = schedule(server, branch, hook);
      if (given.length === 0) end(branch, 'reject');
      // ip_vs_nat_xmit: a real server on this node is reached as any local address, others by way of OUTPUT.
      const here = given.filter(({ flow }) => isLocal(node, flow.destination));
      out(given.filter((each) => !here.includes(each)));
      return here;
    };
    const out = (branches: readonly Branch[]) => leave(pass('OUTPUT', branches));
    const leave = (branches: readonly Branch[]) => {
      for (const branch of pass('POSTROUTING', branches))
        end(branch, isLocal(node, branch.flow.destination) ? 'delivered' : 'forwarded');
    };

    const begin: Branch = { flow: flowOf(packet), weight: ONE, steps: undefined, depends: [] };
    if (begin.flow.isLocal) {
      const sent = pass('OUTPUT', [begin]);
      // What a node sends to itself comes in again by lo, known already.
      leave(sent.filter(({ flow }) => !isLocal(node, flow.destination)));
      const looped = pass(
        'POSTROUTING',
        sent.filter(({ flow }) => isLocal(node, flow.destination)),
      );
      const back = looped.map((branch) => ({
        ...branch,
        flow: { ...branch.flow, isLocal: false, inInterface: 'lo', isDestinationSet: true },
      }));
      for (const branch of pass('INPUT', pass('PREROUTING', back))) end(branch, 'delivered');
    } else {
      const came = pass('PREROUTING', [begin]);
      for (const branch of pass(
        'INPUT',
        came.filter(({ flow }) => isLocal(node, flow.destination)),
      ))
        end(branch, 'delivered');
      leave(
        pass(
          'FORWARD',
          came.filter(({ flow }) => !isLocal(node, flow.destination)),
        ),
      );
    }
    return merged(outcomes);
  };
  return {
    evaluate,
    isLocal: (ip) => isLocal(node, ip),
    missed: (family, table, chain, flow) =>
      table === 'ipvs' ? [] : (tables.get(family)?.missed(table, chain, flow) ?? []),
  };
}

/** Ways that end alike and depend on the same are one: two rules for one endpoint give it both their shares. */
function merged(outcomes: readonly Outcome[]): readonly Outcome[] {
  const found = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const { end, depends, flow } = outcome;
    const { destination, destinationPort, sourceNat, mark, affinity } = flow;
    const key = JSON.stringify([end, destination.text, destinationPort, sourceNat, mark, affinity, depends]);
    const before = found.get(key);
    found.set(key, before ? { ...before, share: plus(before.share, outcome.share) } : outcome);
  }
  return [...found.values()];
}

/** The shares of what is certain, together. */
export function certain(outcomes: readonly Outcome[]): Fraction {
  return outcomes.filter(({ depends }) => depends.length === 0).reduce((sum, { share }) => plus(sum, share), ZERO);
}
