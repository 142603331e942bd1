/**
 * Memo: caches the result for an object while the object and all other inputs are identical (===). The daemon compiles
 * the same cluster again and again; unchanged results are then identical too, so diff can skip them without comparing.
 */

export interface Memo {
  /** The result of `make`, cached in `scope` under `key` while `parts` are identical. */
  readonly of: <V>(scope: string, key: object, parts: readonly unknown[], make: () => V) => V;
}

/** Caches nothing, for callers that compile once. */
export const NO_MEMO: Memo = { of: (_scope, _key, _parts, make) => make() };

/** Caches the last result of each scope and key; when a key is collected as garbage, so are its results. */
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
