/**
 * Claimed: which Services have the addresses and ports that they claim: of two with one claim the first by name, in
 * whatever order they came. Kept as Services change, at the cost of those that share a claim with a changed one.
 */
import { type Diagnostic, hasErrors } from '../diag.js';
import { claimKeys, conflictsOf } from '../read/claims.js';
import type { Service } from '../read/types.js';

export interface Claimed {
  /** A Service was added, modified, or removed (without `service`). */
  change(name: string, service: Service | undefined): void;
  /** Judges what changed; the names of the Services whose claims hold now and did not before, or the other way round. */
  settle(): readonly string[];
  /** Whether the claims of a Service hold. */
  holds(name: string): boolean;
  /** The conflicts of all Services, by name. */
  conflicts(): readonly Diagnostic[];
}

/** No Services yet. */
export function newClaimed(): Claimed {
  const services = new Map<string, Service>();
  const claimants = new Map<string, string[]>();
  const holding = new Set<string>();
  const found = new Map<string, readonly Diagnostic[]>();
  let doubtful = new Set<string>();

  /** Those after `name` that share a claim with it: a verdict depends on earlier Services only. */
  const doubt = (name: string, service: Service): void => {
    for (const key of claimKeys(service))
      for (const each of claimants.get(key) ?? []) if (each > name) doubtful.add(each);
  };
  /** The first Service before `name` whose claim of `key` holds. */
  const holderOf = (key: string, name: string): Service | undefined => {
    const holder = claimants.get(key)?.find((each) => each >= name || holding.has(each));
    return holder === undefined || holder >= name ? undefined : services.get(holder);
  };
  const judge = (name: string): boolean => {
    const service = services.get(name);
    const conflicts = service ? conflictsOf(service, (key) => holderOf(key, name)) : [];
    if (conflicts.length > 0) found.set(name, conflicts);
    else found.delete(name);
    return service !== undefined && !hasErrors(conflicts);
  };

  return {
    change: (name, service) => {
      const before = services.get(name);
      if (before) {
        doubt(name, before);
        for (const key of claimKeys(before)) remove(claimants, key, name);
      }
      doubtful.add(name);
      services.delete(name);
      if (!service) return;
      services.set(name, service);
      for (const key of claimKeys(service)) insert(claimants, key, name);
      doubt(name, service);
    },
    settle: () => {
      const changed: string[] = [];
      while (doubtful.size > 0) {
        const round = [...doubtful].sort();
        doubtful = new Set();
        for (const name of round) {
          const holds = judge(name);
          if (holds === holding.has(name)) continue;
          if (holds) holding.add(name);
          else holding.delete(name);
          changed.push(name);
          const service = services.get(name);
          if (service) doubt(name, service);
        }
      }
      return changed;
    },
    holds: (name) => holding.has(name),
    conflicts: () => [...found].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, conflicts]) => conflicts),
  };
}

function insert(lists: Map<string, string[]>, key: string, name: string): void {
  const list = lists.get(key);
  if (!list) lists.set(key, [name]);
  else if (!list.includes(name)) lists.set(key, [...list, name].sort());
}

function remove(lists: Map<string, string[]>, key: string, name: string): void {
  const rest = lists.get(key)?.filter((each) => each !== name) ?? [];
  if (rest.length > 0) lists.set(key, rest);
  else lists.delete(key);
}
