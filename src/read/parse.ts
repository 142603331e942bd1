/**
 * read, step 3: a source becomes raw objects, values of no known type, each with the place where it stands. In: a
 * Source. Out: objects one by one, flattened out of Lists, empty ones left out, and in their order what is broken.
 */
import type { Diagnostic, Key, Origin, Source } from '../diag.js';
import { isMapping, kindOf } from './check.js';
import { type JsonList, parseJson, splitList } from './json.js';
import type { RawObject } from './types.js';
import { readYaml } from './yaml.js';

/** What a source has at some place. */
export type Parsed = { readonly object: RawObject } | { readonly problem: Diagnostic };

/**
 * The objects in `source`: JSON when it looks like JSON, YAML otherwise. Errors: `syntax`, and `not-an-object` for a
 * document that is a list or a scalar. What is broken does not hide the others. A generator, so that a value can go
 * before the next one comes.
 */
export function parseSource(source: Source): Generator<Parsed> {
  if (!/^\s*[[{]/.test(source.text)) return parseYaml(source, false);
  const list = splitList(source.text);
  if (list && isList(list.rest)) return parseJsonList(source, list.rest, list.items);
  const whole = parseJson(source.text);
  if ('value' in whole) return flatten({ value: whole.value, source, document: 0, base: [] }, 0);
  return source.name.endsWith('.json') ? jsonError(source, whole) : parseYaml(source, true);
}

function* parseYaml(source: Source, likeJson: boolean): Generator<Parsed> {
  const { documents, errors } = readYaml(source.text);
  const hint = likeJson
    ? 'it begins like JSON; several objects belong into one List, or between lines of ---'
    : undefined;
  for (const [document, value] of documents.entries()) {
    for (const { offset, message } of errors.filter((error) => error.document === document)) {
      yield syntaxError(source, document, offset, `this is not YAML: ${message}`, hint);
    }
    if (value !== null && value !== undefined) yield* flatten({ value, source, document, base: [] }, 0);
  }
}

function* parseJsonList(source: Source, list: Mapping, items: JsonList['items']): Generator<Parsed> {
  for (const [i, { start, end }] of items.entries()) {
    const item = parseJson(source.text, start, end);
    if ('value' in item) {
      const span = { start, end };
      yield* flatten({ value: typed(item.value, list), source, document: 0, base: ['items', i], span }, 1);
    } else yield* jsonError(source, item);
  }
}

type Mapping = Readonly<Record<string, unknown>>;

/** `List`, `ServiceList`: by its kind; others may have items too. */
function isList(value: unknown): value is Mapping {
  return isMapping(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List');
}

/** Lists in Lists are nobody's practice; this keeps hostile ones from recursing. */
const MAX_LISTS = 3;

/** An object, or the items of a List. */
function* flatten(raw: RawObject, depth: number): Generator<Parsed> {
  const { value } = raw;
  if (!isMapping(value)) {
    yield problem('not-an-object', `a Kubernetes object must be a mapping, this is ${kindOf(value)}`, raw);
    return;
  }
  const { items } = value;
  if (!isList(value) || !Array.isArray(items)) {
    yield { object: raw };
    return;
  }
  if (depth === MAX_LISTS) {
    yield problem('syntax', `Lists are nested deeper than ${MAX_LISTS} levels`, raw);
    return;
  }
  for (const [i, item] of items.entries()) {
    const { source, document, base } = raw;
    yield* flatten({ source, document, value: typed(item, value), base: [...base, 'items', i] }, depth + 1);
  }
}

/** Items of a typed list such as a ServiceList may leave out what they are, and the API does (kubernetes/kubernetes#3030). */
function typed(item: unknown, list: Mapping): unknown {
  const { kind, apiVersion } = list;
  if (!isMapping(item) || (item['kind'] ?? item['apiVersion'] ?? null) !== null || kind === 'List') return item;
  return { ...item, kind: String(kind).slice(0, -'List'.length), apiVersion };
}

function problem(code: string, message: string, raw: RawObject): Parsed {
  const { source, document, base, span } = raw;
  return { problem: { code, severity: 'error', message, origin: { source, document, base, span, path: [] } } };
}

function* jsonError(source: Source, error: { readonly offset: number; readonly early: boolean }): Generator<Parsed> {
  const found = error.early ? 'it ends too early' : 'unexpected text';
  yield syntaxError(source, 0, error.offset, `this is not JSON: ${found}`);
}

function syntaxError(source: Source, document: number, offset: number, message: string, hint?: string): Parsed {
  const base: readonly Key[] = [];
  const origin: Origin = { source, document, base, path: base, offset };
  return { problem: { code: 'syntax', severity: 'error', message, origin, ...(hint !== undefined && { hint }) } };
}
