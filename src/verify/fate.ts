/**
 * fate: what an evaluator says of a packet → what becomes of it, without how.
 */
import type { Outcome } from '../packet/evaluate.js';
import { type Fraction, plus, ZERO } from '../packet/fraction.js';
import type { Side } from './side.js';

/** One of the things that become of packets of a class. */
export interface Fate {
  readonly end: 'served' | 'untouched' | 'rejected' | 'dropped';
  /** `10.0.0.1:80`, of what is served. */
  readonly to: string | undefined;
  /** As what it is seen there: the text of the target that changed its source. */
  readonly source: string | undefined;
  /** With which answer it is refused, where that is not the usual one. */
  readonly answer: string | undefined;
  /** Whether it stays on the node. */
  readonly isLocal: boolean;
  /** Marks that it has in the end, `0x0 0x0`: routes and queues of others may ask for them. */
  readonly marks: string;
  /** The list that its client is added to; the persistence of a virtual server. */
  readonly affinity: string | undefined;
  /** How IPVS picks. */
  readonly scheduler: string | undefined;
  /** Seconds for which IPVS keeps a client at its endpoint. */
  readonly persistence: number | undefined;
  readonly share: Fraction;
  readonly outcome: Outcome;
}

/** Fates by what they depend on: one entry where all is certain, with the key `''`. */
export type Fates = ReadonlyMap<string, readonly Fate[]>;

/** More unknown conditions than that are not followed to their end (src/packet/chains.ts). */
const MOST_UNKNOWN = 6;

export function fatesOf(outcomes: readonly Outcome[], side: Side): Fates {
  const found = new Map<string, Fate[]>();
  for (const outcome of outcomes) {
    const key = outcome.depends.join('\n');
    const list = found.get(key) ?? [];
    found.set(key, list);
    list.push(fateOf(outcome, side));
  }
  return new Map([...found].map(([key, list]) => [key, merged(list)]));
}

function fateOf(outcome: Outcome, side: Side): Fate {
  const { end, flow, share, steps } = outcome;
  const none = { to: undefined, source: undefined, answer: undefined, isLocal: false, marks: '' };
  const last = steps.at(-1)?.text ?? '';
  const by = { affinity: undefined, scheduler: undefined, persistence: undefined, share, outcome };
  if (end === 'drop') return { ...none, ...by, end: 'dropped' };
  if (end === 'reject') return { ...none, ...by, end: 'rejected', answer: answerIn(last) };
  const server = flow.virtualServer === undefined ? undefined : side.serverNamed(flow.virtualServer);
  const persistence = server?.persistence?.timeoutSeconds;
  const { text } = flow.destination;
  const port = flow.destinationPort;
  return {
    end: flow.original ? 'served' : 'untouched',
    to: flow.original && (port === undefined ? text : text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`),
    source: flow.sourceNat && sourceIn(flow.sourceNat, steps),
    answer: undefined,
    isLocal: end === 'delivered',
    marks: `0x${flow.mark.toString(16)} 0x${flow.connmark.toString(16)}`,
    affinity: server ? undefined : flow.affinity,
    scheduler: server && [server.scheduler, server.schedulerFlag].filter(Boolean).join(' '),
    persistence,
    share,
    outcome,
  };
}

/** The port-unreachable of either family is what everything refuses with unless told. */
function answerIn(text: string): string | undefined {
  const [, answer] = / --reject-with (\S+)/.exec(text) ?? [];
  return answer === undefined || /^icmp6?-port-unreachable$/.test(answer) ? undefined : answer;
}

/** That ports are chosen at random (--random-fully) is no other address. */
function sourceIn(nat: 'masquerade' | 'snat', steps: Outcome['steps']): string {
  if (nat === 'masquerade') return 'masqueraded';
  const step = steps.findLast(({ text }) => / -j SNAT /.test(text));
  return `as ${/ --to-source (\S+)/.exec(step?.text ?? '')?.[1] ?? 'another'}`;
}

function merged(fates: readonly Fate[]): readonly Fate[] {
  const byKey = new Map<string, Fate>();
  for (const fate of fates) {
    const key = keyOf(fate);
    const before = byKey.get(key);
    byKey.set(key, before ? { ...before, share: plus(before.share, fate.share) } : fate);
  }
  return [...byKey.values()];
}

export function isTooDeep(fates: Fates): boolean {
  return [...fates.keys()].some((key) => key.split('\n').length > MOST_UNKNOWN);
}

/** The fates where what is not known changes nothing; undefined where it may. */
export function certainFates(fates: Fates): readonly Fate[] | undefined {
  if (isTooDeep(fates)) return undefined;
  return resolved(
    [...fates].map(([key, list]) => ({ depends: key === '' ? [] : key.split('\n'), list })),
    0,
  );
}

interface Part {
  readonly depends: readonly string[];
  readonly list: readonly Fate[];
}

/** Certain up to the `depth`-th unknown condition, of which both cases must come to the same. */
function resolved(parts: readonly Part[], depth: number): readonly Fate[] | undefined {
  const found = parts.filter(({ depends }) => depends.length <= depth).flatMap(({ list }) => list);
  const open = parts.filter(({ depends }) => depends.length > depth);
  const names = new Set(open.map(({ depends }) => nameOf(depends[depth] ?? '')));
  for (const name of names) {
    const of = (text: string) =>
      resolved(
        open.filter(({ depends }) => depends[depth] === text),
        depth + 1,
      );
    const [yes, no] = [of(name), of(`${NOT}${name}`)];
    if (!yes || !no || !isSame(yes, no)) return undefined;
    found.push(...yes);
  }
  return merged(found);
}

/** What src/packet/chains.ts writes before a condition that does not hold. */
const NOT = 'not ';

function nameOf(condition: string): string {
  return condition.startsWith(NOT) ? condition.slice(NOT.length) : condition;
}

/** Equal for fates that differ in their shares at most. */
export function keyOf(fate: Fate): string {
  const { end, to, source, answer, isLocal, marks, affinity, scheduler, persistence } = fate;
  return JSON.stringify([end, to, source, answer, isLocal, marks, affinity, scheduler, persistence]);
}

/** Shares within 2^-24 of each other are equal: nearer than anybody could measure. */
function isNear(a: Fraction, b: Fraction): boolean {
  const difference = a.n * b.d - b.n * a.d;
  return (difference < 0n ? -difference : difference) * (1n << 24n) <= a.d * b.d;
}

/** Whether two lists have the same fates with the same shares. */
export function isSame(a: readonly Fate[], b: readonly Fate[]): boolean {
  const shares = new Map(b.map((fate) => [keyOf(fate), fate.share]));
  const seen = new Set<string>();
  for (const fate of a) {
    const key = keyOf(fate);
    seen.add(key);
    if (!isNear(fate.share, shares.get(key) ?? ZERO)) return false;
  }
  return b.every((fate) => seen.has(keyOf(fate)) || isNear(fate.share, ZERO));
}
