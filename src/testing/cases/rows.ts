/**
 * For tests only: a row of a table changes some fields of a valid object and lists the expected problems.
 */
import { type Check, cursor } from '../../read/check.js';

/** A name, fields to set (`spec.ports.0.port` → value), and how each expected message begins. */
export type Row = [string, Record<string, unknown>, ...string[]];

/** The messages of `check` about `good` with the changes of a row. */
export function run(
  check: Check<unknown>,
  good: object,
  changes: Row[1],
): { readonly result: unknown; readonly messages: string[] } {
  const at = cursor(1e6);
  const result = check(withChanges(good, changes), at);
  return { result, messages: at.problems.map(({ message }) => message) };
}

/** `good` with fields set: `spec.ports.0.port` → value. */
export function withChanges(good: object, changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(good);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let parent = copy as Record<string, unknown>;
    for (const key of keys) parent = parent[key] as Record<string, unknown>;
    parent[last] = structuredClone(value);
  }
  return copy;
}
