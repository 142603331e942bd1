/**
 * lower, layout `fast`, part: rules by what they match first, an address or a port → a tree of chains, so that a packet
 * tries a few rules whatever their number.
 *
 * A key is a number of hexadecimal digits. A node with more rules than a leaf may have is divided by the next digit in
 * which its keys differ, so long common beginnings cost nothing. The tree is a function of the keys alone; another rule
 * changes one leaf, or divides it.
 */
export interface Keyed {
  /** In hexadecimal digits, all keys with the same number of them. */
  readonly digits: string;
}

/** A part of a tree: the values in it, and deeper parts. */
export interface Part<T extends Keyed> {
  /** What its keys begin with. */
  readonly prefix: string;
  /** All values in it and in deeper parts, in the order given. */
  readonly list: readonly T[];
  readonly values: readonly T[];
  readonly parts: readonly Part<T>[];
}

/** The most values that stand one behind the other. */
export const LEAF = 16;

/**
 * The tree of some values; those with the same key stay together, in the order given. Parts with the same values as in
 * the tree `before` are those of it.
 */
export function treeOf<T extends Keyed>(list: readonly T[], before?: Part<T>): Part<T> {
  return partOf('', list, before);
}

function partOf<T extends Keyed>(prefix: string, list: readonly T[], before: Part<T> | undefined): Part<T> {
  const isWhole = prefix.length === list[0]?.digits.length;
  if (list.length <= LEAF || isWhole) return { prefix, list, values: list, parts: [] };
  const known = before?.prefix === prefix ? before.parts : [];
  const values: T[] = [];
  const parts: Part<T>[] = [];
  for (const some of byDigit(list, prefix.length)) {
    const [{ digits = '' } = {}] = some;
    const next = digits.slice(0, prefix.length + 1);
    const there = known.find((part) => part.prefix.startsWith(next));
    // A chain for one value would cost more than the value.
    if (some.length === 1) values.push(...some);
    else if (there && isSame(there.list, some)) parts.push(there);
    else parts.push(partOf(some.length <= LEAF ? next : commonPrefix(some), some, there));
  }
  return { prefix, list, values, parts };
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && now.every((each, i) => each === before[i]);
}

/** The groups with the same digit at a place, in order of it. */
function byDigit<T extends Keyed>(list: readonly T[], place: number): readonly (readonly T[])[] {
  const found = new Map<number, T[]>();
  for (const each of list) {
    const digit = each.digits.charCodeAt(place);
    const some = found.get(digit);
    if (some) some.push(each);
    else found.set(digit, [each]);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, some]) => some);
}

function commonPrefix(list: readonly Keyed[]): string {
  let common = list[0]?.digits ?? '';
  for (const { digits } of list) while (!digits.startsWith(common)) common = common.slice(0, -1);
  return common;
}
