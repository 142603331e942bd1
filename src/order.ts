/**
 * Order: sorting by namespace and name, by code point, independent of the order of the input; and grouping.
 */

interface Named {
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** Order of strings by code point; names are ASCII, where code units are the same. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `objects` sorted by namespace and name. */
export function sorted<T extends Named>(objects: readonly T[]): readonly T[] {
  return [...objects].sort(
    ({ metadata: a }, { metadata: b }) => compare(a.namespace, b.namespace) || compare(a.name, b.name),
  );
}

/** `values` in groups by key, in their given order; values without a key are left out. */
export function groupedBy<T>(
  values: readonly T[],
  keyOf: (value: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** The sorted names of `objects` in each namespace. */
export function namesByNamespace(objects: readonly Named[]): ReadonlyMap<string, readonly string[]> {
  const groups = groupedBy(sorted(objects), ({ metadata }) => metadata.namespace);
  return new Map([...groups].map(([namespace, found]) => [namespace, found.map(({ metadata }) => metadata.name)]));
}
