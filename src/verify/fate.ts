/**
 * fate: the evaluator's outcomes for a packet, reduced to the result: verdict, destination, source address, share.
 */
import { stepsOf } from '../packet/branch.js';
import type { Outcome } from '../packet/evaluate.js';
import { type Fraction, plus, ZERO } from '../packet/fraction.js';
import { listsOf } from '../packet/packet.js';
import { listOf } from './nft/lists.js';
import type { Side } from './side.js';

/** One possible result for the packets of a class. */
export interface Fate {
  readonly end: 'served' | 'untouched' | 'rejected' | 'dropped';
  /** The address and port after DNAT or IPVS, as `10.0.0.1:80`; undefined without. */
  readonly to: string | undefined;
  /** The source address that the destination sees: `masqueraded` or `as 10.0.0.1`; undefined when unchanged. */
  readonly source: string | undefined;
  /** The value of --reject-with, when it is not port-unreachable. */
  readonly answer: string | undefined;
  /** Whether the packet is delivered on this node. */
  readonly isLocal: boolean;
  /** The packet mark and the connection mark at the end, as `0x0 0x0`: routing rules and tc filters may test them. */
  readonly marks: string;
  /** The recent list that the client is added to; undefined for a virtual server. */
  readonly affinity: string | undefined;
  /** The IPVS scheduler and its flag. */
  readonly scheduler: string | undefined;
  /** The persistence timeout of IPVS in seconds. */
  readonly persistence: number | undefined;
  readonly share: Fraction;
  readonly outcome: Outcome;
}

/** Fates by the unknown conditions that they depend on, one a line; the key `''` has the certain ones. */
export type Fates = ReadonlyMap<string, readonly Fate[]>;

/** The evaluator drops branches after this number of unknown conditions (src/packet/walk.ts). */
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
  const { end, flow, share, trail } = outcome;
  const none = { to: undefined, source: undefined, answer: undefined, isLocal: false, marks: '' };
  const last = trail?.site.text ?? '';
  const by = { affinity: undefined, scheduler: undefined, persistence: undefined, share, outcome };
  if (end === 'drop') return { ...none, ...by, end: 'dropped' };
  if (end === 'reject') return { ...none, ...by, end: 'rejected', answer: answerIn(last) };
  const server = flow.virtualServer === undefined ? undefined : side.serverNamed(flow.virtualServer);
  const listener = side.listenerNamed(flow.affinity);
  const persistence = server?.persistence?.timeoutSeconds ?? listener?.affinity;
  const { text } = flow.destination;
  const port = flow.destinationPort;
  return {
    end: flow.original ? 'served' : 'untouched',
    to: flow.original && (port === undefined ? text : text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`),
    source: flow.sourceNat && sourceIn(flow.sourceNat, outcome),
    answer: undefined,
    isLocal: end === 'delivered',
    marks: `0x${flow.mark?.toString(16) ?? '?'} 0x${flow.connmark?.toString(16) ?? '?'}`,
    affinity: server || listener || flow.affinity === undefined ? undefined : listsOf(flow).map(listOf).join(' and '),
    scheduler: server && [server.scheduler, server.schedulerFlag].filter(Boolean).join(' '),
    persistence,
    share,
    outcome,
  };
}

/** Port-unreachable is the default in both families (iptables-extensions(8), nft(8)). */
function answerIn(text: string): string | undefined {
  const [, saved, listed] = / --reject-with (\S+)|\breject with (\w+ [\w-]+)/.exec(text) ?? [];
  const answer = saved ?? listed?.replace(' ', '-');
  return answer === undefined || /^icmp(?:6|x|v6)?-port-unreachable$/.test(answer) ? undefined : answer;
}

/** The address without other options: --random-fully changes the choice of ports only. */
function sourceIn(nat: 'masquerade' | 'snat', outcome: Outcome): string {
  if (nat === 'masquerade') return 'masqueraded';
  const step = stepsOf(outcome).findLast(({ text }) => / -j SNAT |\bsnat /.test(text));
  return `as ${/(?: --to-source|\bsnat (?:ip6? )?to) (\S+)/.exec(step?.text ?? '')?.[1] ?? 'another'}`;
}

function merged(fates: readonly Fate[]): readonly Fate[] {
  if (fates.length < 2) return fates;
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

/** The fates, if they are the same whether the unknown conditions hold or not; otherwise undefined. */
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

/** `parts` agree on the first `depth` unknown conditions; both cases of the next one must have the same fates. */
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

/** The prefix of a condition that does not hold, as src/packet/walk.ts writes it. */
const NOT = 'not ';

function nameOf(condition: string): string {
  return condition.startsWith(NOT) ? condition.slice(NOT.length) : condition;
}

/** Equal for fates that differ only in share and outcome. */
export function keyOf(fate: Fate): string {
  const { end, to, source, answer, isLocal, marks, affinity, scheduler, persistence } = fate;
  return JSON.stringify([end, to, source, answer, isLocal, marks, affinity, scheduler, persistence]);
}

/** Shares that differ by at most 2^-24 are equal: no measurement of connections can show the difference. */
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
