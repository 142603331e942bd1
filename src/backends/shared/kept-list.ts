/**
 * lower, part: a list with an entry for each ServicePort, in their order, of which a few are replaced.
 */
import { comparePorts } from '../../resolve/order.js';
import type { ServicePort } from '../../resolve/types.js';

interface OfPort {
  readonly port: ServicePort;
}

/** An entry as it was and as it is; absent where there is none. */
export type Pair<T> = readonly [before: T | undefined, after: T | undefined];

/** `list` with other entries in the place of those of `before`, and these in pairs by name. */
export function replaced<T extends OfPort>(
  list: readonly T[],
  before: readonly ServicePort[],
  after: readonly T[],
): { readonly list: readonly T[]; readonly pairs: readonly Pair<T>[] } {
  // A copy, because the list as it was is still compared with.
  const next = [...list];
  const former = new Map<string, T>();
  for (const port of before) {
    const at = placeOf(next, port);
    const there = next[at];
    if (!there || comparePorts(there.port, port) !== 0) continue;
    former.set(nameOf(port), there);
    next.splice(at, 1);
  }
  const come = after.map((entry): Pair<T> => [former.get(nameOf(entry.port)), entry]);
  for (const entry of after) {
    former.delete(nameOf(entry.port));
    next.splice(placeOf(next, entry.port), 0, entry);
  }
  return { list: next, pairs: [...come, ...Array.from(former.values(), (entry): Pair<T> => [entry, undefined])] };
}

function nameOf({ name }: ServicePort): string {
  return Object.values(name).join(' ');
}

/** Where the entry of `port` is in the list, or belongs. */
function placeOf(list: readonly OfPort[], port: ServicePort): number {
  return lowerBound(list, (there) => comparePorts(there.port, port) < 0);
}

/** The place of the first that is not `isBefore` of `list` from `low` to `high`; those that are stand in front. */
export function lowerBound<T>(list: readonly T[], isBefore: (each: T) => boolean, low = 0, high = list.length): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isBefore(list[middle] as T)) from = middle + 1;
    else to = middle;
  }
  return from;
}
