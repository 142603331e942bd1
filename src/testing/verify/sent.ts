/**
 * sent: mutations of a subject, judged by packets. Packets of a list are sent through the rules and through each mutation;
 * where the kernel's answers differ, verify must have found a difference. The example of each difference that verify
 * reports is sent as well, and the kernel's answers must differ.
 */
import type { Host } from '../../apply/host.js';
import type { DumpText } from '../../dumps/dumps.js';
import { newEvaluator, type Outcome } from '../../packet/evaluate.js';
import type { NodeRules } from '../../packet/node.js';
import type { PacketClass } from '../../packet/packet.js';
import { newGroups } from '../../verify/groups.js';
import { verify } from '../../verify/verify.js';
import { type Answers, newScript, type Script, type Send, whyUnsent } from '../network/sent/answers.js';
import { classesOf } from '../network/traced/classes.js';
import { type Dice, diceOf } from './dice.js';
import { countFor, type Example, exampleOf, isSeen } from './example.js';
import { mutate } from './mutations.js';
import { rulesIn, type Subject } from './subject.js';

export interface Sent {
  /** Mutations that the kernel took. */
  readonly mutations: number;
  /** Those that changed what became of a packet of the list, and those that verify found something in. */
  readonly changed: number;
  readonly found: number;
  readonly packets: number;
  /** Reported differences that the kernel's answers to their example confirm. */
  readonly confirmed: number;
  /** Reported differences that no packet can show here, by the reason. */
  readonly unsent: Readonly<Record<string, number>>;
  /** Changes that verify did not find, and differences that packets did not show. */
  readonly wrong: readonly string[];
}

interface Mutant {
  readonly what: string;
  readonly changed: DumpText;
  readonly original: DumpText;
  readonly examples: readonly Example[];
}

interface Tried extends Mutant {
  readonly loaded: () => boolean;
  readonly list: readonly (readonly [Send, () => Answers])[];
  /** The answers to each example, before and after the mutation; undefined where it cannot be sent. */
  readonly pairs: readonly (readonly [Example, (() => readonly [Answers, Answers]) | undefined])[];
}

/** Makes `count` mutations of a subject and sends packets through all of them, by one program. */
export async function sendMutants(host: Host, subject: Subject, count: number, seed: number): Promise<Sent> {
  const base = rulesIn(subject, subject.texts);
  if (!base) throw new Error(`${subject.name}: the rules cannot be read`);
  const dice = diceOf(seed);
  const list = listOf(subject, base, dice);
  const mutants = mutantsOf(subject, base, count, dice);
  const script = newScript(host, subject.family);
  const loads = subject.texts.flatMap(subject.load).map(script.feed);
  const was = list.map(script.send);
  const examples = mutants.map((mutant) => mutant.examples.map(({ send }) => send && script.send(send)));
  const tried = mutants.map((mutant, i) => addMutant(script, subject, mutant, list, examples[i] ?? []));
  await script.run();
  if (loads.some((code) => code() !== 0)) throw new Error(`${subject.name}: the rules cannot be loaded`);
  const before = was.map((answers) => answers());
  return tried.filter(({ loaded }) => loaded()).reduce((sum, each) => plus(sum, judged(each, before, subject)), NONE);
}

/** The sum of the figures. */
export function plus(a: Sent, b: Sent): Sent {
  const reasons = [...new Set([...Object.keys(a.unsent), ...Object.keys(b.unsent)])];
  return {
    mutations: a.mutations + b.mutations,
    changed: a.changed + b.changed,
    found: a.found + b.found,
    packets: a.packets + b.packets,
    confirmed: a.confirmed + b.confirmed,
    unsent: Object.fromEntries(reasons.map((name) => [name, (a.unsent[name] ?? 0) + (b.unsent[name] ?? 0)])),
    wrong: [...a.wrong, ...b.wrong],
  };
}

export const NONE: Sent = { mutations: 0, changed: 0, found: 0, packets: 0, confirmed: 0, unsent: {}, wrong: [] };

