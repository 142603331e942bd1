/**
 * Found: the diagnostics of compiling all Services, kept as Services change.
 */
import type { Diagnostic } from '../diag.js';

export interface Found {
  /** What is found of one Service, apart from other Services. */
  set(service: string, diagnostics: readonly Diagnostic[]): void;
  /** Puts diagnostics about some Services together in the place of others. */
  replace(before: readonly Diagnostic[], after: readonly Diagnostic[]): void;
  /** All; the very same list until one changes. */
  all(): readonly Diagnostic[];
}

/** Nothing found yet. */
export function newFound(): Found {
  const byService = new Map<string, readonly Diagnostic[]>();
  const counted = new Map<string, { readonly diagnostic: Diagnostic; count: number }>();
  let made: readonly Diagnostic[] | undefined;
  const add = (diagnostic: Diagnostic, by: 1 | -1): void => {
    const key = `${diagnostic.code} ${diagnostic.origin?.object ?? ''} ${diagnostic.message}`;
    const there = counted.get(key) ?? { diagnostic, count: 0 };
    there.count += by;
    if (there.count === 0) counted.delete(key);
    else counted.set(key, there);
  };
  return {
    set: (service, diagnostics) => {
      if (!byService.has(service) && diagnostics.length === 0) return;
      made = undefined;
      if (diagnostics.length > 0) byService.set(service, diagnostics);
      else byService.delete(service);
    },
    replace: (before, after) => {
      if (before.length + after.length > 0) made = undefined;
      for (const diagnostic of before) add(diagnostic, -1);
      for (const diagnostic of after) add(diagnostic, 1);
    },
    all: () => {
      made ??= [...byService.values(), [...counted.values()].map(({ diagnostic }) => diagnostic)].flat();
      return made;
    },
  };
}
