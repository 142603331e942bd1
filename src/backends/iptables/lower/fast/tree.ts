/**
 * lower, layout `fast`, part: rules by what they match first, an address or a port → a tree of chains, so that a packet
 * tries a few rules whatever their number.
 *
 * A key is a number of hexadecimal digits. A node with more rules than a leaf may have is divided by the next digit in
 * which its keys differ, so long common beginnings cost nothing. The tree is a function of the keys alone; another rule
 * changes one leaf, or divides it.
 */
import { lowerBound } from '../../../shared/kept-list.js';

export interface Keyed {
  /** In hexadecimal digits, all keys with the same number of them. */
  readonly digits: string;
}

/** A part of a tree: the values in it, and deeper parts. */
export interface Part<T extends Keyed> {
  /** What its keys begin with. */
  readonly prefix: string;
  readonly values: readonly T[];
  readonly parts: readonly Part<T>[];
}

/** A tree of before, and the keys of all values that came or went since. */
export interface Before<T extends Keyed> {
  readonly tree: Part<T>;
  readonly touched: readonly string[];
}

/** The most values that stand one behind the other. */
export const LEAF = 16;

/**
 * The tree of values that are sorted by key; those with the same key stay in their order. Made from the one before it
 * has the very parts of it in which nothing was touched, and costs what was touched.
 */
export function treeOf<T extends Keyed>(sorted: readonly T[], before?: Before<T>): Part<T> {
  const { tree, touched = [] } = before ?? {};

  const partOf = (prefix: string, from: number, to: number, was: Part<T> | undefined): Part<T> => {
    const isWhole = prefix.length === sorted[from]?.digits.length;
    if (to - from <= LEAF || isWhole) return { prefix, values: sorted.slice(from, to), parts: [] };
    const known = partsBelow(prefix, was);
    const values: T[] = [];
    const parts: Part<T>[] = [];
    for (let start = from, end = from; start < to; start = end) {
      const next = digitsAt(sorted, start).slice(0, prefix.length + 1);
      end = lowerBound(sorted, ({ digits }) => digits.startsWith(next), start, to);
      const there = known.find((part) => part.prefix.startsWith(next));
      // A chain for one value would cost more than the value.
      if (end - start === 1) values.push(...sorted.slice(start, end));
      else if (there && !touched.some((digits) => digits.startsWith(next))) parts.push(there);
      else {
        const longest = commonPrefix(digitsAt(sorted, start), digitsAt(sorted, end - 1));
        parts.push(partOf(end - start <= LEAF ? next : longest, start, end, there));
      }
    }
    return { prefix, values, parts };
  };
  return partOf('', 0, sorted.length, tree);
}

/** The outermost parts of a tree whose keys begin with `prefix` and go on. */
function partsBelow<T extends Keyed>(prefix: string, part: Part<T> | undefined): readonly Part<T>[] {
  if (!part) return [];
  if (part.prefix === prefix) return part.parts;
  if (part.prefix.startsWith(prefix)) return [part];
  const isOnTheWay = (each: Part<T>) => prefix.startsWith(each.prefix) || each.prefix.startsWith(prefix);
  return partsBelow(prefix, part.parts.find(isOnTheWay));
}

function digitsAt(list: readonly Keyed[], at: number): string {
  return list[at]?.digits ?? '';
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
