/**
 * lower, layout `fast`, part: rules by what they match first, an address or a port → a tree of chains, so that a packet
 * tries a few rules whatever their number.
 *
 * A key is a number of hexadecimal digits. A node with more rules than a leaf may have is divided by the next digit in
 * which its keys differ, so long common beginnings cost nothing. The tree is a function of the keys alone; another rule
 * changes one leaf, or divides it.
 */
export interface Keyed<T> {
  /** In hexadecimal digits, all keys with the same number of them. */
  readonly digits: string;
  readonly value: T;
}

/** A part of a tree: the values in it, and deeper parts. */
export interface Part<T> {
  /** What its keys begin with. */
  readonly prefix: string;
  readonly values: readonly T[];
  readonly parts: readonly Part<T>[];
}

/** The most values that stand one behind the other. */
export const LEAF = 16;

/** The tree of some values; those with the same key stay together, in the order given. */
export function treeOf<T>(list: readonly Keyed<T>[]): Part<T> {
  return partOf('', list);
}

function partOf<T>(prefix: string, list: readonly Keyed<T>[]): Part<T> {
  const isWhole = prefix.length === list[0]?.digits.length;
  if (list.length <= LEAF || isWhole) return { prefix, values: list.map(({ value }) => value), parts: [] };
  const values: T[] = [];
  const parts: Part<T>[] = [];
  for (const [digit, some] of byDigit(list, prefix.length)) {
    // A chain for one value would cost more than the value.
    if (some.length === 1) values.push(...some.map(({ value }) => value));
    else parts.push(partOf(some.length <= LEAF ? prefix + digit : commonPrefix(some), some));
  }
  return { prefix, values, parts };
}

/** Sorted by the digit at a place. */
function byDigit<T>(list: readonly Keyed<T>[], place: number): readonly (readonly [string, readonly Keyed<T>[]])[] {
  const found = new Map<string, Keyed<T>[]>();
  for (const each of list) {
    const digit = each.digits[place] ?? '';
    const some = found.get(digit);
    if (some) some.push(each);
    else found.set(digit, [each]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function commonPrefix(list: readonly Keyed<unknown>[]): string {
  let common = list[0]?.digits ?? '';
  for (const { digits } of list) while (!digits.startsWith(common)) common = common.slice(0, -1);
  return common;
}
