/**
 * Many: several values for a key. Most keys have one value, which then needs no set of its own.
 */

export interface Many<V extends object> {
  add(key: string, value: V): void;
  remove(key: string, value: V): void;
  of(key: string): Iterable<V>;
}

/** No values yet. */
export function newMany<V extends object>(): Many<V> {
  const found = new Map<string, V | Set<V>>();
  return {
    add: (key, value) => {
      const there = found.get(key);
      if (there === undefined) found.set(key, value);
      else if (there instanceof Set) there.add(value);
      else if (there !== value) found.set(key, new Set([there, value]));
    },
    remove: (key, value) => {
      const there = found.get(key);
      if (there === value) found.delete(key);
      if (!(there instanceof Set)) return;
      there.delete(value);
      if (there.size === 0) found.delete(key);
    },
    of: (key) => {
      const there = found.get(key);
      return there === undefined ? [] : there instanceof Set ? there : [there];
    },
  };
}
