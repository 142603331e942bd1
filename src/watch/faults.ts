/**
 * Faults: which objects of the store have errors, so that it can be said when one has none any more.
 */
import type { Diagnostic } from '../diag.js';
import type { Kind } from './changes.js';

export interface Faults {
  /** All that is wrong with an object now; of one without a name it is told as well. */
  judge(kind: Kind, key: string | undefined, diagnostics: readonly Diagnostic[]): void;
  /** Objects of a kind that are gone have no errors. */
  keepOnly(kind: Kind, keys: ReadonlySet<string | undefined>): void;
  /** All that Services want of each other now. */
  conflict(diagnostics: readonly Diagnostic[]): void;
}

/** None yet. `onInvalid` is told what is wrong with each, and of nothing when that is over. */
export function newFaults(onInvalid: (diagnostics: readonly Diagnostic[], about: string) => void): Faults {
  const invalid: Readonly<Record<Kind, Set<string>>> = {
    Service: new Set(),
    EndpointSlice: new Set(),
    Node: new Set(),
  };
  let told = '[]';
  const judge: Faults['judge'] = (kind, key, diagnostics) => {
    const was = key !== undefined && invalid[kind].delete(key);
    if (diagnostics.length > 0 && key !== undefined) invalid[kind].add(key);
    if (was || diagnostics.length > 0) onInvalid(diagnostics, `${kind} ${key ?? ''}`);
  };
  return {
    judge,
    keepOnly: (kind, keys) => {
      for (const key of [...invalid[kind]]) if (!keys.has(key)) judge(kind, key, []);
    },
    conflict: (diagnostics) => {
      const now = JSON.stringify(diagnostics.map(({ message }) => message));
      if (now !== told) onInvalid(diagnostics, 'conflicts');
      told = now;
    },
  };
}
