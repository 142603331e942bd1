/**
 * The parts that validators are built from. A check takes a parsed value and returns its typed, defaulted, reduced
 * copy, or undefined after reporting the errors. Objects are tables of field names and checks.
 *
 * For speed, the path is one mutable stack, copied only into a report: a large cluster has 100,000 endpoints and hardly
 * any errors.
 */

import { show } from '../diag.js';
import { type Check, type Cursor, child, fail, type Rule, refuse } from './check/cursor.js';

export {
  type Check,
  type Cursor,
  child,
  cursor,
  fail,
  type Infer,
  type Problem,
  type Rule,
  refuse,
  warn,
} from './check/cursor.js';

/** A JSON object: neither list nor null. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a string`, `a list`: the kind of a value in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  return KINDS[typeof value] ?? 'a value of another kind';
}

const KINDS: Readonly<Partial<Record<string, string>>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'a mapping',
};

function wrongType(at: Cursor, wanted: string, value: unknown, hint?: string): undefined {
  const found = typeof value === 'object' ? kindOf(value) : `${kindOf(value)}: ${show(value)}`;
  return fail(at, `must be ${wanted}, is ${found}`, hint === undefined ? {} : { hint });
}

/** Any string. */
export function text(value: unknown, at: Cursor): string | undefined {
  if (typeof value === 'string') return value;
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return wrongType(at, 'a string', value, scalar ? 'put it in quotes' : undefined);
}

export function bool(value: unknown, at: Cursor): boolean | undefined {
  return typeof value === 'boolean' ? value : wrongType(at, 'true or false', value);
}

/** Any number that JSON can write. */
export function number(value: unknown, at: Cursor): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : wrongType(at, 'a number', value);
}

/** Any value; for fields that vipc does not read. */
export function anything(value: unknown): unknown {
  return value;
}

/** A whole number from `min` to `max`. */
export function int(min: number, max: number): Check<number> {
  const wanted = `a whole number from ${min} to ${max}`;
  return (value, at) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value + 0;
    if (typeof value === 'number')
      return fail(at, `must be ${wanted}, is ${Number.isFinite(value) ? show(value) : value}`);
    const quoted = typeof value === 'string' && /^\d+$/.test(value);
    return wrongType(at, wanted, value, quoted ? 'remove the quotes' : undefined);
  };
}

/** A text that `rule` accepts. */
export function matching(rule: Rule): Check<string> {
  return (value, at) => {
    if (typeof value !== 'string') return text(value, at);
    return rule.matches(value) ? value : fail(at, `must be ${rule.allowed}, is ${show(value)}`);
  };
}

/** As `matching`, for texts that repeat a lot: each text is checked once and stored once. */
export function remembered(rule: Rule): Check<string> {
  const check = matching(rule);
  return (value, at) => {
    let accepted = at.accepted.get(rule);
    if (!accepted) {
      accepted = new Map();
      at.accepted.set(rule, accepted);
    }
    const known = typeof value === 'string' ? accepted.get(value) : undefined;
    if (known !== undefined) return known;
    const result = check(value, at);
    if (result !== undefined) accepted.set(result, result);
    return result;
  };
}

/** One of `values`. An empty string becomes `empty`, if that is given: the API defaults some fields so. */
export function oneOf<const T extends string>(values: readonly T[], empty?: T): Check<T> {
  const wanted = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  return (value, at) => {
    if (value === '' && empty !== undefined) return empty;
    const found = values.find((allowed) => allowed === value);
    if (found !== undefined) return found;
    return typeof value === 'string' ? fail(at, `must be ${wanted}, is ${show(value)}`) : wrongType(at, wanted, value);
  };
}

/** A list of `min` to `max` values. */
export function list<T>(item: Check<T>, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return wrongType(at, 'a list', value);
    if (value.length < min)
      return fail(at, `must have at least ${min} ${min === 1 ? 'entry' : 'entries'}, has ${value.length}`);
    if (value.length > max) return fail(at, `must have at most ${max} entries, has ${value.length}`);
    at.budget -= value.length;
    if (at.budget < 0) return fail(at, 'has too many entries: aliases repeat them', { code: 'too-large' });
    const before = at.errors;
    // push() would make room for 17 entries, and most lists have one.
    const result = new Array<T>(value.length);
    const path = at.path;
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      const checked = item(value[i], at);
      path.pop();
      if (checked !== undefined) result[i] = checked;
    }
    return at.errors === before ? result : undefined;
  };
}

/**
 * A mapping with free keys. In the API its values are always strings, and Go's encoding/json reads null as the empty
 * string. The result has no prototype, because users may choose keys such as `constructor`.
 */
export function map<T>(key: Rule, item: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, at) => {
    if (!isMapping(value)) return wrongType(at, 'a mapping', value);
    const before = at.errors;
    const result: Record<string, T> = Object.create(null);
    for (const name of Object.keys(value)) {
      if (!key.matches(name))
        fail(at, `has a key that must be ${key.allowed}, is ${show(name)}`, { key: name, atKey: true });
      else {
        const checked = child(at, name, value[name] ?? '', item);
        if (checked !== undefined) result[name] = checked;
      }
    }
    return at.errors === before ? result : undefined;
  };
}

/** `check`, then `extra` on its result; both may report problems. */
export function also<T>(check: Check<T>, extra: (value: T, at: Cursor) => void): Check<T> {
  return (value, at) => {
    const result = check(value, at);
    if (result === undefined) return undefined;
    const before = at.errors;
    extra(result, at);
    return at.errors === before ? result : undefined;
  };
}

/** `check`, then the rule `holds` on its result; a result that breaks it is `refuse`d: it must be `allowed`. */
export function ruled<T>(check: Check<T>, allowed: string, holds: (value: T) => boolean): Check<T> {
  return (value, at) => {
    const result = check(value, at);
    if (result !== undefined && !holds(result)) refuse(at, `must be ${allowed}, is ${show(result)}`);
    return result;
  };
}

/** `check`, then `into` on its result, which converts it or returns undefined after a `fail`. */
export function convert<T, U>(check: Check<T>, into: (value: T, at: Cursor) => U | undefined): Check<U> {
  return (value, at) => {
    const result = check(value, at);
    return result === undefined ? undefined : into(result, at);
  };
}
