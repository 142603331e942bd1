/**
 * read, step 3: a source becomes raw objects, values of no known type, each with the place where it stands.
 * In: a Source. Out: RawObject[]; documents flattened out of Lists, empty ones left out, broken ones as diagnostics.
 */
import type { Checked, Diagnostic, Key, Origin, Source } from '../diag.js';
import { isMapping, kindOf } from './check.js';
import type { RawObject } from './types.js';
import { readYaml, type YamlError } from './yaml.js';

/**
 * The objects in `source`: JSON when it looks like JSON, YAML otherwise. Errors: `syntax`, and `not-an-object` for a
 * document that is a list or a scalar. A broken YAML document does not hide the others.
 */
export function parseSource(source: Source): Checked<readonly RawObject[]> {
  const value: RawObject[] = [];
  const { documents, diagnostics } = readDocuments(source);
  const problems = [...diagnostics];
  for (const [document, root] of documents.entries()) {
    if (root !== null && root !== undefined) flatten({ value: root, source, document, base: [] }, 0, value, problems);
  }
  return { value, diagnostics: problems };
}

interface Documents {
  readonly documents: readonly unknown[];
  readonly diagnostics: readonly Diagnostic[];
}

function readDocuments(source: Source): Documents {
  const json = /^\s*[[{]/.test(source.text);
  if (json) {
    try {
      return { documents: [JSON.parse(source.text)], diagnostics: [] };
    } catch (error) {
      if (source.name.endsWith('.json')) return { documents: [], diagnostics: [jsonError(source, error)] };
    }
  }
  const { documents, errors } = readYaml(source.text);
  return { documents, diagnostics: errors.map((error) => yamlError(source, error, json)) };
}

/** Lists in Lists are nobody's practice; this keeps hostile ones from recursing. */
const MAX_LISTS = 3;

/** Adds an object, or the items of a List, whose items may leave out kind and apiVersion when the list is typed. */
function flatten(raw: RawObject, depth: number, into: RawObject[], problems: Diagnostic[]): void {
  const { value } = raw;
  if (!isMapping(value)) {
    problems.push(problem('not-an-object', `a Kubernetes object must be a mapping, this is ${kindOf(value)}`, raw));
    return;
  }
  const { kind, apiVersion, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    into.push(raw);
    return;
  }
  if (depth === MAX_LISTS) {
    problems.push(problem('syntax', `Lists are nested deeper than ${MAX_LISTS} levels`, raw));
    return;
  }
  // The API leaves both out in typed lists such as a ServiceList (kubernetes/kubernetes#3030).
  const typed = kind === 'List' ? {} : { kind: kind.slice(0, -'List'.length), apiVersion };
  for (const [i, item] of items.entries()) {
    const full = isMapping(item) && (item.kind ?? item.apiVersion ?? null) === null ? { ...item, ...typed } : item;
    flatten({ ...raw, value: full, base: [...raw.base, 'items', i] }, depth + 1, into, problems);
  }
}

function problem(code: string, message: string, raw: RawObject): Diagnostic {
  const { source, document, base } = raw;
  return { code, severity: 'error', message, origin: { source, document, base, path: [] } };
}

function syntaxError(source: Source, document: number, offset: number, message: string, hint?: string): Diagnostic {
  const base: readonly Key[] = [];
  const origin: Origin = { source, document, base, path: base, offset };
  return { code: 'syntax', severity: 'error', message, origin, ...(hint !== undefined && { hint }) };
}

function yamlError(source: Source, error: YamlError, json: boolean): Diagnostic {
  const hint = json ? 'it begins like JSON; several objects belong into one List, or between lines of ---' : undefined;
  return syntaxError(source, error.document, error.offset, `this is not YAML: ${error.message}`, hint);
}

function jsonError(source: Source, error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const offset = jsonOffset(source.text, message);
  const found = offset >= source.text.trimEnd().length ? 'it ends too early' : 'unexpected text';
  return syntaxError(source, 0, offset, `this is not JSON: ${found}`);
}

/** Where JSON.parse failed. V8 says it for some errors only. */
function jsonOffset(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (!isUnexpectedToken(text)) return text.length;
  // A prefix that has the unexpected token says so, a shorter one complains about its end: bisect.
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUnexpectedToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

function isUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error instanceof Error && /is not valid JSON/.test(error.message);
  }
}
