/**
 * compare: evaluates a packet on both sides → equal, or the kind of the difference.
 */
import type { Outcome } from '../packet/evaluate.js';
import type { PacketClass } from '../packet/packet.js';
import { byDesign } from './by-design.js';
import { certainFates, type Fate, type Fates, fatesOf, isSame, isTooDeep } from './fate.js';
import type { Side } from './side.js';

/** The kind of a difference. */
export type Kind =
  | 'no-longer-served'
  | 'newly-served'
  | 'dropped'
  | 'rejected'
  | 'untouched'
  | 'answer'
  | 'endpoints'
  | 'source'
  | 'affinity'
  | 'scheduler'
  | 'shares'
  | 'route'
  | 'mark'
  | 'verdicts'
  | 'undecided';

export interface Compared {
  readonly packet: PacketClass;
  readonly a: readonly Outcome[];
  readonly b: readonly Outcome[];
  readonly fates: readonly [readonly Fate[], readonly Fate[]];
  readonly kind: Kind;
  /** The names of the by-design differences; empty if the difference is not by design. */
  readonly byDesign: readonly string[];
}

/** `unknown alike`: equal only because both sides depend on the same unknown conditions. */
export type Equal = 'equal' | 'unknown alike';

/** `unknown`: whether both sides have the same unknown rules in the same places. */
export function compare(
  packet: PacketClass,
  [sideA, sideB]: readonly [Side, Side],
  unknown: 'alike' | 'not alike',
): Equal | Compared {
  const [a, b] = [sideA.evaluate(packet), sideB.evaluate(packet)];
  const [left, right] = [fatesOf(a, sideA), fatesOf(b, sideB)];
  const compared = (kind: Kind, fates: Compared['fates'], names: readonly string[] = []): Compared => {
    return { packet, a, b, fates, kind, byDesign: names };
  };
  const [mine, theirs] = [certainFates(left), certainFates(right)];
  if (mine && theirs) {
    if (isSame(mine, theirs)) return 'equal';
    const names = byDesign({ packet, fates: [mine, theirs], sides: [sideA, sideB] });
    return compared(kindOf(mine, theirs), [mine, theirs], names);
  }
  const all: Compared['fates'] = [[...left.values()].flat(), [...right.values()].flat()];
  if (unknown === 'alike' && !isTooDeep(left) && !isTooDeep(right)) {
    const keys = [...new Set([...left.keys(), ...right.keys()])].filter(isPossible);
    const differing = keys.filter((key) => !isSame(left.get(key) ?? [], right.get(key) ?? []));
    if (differing.length === 0) return 'unknown alike';
    // Both sides depend on the same conditions; where those of `differing` hold, the fates differ.
    if (keys.every((key) => left.has(key) === right.has(key))) {
      const of = (fates: Fates) => differing.flatMap((key) => fates.get(key) ?? []);
      return compared(kindOf(of(left), of(right)), [of(left), of(right)]);
    }
  }
  return compared('undecided', all);
}

/** Whether the key does not contain a condition and its negation. */
function isPossible(key: string): boolean {
  const conditions = new Set(key.split('\n'));
  return ![...conditions].some((each) => conditions.has(`not ${each}`));
}

/** The kind of the difference: by verdict, then the first of ASPECTS that differs, then shares. */
function kindOf(a: readonly Fate[], b: readonly Fate[]): Kind {
  const values = (fates: readonly Fate[], pick: (fate: Fate) => unknown) =>
    [...new Set(fates.map((fate) => JSON.stringify(pick(fate) ?? null)))].sort().join();
  const differs = (pick: (fate: Fate) => unknown) => values(a, pick) !== values(b, pick);
  const [was, is] = [values(a, ({ end }) => end), values(b, ({ end }) => end)];
  if (was !== is) {
    const [before, after] = [only(a), only(b)];
    if (before === 'served' && after === 'untouched') return 'no-longer-served';
    if (before !== 'served' && after === 'served') return 'newly-served';
    return after !== undefined && after !== 'served' ? after : 'verdicts';
  }
  for (const [kind, pick] of ASPECTS) if (differs(pick)) return kind;
  return 'shares';
}

const ASPECTS: readonly (readonly [Kind, (fate: Fate) => unknown])[] = [
  ['answer', ({ answer }) => answer],
  ['endpoints', ({ to }) => to],
  ['source', ({ to, source }) => [to, source]],
  ['affinity', ({ to, affinity, persistence }) => [to, affinity, persistence]],
  ['scheduler', ({ scheduler }) => scheduler],
  ['route', ({ to, isLocal }) => [to, isLocal]],
  ['mark', ({ to, marks }) => [to, marks]],
];

function only(fates: readonly Fate[]): Fate['end'] | undefined {
  const ends = new Set(fates.map(({ end }) => end));
  return ends.size === 1 ? [...ends][0] : undefined;
}
