/**
 * read, part of check: the path of the value being checked, and the problems found. The path is a mutable stack that is
 * copied only into a report.
 */

import type { Key, Severity } from '../../diag.js';
import { formatPath } from '../../diag.js';
import { suggester } from '../../near.js';

export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly path: readonly Key[];
  readonly atKey?: boolean;
  readonly hint?: string;
}

/** The path of the value being checked, the problems found so far, and the budget that is left. */
export interface Cursor {
  readonly path: Key[];
  readonly problems: Problem[];
  /** How many of `problems` are errors. */
  errors: number;
  /** List elements that may still be visited; see `cursor`. */
  budget: number;
  /** The object comes from an API server; see `refuse`. */
  admitted: boolean;
  /** Suggests the name that was probably meant, until its budget is spent. */
  readonly suggest: ReturnType<typeof suggester>;
  /** Texts that a rule has accepted before: 100,000 endpoints name 100 nodes. */
  readonly accepted: Map<Rule, Map<string, string>>;
}

export type Check<T> = (value: unknown, at: Cursor) => T | undefined;

/** The type that a check gives. */
export type Infer<C> = C extends Check<infer T> ? T : never;

/** The form that a text must have; `allowed` completes "must be …". */
export interface Rule {
  readonly allowed: string;
  readonly matches: (text: string) => boolean;
}

/**
 * A cursor at the root of a text of `size` characters. A list element takes at least two characters, so only YAML
 * aliases can produce more elements than that; without this bound, ten lines of YAML could produce billions.
 */
export function cursor(size: number): Cursor {
  return {
    path: [],
    problems: [],
    errors: 0,
    budget: size + 10_000,
    admitted: false,
    suggest: suggester(),
    accepted: new Map(),
  };
}

/** Reports that the value under the cursor (or its child `key`) is wrong. `says` follows the path: "must be …". */
export function fail(
  at: Cursor,
  says: string,
  more: { code?: string; key?: Key; hint?: string; atKey?: boolean } = {},
): undefined {
  report(at, 'error', says, more);
}

/**
 * As `fail`, for a value that an API server refuses but kube-proxy could use. It is only a warning for an object that
 * an API server has admitted (before the rule existed, or on a path that skips it), because kube-proxy then uses it.
 */
export function refuse(at: Cursor, says: string, more: Parameters<typeof fail>[2] = {}): void {
  report(at, at.admitted ? 'warning' : 'error', says, more);
}

/** As `fail`, for a problem that does no harm. */
export function warn(at: Cursor, says: string, more: Parameters<typeof fail>[2] = {}): void {
  report(at, 'warning', says, more);
}

function report(at: Cursor, severity: Severity, says: string, more: NonNullable<Parameters<typeof fail>[2]>): void {
  const { code = 'invalid-field', key, hint, atKey } = more;
  const path = key === undefined ? [...at.path] : [...at.path, key];
  const message = `${path.length > 0 ? formatPath(path) : 'the object'} ${says}`;
  if (severity === 'error') at.errors++;
  at.problems.push({ code, severity, message, path, ...(hint !== undefined && { hint }), ...(atKey && { atKey }) });
}

/** Runs `check` on the child `key` of the value under the cursor. */
export function child<T>(at: Cursor, key: Key, value: unknown, check: Check<T>): T | undefined {
  at.path.push(key);
  const result = check(value, at);
  at.path.pop();
  return result;
}
