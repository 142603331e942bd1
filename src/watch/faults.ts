/**
 * Faults: which objects have errors, so that the end of an error can be reported, too.
 */
import type { Diagnostic } from '../diag.js';
import type { Kind } from './changes.js';

export interface Faults {
  /** Reports all errors that an object has now; one without a name has no key. */
  judge(kind: Kind, key: string | undefined, diagnostics: readonly Diagnostic[]): void;
  /** Reports that the objects of a kind without a key in `keys` have no errors: they are gone. */
  keepOnly(kind: Kind, keys: ReadonlySet<string | undefined>): void;
  /** Reports all conflicts between Services that there are now. */
  conflict(diagnostics: readonly Diagnostic[]): void;
}

/** No faults yet. `onInvalid` is called with the errors of an object, and with none when they are over. */
export function newFaults(onInvalid: (diagnostics: readonly Diagnostic[], about: string) => void): Faults {
  const invalid: Readonly<Record<Kind, Set<string>>> = {
    Service: new Set(),
    EndpointSlice: new Set(),
    Node: new Set(),
    ServiceCIDR: new Set(),
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
