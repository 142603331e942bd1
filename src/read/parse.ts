/**
 * read, step 3: a source becomes raw objects: values of unknown type, each with its place. In: a Source. Out: objects
 * one by one, taken out of Lists, without empty documents; broken documents come in the same order as diagnostics.
 */
import type { Diagnostic, Key, Origin, Source } from '../diag.js';
import { isMapping, kindOf } from './check.js';
import { type JsonError, type JsonList, parseJson, splitList, valuesIn } from './json.js';
import { NOT_RENDERED, templateBefore, templateHint } from './template.js';
import type { RawObject } from './types.js';
import { unreadKind } from './unread.js';
import { readYaml, type YamlError } from './yaml.js';

/** One object of a source, or a broken one. */
export type Parsed = { readonly object: RawObject } | Broken;

/** A broken object; `unread` is its kind, when that can be found and is not a kind of a snapshot. */
export interface Broken {
  readonly problem: Diagnostic;
  readonly unread?: string;
}

/**
 * The objects in `source`: JSON (one value or several in a row) when it begins like JSON, else YAML. Errors: `syntax`,
 * and `not-an-object` for a document that is a list or a scalar. A broken object does not hide the others. A generator,
 * so that each value can be freed before the next is parsed.
 */
export function parseSource(source: Source): Generator<Parsed> {
  const { name, text } = source;
  if (!/^\s*[[{]/.test(text)) return parseYaml(source);
  const list = splitList(text);
  if (list && isList(list.rest)) return parseJsonList(source, list.rest, list.items, 0);
  const whole = parseJson(text);
  if ('value' in whole) return flatten({ value: whole.value, source, document: 0, base: [] }, 0);
  if (isStream(text)) return parseJsonValues(source);
  return name.endsWith('.json') ? one(jsonError(source, whole, 0, text.length)) : parseYaml(source);
}

/** Whether `source` can be read as JSON. */
export function isJson({ text }: Source): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  return splitList(text) !== undefined || 'value' in parseJson(text) || isStream(text);
}

/** A JSON value followed by text that is neither a YAML document mark nor a comment. */
function isStream(text: string): boolean {
  const [first] = valuesIn(text);
  return (
    first !== undefined &&
    /^\s*[^\s#.-]/.test(text.slice(first.end)) &&
    'value' in parseJson(text, first.start, first.end)
  );
}

function* one(parsed: Parsed): Generator<Parsed> {
  yield parsed;
}

function* parseYaml(source: Source): Generator<Parsed> {
  const { documents, errors } = readYaml(source.text);
  for (const [document, value] of documents.entries()) {
    for (const error of errors.filter((error) => error.document === document)) yield yamlError(source, error);
    if (value !== null && value !== undefined) yield* flatten({ value, source, document, base: [] }, 0);
  }
}

/** The error of a YAML document. For a template that was not rendered, the parser's own message would mislead. */
function yamlError(source: Source, { document, offset, message, start, end }: YamlError): Parsed {
  const piece = source.text.slice(start, end);
  const template = templateBefore(piece, offset - start);
  if (template === undefined) return syntaxError(source, document, offset, `this is not YAML: ${message}`, piece);
  const hint = templateHint(piece.slice(template));
  return syntaxError(source, document, start + template, NOT_RENDERED, piece, hint);
}

/** JSON values in a row. Text that is not a value ends them: what comes after it cannot be told apart. */
function* parseJsonValues(source: Source): Generator<Parsed> {
  const { text } = source;
  let document = 0;
  for (const span of valuesIn(text)) {
    const { start, end } = span;
    const part = text.slice(start, end);
    const list = splitList(part);
    if (list && isList(list.rest)) {
      const items = list.items.map((item) => ({ start: start + item.start, end: start + item.end }));
      yield* parseJsonList(source, list.rest, items, document);
    } else {
      const read = parseJson(text, start, end);
      if (!('value' in read)) yield jsonError(source, read, start, end);
      else if (read.value !== null) yield* flatten({ value: read.value, source, document, base: [], span }, 0);
      if (!('value' in read) && !part.startsWith('{')) return;
    }
    document++;
  }
}

function* parseJsonList(source: Source, list: Mapping, items: JsonList['items'], document: number): Generator<Parsed> {
  for (const [i, span] of items.entries()) {
    const item = parseJson(source.text, span.start, span.end);
    if ('value' in item) {
      yield* flatten({ value: typed(item.value, list), source, document, base: ['items', i], span }, 1);
    } else yield jsonError(source, item, span.start, span.end);
  }
}

type Mapping = Readonly<Record<string, unknown>>;

/** `List`, `ServiceList`: decided by kind, because other objects may have items too. */
function isList(value: unknown): value is Mapping {
  return isMapping(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List');
}

/** Lists in Lists are not used in practice; the bound stops hostile recursion. */
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

/**
 * The API leaves kind and apiVersion out of the items of a typed list such as a ServiceList
 * (kubernetes/kubernetes#3030).
 */
function typed(item: unknown, list: Mapping): unknown {
  const { kind, apiVersion } = list;
  if (!isMapping(item) || (item['kind'] ?? item['apiVersion'] ?? null) !== null || kind === 'List') return item;
  return { ...item, kind: String(kind).slice(0, -'List'.length), apiVersion };
}

function problem(code: string, message: string, raw: RawObject): Parsed {
  const { source, document, base, span } = raw;
  return { problem: { code, severity: 'error', message, origin: { source, document, base, span, path: [] } } };
}

/** `error` is in the value from `start` to `end`. */
function jsonError(source: Source, error: JsonError, start: number, end: number): Parsed {
  const text = source.text.slice(start, end);
  const template = templateBefore(text, error.offset - start);
  if (template !== undefined) {
    return syntaxError(source, 0, start + template, NOT_RENDERED, text, templateHint(text.slice(template)));
  }
  const found = error.early ? 'it ends too early' : 'unexpected text';
  return syntaxError(source, 0, error.offset, `this is not JSON: ${found}`, text);
}

/** `text` is the object with the error. */
function syntaxError(
  source: Source,
  document: number,
  offset: number,
  message: string,
  text: string,
  hint?: string,
): Parsed {
  const base: readonly Key[] = [];
  const origin: Origin = { source, document, base, path: base, offset };
  const unread = unreadKind(text);
  return {
    problem: { code: 'syntax', severity: 'error', message, origin, ...(hint !== undefined && { hint }) },
    ...(unread !== undefined && { unread }),
  };
}
