/**
 * walks: sends packets of each class until each way that the evaluator predicts was seen, and reports the differences.
 */
import type { Family } from '../../../ip.js';
import { type Evaluator, newEvaluator, type Outcome } from '../../../packet/evaluate.js';
import { packetBytes } from './bytes.js';
import type { NamedClass } from './classes.js';
import { type Traced, withTracedNode } from './compared.js';
import { enough, foretold, taken, wrongEnd } from './foretold.js';
import type { TracedRules } from './rules.js';

export interface Walks {
  readonly packets: number;
  readonly classes: number;
  /** The number of ways that packets took, of all classes. */
  readonly ways: number;
  /** The number of predicted ways that no packet took. */
  readonly unseen: number;
  /** Classes that cannot be sent, by name. */
  readonly unsent: readonly string[];
  /** The states of connection tracking of the packets. */
  readonly states: readonly string[];
  /** The differences between the kernel and the evaluator. */
  readonly wrong: readonly string[];
}

/** More classes: other packets, and later ones of flows that the first classes begin. */
export type Later = (family: Family, first: readonly NamedClass[], evaluator: Evaluator) => readonly NamedClass[];

interface Walk extends NamedClass {
  /** The predicted outcomes by their steps. */
  readonly ways: ReadonlyMap<string, Outcome>;
  /** The certain ways that no packet has taken yet. */
  readonly awaited: Set<string>;
  readonly seen: Set<string>;
  /** Rules remember its sender. */
  readonly isAlone: boolean;
  left: number;
}

/** Sends the classes of rules through the kernel, with `later` packets of their flows, and compares with the evaluator. */
export async function walksOf({ family, node, classes: first, load }: TracedRules, later?: Later): Promise<Walks> {
  const evaluator = newEvaluator(node);
  const all = later ? [...first, ...later(family, first, evaluator)] : first;
  const walks = all
    .filter(({ packet, opener }) => packetBytes(packet, 1, opener))
    .map((each) => begin(each, evaluator.ways(each.packet)));
  const wrong: string[] = [];
  let packets = 0;
  await withTracedNode(family, load, async (send) => {
    for (let going: readonly Walk[] = walks; going.length > 0; going = going.filter(isGoing)) {
      const batch = going.flatMap((walk) =>
        Array.from({ length: Math.max(1, Math.min(walk.left, 2 * walk.awaited.size)) }, () => walk),
      );
      // The opener of a flow goes before its later packet.
      const sent = batch.flatMap((walk) => [...(walk.opener ? [{ packet: walk.opener }] : []), walk]);
      const traced = await send(sent);
      const whole = sent.flatMap((walk, i) =>
        'ways' in walk && traced[i] && !traced[i].isLost ? [{ walk, traced: traced[i] }] : [],
      );
      if (whole.length === 0) throw new Error('no packet was traced');
      packets += whole.length;
      for (const each of whole) wrong.push(...take(each.walk, each.traced));
    }
  });
  for (const { name, awaited } of walks) for (const path of awaited) wrong.push(`${name}: never went\n${path}`);
  const ways = walks.reduce((sum, { seen }) => sum + seen.size, 0);
  return {
    packets,
    classes: walks.length,
    ways,
    unseen: walks.reduce((sum, walk) => sum + walk.ways.size, 0) - ways,
    unsent: all.filter(({ packet, opener }) => !packetBytes(packet, 1, opener)).map(({ name }) => name),
    states: [...new Set(walks.map(({ packet }) => packet.state ?? 'NEW'))].sort(),
    wrong,
  };
}

function begin(named: NamedClass, outcomes: readonly Outcome[]): Walk {
  const ways = new Map(outcomes.map((way) => [foretold(way), way]));
  const awaited = new Set([...ways].filter(([, { depends }]) => depends.length === 0).map(([path]) => path));
  const isAlone = outcomes.some(({ flow }) => flow.affinity !== undefined);
  return { ...named, ways, awaited, seen: new Set(), isAlone, left: enough(outcomes) };
}

function isGoing({ left, awaited, seen }: Walk): boolean {
  return left > 0 && (awaited.size > 0 || seen.size === 0);
}

/** The difference between the trace of a packet and the prediction, if there is one. */
function take(walk: Walk, traced: Traced): readonly string[] {
  const path = taken(traced, walk.packet);
  const way = walk.ways.get(path);
  walk.left--;
  if (way) walk.seen.add(path);
  walk.awaited.delete(path);
  const wrong = way
    ? (traced.failed ?? wrongEnd(way, traced))
    : `${traced.failed ?? ''}it went\n${path}\nforetold is\n${[...walk.ways.keys()].join('\nor\n')}`;
  return wrong === undefined ? [] : [`${walk.name}: ${wrong}`];
}