/** Packets of classes that the rules tell apart, with the number that shows every answer. */
function listOf({ family, packets }: Subject, base: NodeRules, { below }: Dice): readonly Send[] {
  const ruleSet = base.ruleSets.find((each) => each.family === family);
  const all = ruleSet ? classesOf(ruleSet, base.virtualServers) : [];
  const evaluator = newEvaluator(base);
  // IPVS keeps the client of a persistent server on one endpoint, beyond the removal of the server.
  const kept = new Set(
    base.virtualServers.flatMap(({ persistence, protocol, address, port }) =>
      persistence ? [`${protocol} ${address} ${port}`] : [],
    ),
  );
  const isKept = ({ flow }: Outcome) => flow.virtualServer !== undefined && kept.has(flow.virtualServer);
  // The packet that is sent as INVALID has SYN, which IPVS takes (tcp_conn_schedule); the class is of those without.
  const isTaken = ({ state }: PacketClass) => state === 'INVALID' && base.virtualServers.length > 0;
  return all
    .filter(({ packet }) => whyUnsent(packet) === undefined && !isTaken(packet) && !evaluator.ways(packet).some(isKept))
    .map((each) => ({ ...each, place: below(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .slice(0, packets)
    .map(({ packet }) => ({ packet, count: countFor(evaluator, packet) }));
}

function mutantsOf(subject: Subject, base: NodeRules, count: number, dice: Dice): readonly Mutant[] {
  const made: Mutant[] = [];
  for (let i = 0; made.length < count && i < count * 4; i++) {
    const { what, texts } = mutate(subject.texts, dice);
    const at = texts.findIndex((text, j) => text !== subject.texts[j]);
    const [changed, original] = [texts[at], subject.texts[at]];
    const rules = rulesIn(subject, texts);
    if (!rules || !changed || !original) continue;
    const { add, groups } = newGroups();
    verify({ rules: base }, { rules }, add, [subject.family]);
    const evaluators = [newEvaluator(base), newEvaluator(rules)] as const;
    made.push({ what, changed, original, examples: groups().map((group) => exampleOf(group.example, evaluators)) });
  }
  return made;
}

function addMutant(
  script: Script,
  subject: Subject,
  mutant: Mutant,
  list: readonly Send[],
  was: readonly ((() => Answers) | undefined)[],
): Tried {
  const codes = subject.load(mutant.changed).map(script.feed);
  // Each of several answers has to be seen only where nothing was found.
  const most = mutant.examples.length > 0 ? 3 : Number.POSITIVE_INFINITY;
  const sends = list.map((send) => ({ ...send, count: Math.min(send.count, most) }));
  const answers = sends.map((send) => [send, script.send(send)] as const);
  const pairs = mutant.examples.map((example, i) => {
    const [before, after] = [was[i], example.send && script.send(example.send)];
    return [example, before && after && (() => [before(), after()] as const)] as const;
  });
  // What is loaded of one text takes the place of what was loaded before.
  if (subject.texts.length > 1) for (const feed of subject.load(mutant.original)) script.feed(feed);
  return { ...mutant, loaded: () => codes.every((code) => code() === 0), list: answers, pairs };
}

function judged({ what, list, pairs, examples }: Tried, before: readonly Answers[], { name }: Subject): Sent {
  const wrong: string[] = [];
  const unsent: Record<string, number> = {};
  let confirmed = 0;
  const differing = list.filter(([, answers], i) => {
    const [was, is] = [before[i] ?? new Map<string, number>(), answers()];
    return [...is.keys()].some((each) => !was.has(each)) || (examples.length === 0 && was.size > is.size);
  });
  const told = `${name}: ${what}`;
  if (examples.length === 0)
    for (const [{ packet }, answers] of differing)
      wrong.push(`${told}: nothing found, but ${JSON.stringify(packet)} ${[...answers()].join()}`);
  for (const [example, answers] of pairs) {
    if (example.reason !== undefined) unsent[example.reason] = (unsent[example.reason] ?? 0) + 1;
    const seen = answers?.();
    if (!seen) continue;
    if (isSeen(example, ...seen)) confirmed++;
    else wrong.push(`${told}: not seen: ${example.text}: ${[...seen[0]].join()} | ${[...seen[1]].join()}`);
  }
  const packets = [...list.map(([, answers]) => answers()), ...pairs.flatMap(([, answers]) => answers?.() ?? [])];
  return {
    mutations: 1,
    changed: differing.length > 0 ? 1 : 0,
    found: examples.length > 0 ? 1 : 0,
    packets: packets.reduce((sum, each) => sum + [...each.values()].reduce((all, count) => all + count, 0), 0),
    confirmed,
    unsent,
    wrong,
  };
}
