/**
 * Ties: an index of how all ServicePorts depend on each other, which finds those that must be lowered with a few.
 */
import type { Kept, Needs } from '../backends/backend.js';
import type { ServicePort } from '../resolve/types.js';
import { newMany } from './many.js';
import { inOrder } from './ports.js';

export interface Index {
  /** `ports` and those that are tied to them. */
  tied(ports: readonly ServicePort[]): ReadonlySet<ServicePort>;
  /**
   * Puts ServicePorts in the place of others; both are complete: each with all that it is tied to. Returns those that
   * stand in for others with the same needs.
   */
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): readonly ServicePort[];
}

type Ties = Pick<Kept, 'claims' | 'needs' | 'isTransitive'>;

/** An index of `ports`. */
export function newIndex(ties: Ties, ports: readonly ServicePort[]): Index {
  const claimants = newMany<ServicePort>();
  const needing = newMany<ServicePort>();
  const always = new Map<string, number>();
  const needsOf = (group: readonly ServicePort[]) => Array.from(ties.needs(inOrder(group)));
  const family = (port: ServicePort, key: string) => `${port.family} ${key}`;

  const add = (group: readonly ServicePort[]): readonly string[] => {
    for (const port of group) for (const key of ties.claims(port)) claimants.add(family(port, key), port);
    return record(needsOf(group), 1);
  };
  const remove = (group: readonly ServicePort[]): readonly string[] => {
    for (const port of group) for (const key of ties.claims(port)) claimants.remove(family(port, key), port);
    return record(needsOf(group), -1);
  };
  /** The needs of their own. */
  const record = (needs: readonly (readonly [ServicePort, Needs])[], by: 1 | -1): readonly string[] =>
    needs.flatMap(([port, { own, always: lasting }]) => {
      const ownKeys = own.map((key) => family(port, key));
      const lastingKeys = lasting.map((key) => family(port, key));
      for (const key of [...ownKeys, ...lastingKeys]) needing[by > 0 ? 'add' : 'remove'](key, port);
      for (const key of lastingKeys) count(always, key, by);
      return ownKeys;
    });
  add(ports);

  return {
    tied: (some) => {
      const found = new Set(some);
      // A set that grows while it is walked is walked to its end.
      for (const port of ties.isTransitive ? found : some)
        for (const key of ties.claims(port)) for (const other of claimants.of(family(port, key))) found.add(other);
      return found;
    },
    replace: (before, after) => {
      const lost = remove(before);
      const others = new Set([...lost, ...always.keys()].flatMap((key) => first(needing.of(key))));
      const gained = add(after);
      const own = new Set(after);
      for (const key of gained) for (const port of firstBeside(needing.of(key), own)) others.add(port);
      return [...others];
    },
  };
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}

function first<T>(values: Iterable<T>): readonly T[] {
  for (const value of values) return [value];
  return [];
}

/** The first value that is not in `own`. */
function firstBeside<T>(values: Iterable<T>, own: ReadonlySet<T>): readonly T[] {
  for (const value of values) if (!own.has(value)) return [value];
  return [];
}
