/**
 * Fields that the API does not have. An API server drops them, so a misspelled `targetPort` silently has no effect.
 * In: an object of a kind that is read. Out: a warning for each such field, with the name that was probably meant.
 *
 * The tables in fields/ have one type per line, `Type: field field:Type …`; a line that begins with blanks continues
 * the line before. A field without a type has no fields of its own: texts, numbers, and mappings with free keys.
 */
import { type Cursor, isMapping, warn } from './check.js';
import { SERVICES } from './fields/services.js';
import { STATUSES } from './fields/statuses.js';
import { VOLUMES } from './fields/volumes.js';
import { WORKLOADS } from './fields/workloads.js';

/** A type of the API: its fields, each with its type when that has fields of its own, else null. */
export interface FieldType {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType | null>;
}

/** Warns of every field of `value`, an object of `kind`, that the API does not have. */
export function checkKnown(kind: string, value: unknown, at: Cursor): void {
  const type = typesByName().get(kind);
  if (type && !isKnown(type, value)) visit(type, undefined, value, at);
}

/** Whether all fields are known: the same walk without paths, faster for the many objects without unknown fields. */
function isKnown(type: FieldType, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isKnown(type, value[i])) return false;
    return true;
  }
  const mapping = value as Readonly<Record<string, unknown>>;
  const { fields } = type;
  for (const name in mapping) {
    const inner = fields.get(name);
    if (inner === null) continue;
    if (inner === undefined || !isKnown(inner, mapping[name])) return false;
  }
  return true;
}

let types: ReadonlyMap<string, FieldType> | undefined;

/** All types of the tables; parsed when the first object is read. */
function typesByName(): ReadonlyMap<string, FieldType> {
  types ??= parseTypes([SERVICES, WORKLOADS, STATUSES, VOLUMES].join('\n'));
  return types;
}

function parseTypes(text: string): ReadonlyMap<string, FieldType> {
  const found = new Map<string, { readonly name: string; readonly fields: Map<string, FieldType | null> }>();
  const lines = text
    .replace(/\n +/g, ' ')
    .split('\n')
    .filter((line) => line !== '');
  const rows = lines.map((line) => line.split(': ', 2) as [string, string]);
  for (const [name] of rows) found.set(name, { name, fields: new Map() });
  for (const [name, fields] of rows) {
    const type = found.get(name);
    for (const field of fields.split(' ')) {
      const [key = '', of] = field.split(':');
      type?.fields.set(key, of === undefined ? null : (found.get(of) ?? null));
    }
  }
  return found;
}

/** The types of the tables nest at most 10 deep, so hostile nesting is not followed. */
function visit(type: FieldType, parent: FieldType | undefined, value: unknown, at: Cursor): void {
  if (Array.isArray(value)) {
    at.budget -= value.length;
    if (at.budget < 0) return;
    for (let i = 0; i < value.length; i++) {
      if (!isMapping(value[i])) continue;
      at.path.push(i);
      visitMapping(type, parent, value[i], at);
      at.path.pop();
    }
  } else if (isMapping(value)) visitMapping(type, parent, value, at);
}

function visitMapping(
  type: FieldType,
  parent: FieldType | undefined,
  value: Readonly<Record<string, unknown>>,
  at: Cursor,
): void {
  const { fields } = type;
  for (const name in value) {
    const inner = fields.get(name);
    if (inner === null) continue;
    if (inner === undefined) unknown(name, type, parent, value, at);
    else {
      at.path.push(name);
      visit(inner, type, value[name], at);
      at.path.pop();
    }
  }
}

function unknown(
  name: string,
  type: FieldType,
  parent: FieldType | undefined,
  value: Readonly<Record<string, unknown>>,
  at: Cursor,
): void {
  const near = at.suggest(
    name,
    [...type.fields.keys()].filter((known) => !(known in value)),
  );
  // An admitted object's server knew the field: it belongs to another version of the API, unless the file was edited
  // since.
  if (at.admitted && near === undefined) return;
  const hint = near === undefined ? elsewhere(name, type, parent) : `did you mean ${near}?`;
  warn(at, `is not a field of ${type.name}, so it has no effect`, {
    code: 'unknown-field',
    key: name,
    atKey: true,
    ...(hint !== undefined && { hint }),
  });
}

/** A hint for a field that is one level too high or too low, usually because of wrong indentation. */
function elsewhere(name: string, type: FieldType, parent: FieldType | undefined): string | undefined {
  const below = [...type.fields].find(([, inner]) => inner?.fields.has(name));
  if (below) return `${below[1]?.name} has it: does it belong below ${below[0]}?`;
  return parent?.fields.has(name) ? `${parent.name} has it: is it indented too far?` : undefined;
}
