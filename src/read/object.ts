/**
 * Checks for objects, as tables: field name → required, optional, withDefault or ignored, and the field's check.
 * null counts as absent, as it does in the API.
 */
import { show } from '../diag.js';
import { nearest } from '../near.js';
import { type Check, type Cursor, fail, isMapping, kindOf, warn } from './check.js';

/** A field that must be present. */
export function required<T>(check: Check<T>): Field<T, 'required'> {
  return { check, presence: 'required' };
}

/** A field that may be absent; then it is absent in the copy too. */
export function optional<T>(check: Check<T>): Field<T, 'optional'> {
  return { check, presence: 'optional' };
}

/** A field that gets `value` when it is absent. */
export function withDefault<T>(check: Check<T>, value: T): Field<T, 'default'> {
  return { check, presence: 'default', value };
}

/** A field that is checked and then left out of the copy. */
export function ignored<T>(check: Check<T>): Field<T, 'ignored'> {
  return { check, presence: 'ignored' };
}

/** An object with the fields of `shape`. Other fields are ignored: the API has hundreds that decide no rule. */
export function object<S extends Shape>(shape: S): Check<ObjectOf<S>> {
  const fields = Object.entries(shape).map(([name, field]) => ({ name, ...field }));
  // A copy of `blank` has room for all fields at once; half of the time of a check is memory allocation.
  const blank = Object.fromEntries(fields.filter(isAlwaysThere).map(({ name, value }) => [name, value]));
  return (value, at) => {
    if (!isMapping(value)) return fail(at, `must be a mapping, is ${kindOf(value)}`);
    const before = at.errors;
    const result: Record<string, unknown> = { ...blank };
    for (const field of fields) readField(field, value[field.name], result, at);
    // `shape` decides which fields the copy has; TypeScript cannot follow that through the loop.
    return at.errors === before ? (result as ObjectOf<S>) : undefined;
  };
}

/** As `object`, with a warning for every other field. */
export function strictObject<S extends Shape>(shape: S): Check<ObjectOf<S>> {
  const check = object(shape);
  const known = Object.keys(shape);
  return (value, at) => {
    if (isMapping(value))
      for (const name of Object.keys(value)) if (!known.includes(name)) unknownField(name, known, at);
    return check(value, at);
  };
}

export type Presence = 'required' | 'optional' | 'default' | 'ignored';

export interface Field<T, P extends Presence> {
  readonly check: Check<T>;
  readonly presence: P;
  readonly value?: T;
}

export type Shape = Readonly<Record<string, Field<unknown, Presence>>>;

type NamesOf<S extends Shape, P extends Presence> = {
  [K in keyof S]: S[K]['presence'] extends P ? K : never;
}[keyof S];
type TypeOf<F> = F extends Field<infer T, Presence> ? T : never;

/** The type of the copy that `object(shape)` makes. */
export type ObjectOf<S extends Shape> = {
  readonly [K in NamesOf<S, 'required' | 'default'>]: TypeOf<S[K]>;
} & {
  readonly [K in NamesOf<S, 'optional'>]?: TypeOf<S[K]>;
};

function isAlwaysThere({ presence }: Field<unknown, Presence>): boolean {
  return presence === 'required' || presence === 'default';
}

function readField(
  field: Field<unknown, Presence> & { readonly name: string },
  given: unknown,
  result: Record<string, unknown>,
  at: Cursor,
): void {
  const { name, presence } = field;
  if (given === undefined || given === null) {
    if (presence === 'required') fail(at, `needs the field ${name}`, { code: 'missing-field' });
    return;
  }
  at.path.push(name);
  const checked = field.check(given, at);
  at.path.pop();
  if (presence !== 'ignored') result[name] = checked;
}

function unknownField(name: string, known: readonly string[], at: Cursor): void {
  const near = nearest(name, known);
  const hint = near === undefined ? undefined : `did you mean ${near}?`;
  warn(at, `is not a field: ${show(name)}`, { code: 'unknown-field', key: name, atKey: true, ...(hint && { hint }) });
}
