/**
 * Memo: what was made of an object, for as long as the object and all else it was made from are the very same. A daemon
 * compiles the same cluster again and again; what did not change is then not only equal but identical, which is how diff
 * knows it without looking.
 */

export interface Memo {
  /** What `make` gave for `key` and `parts`, if that was asked before in this `scope`; otherwise what it gives now. */
  readonly of: <V>(scope: string, key: object, parts: readonly unknown[], make: () => V) => V;
}

/** Remembers nothing, for who compiles once. */
export const NO_MEMO: Memo = { of: (_scope, _key, _parts, make) => make() };

/** Remembers the last answer of each scope and key; a key that is gone takes its answers with it. */
export function newMemo(): Memo {
  const scopes = new Map<string, WeakMap<object, { readonly parts: readonly unknown[]; readonly value: unknown }>>();
  return {
    of: <V>(scope: string, key: object, parts: readonly unknown[], make: () => V): V => {
      const known = scopes.get(scope) ?? new WeakMap();
      scopes.set(scope, known);
      const found = known.get(key);
      if (found && sameParts(found.parts, parts)) return found.value as V;
      const value = make();
      known.set(key, { parts, value });
      return value;
    },
  };
}

function sameParts(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
