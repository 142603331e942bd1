/**
 * write: manifests × Services → manifests. Allocated fields are added to the texts that the Services came from, with a
 * mark; everything else stays byte for byte. In: sources, and Services before and after. Out: a text for each source.
 * Each result is read again, so a returned text is known to have the right values.
 */
import type { Checked, Diagnostic, Source } from '../diag.js';
import { isMapping } from '../read/check.js';
import { isJson, parseSource } from '../read/parse.js';
import { same } from '../read/same.js';
import { keyOf, type RawObject, type Service } from '../read/types.js';
import { readYaml, relaxed } from '../read/yaml.js';
import { setFields } from './edit.js';
import { expanded, isBounded } from './expand.js';
import { type Field, missingFields, withAnnotation, withFields } from './fields.js';
import type { Syntax } from './layout.js';
import { documentAt, follow, textOf, treeOf } from './tree.js';

/**
 * The texts of `sources` with the fields of `after` that `before` lacks. Errors: `cannot-write` on a Service whose text
 * cannot be edited. Warning: `written-anew` on a document that lost its layout.
 */
export function writeServices(
  sources: readonly Source[],
  before: readonly Service[],
  after: readonly Service[],
): Checked<readonly string[]> {
  const old = new Map(before.map((service) => [keyOf(service), service] as const));
  const wanted: FieldsByService = new Map();
  for (const service of after) {
    const fields = missingFields(old.get(keyOf(service)) ?? service, service);
    if (fields.length > 0) wanted.set(keyOf(service), { service, fields });
  }
  const diagnostics: Diagnostic[] = [];
  const value = sources.map((source) => {
    if (wanted.size === 0) return source.text;
    const pieces = isJson(source) ? [{ ...source, syntax: 'json' as const }] : documentsOf(source);
    return pieces.map((piece) => write(piece, wanted, diagnostics)).join('');
  });
  diagnostics.push(...[...wanted.values()].map(({ service }) => cannotWrite(service)));
  return { value, diagnostics };
}

/**
 * The fields that remain to be written, by `namespace/name`; the first object of a name is the Service and gets them.
 */
type FieldsByService = Map<string, { readonly service: Service; readonly fields: readonly Field[] }>;

interface Piece extends Source {
  readonly syntax: Syntax;
}

/** Each YAML document is edited separately: anchors are local to it, and a broken one must not affect the others. */
function documentsOf({ text, ...source }: Source): readonly Piece[] {
  const starts = [...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index);
  const cuts = [...new Set([0, ...starts])];
  return cuts.map((start, i) => ({ ...source, text: text.slice(start, cuts[i + 1]), syntax: 'yaml' }));
}

/** An object, and the fields to write into it. */
interface Job {
  readonly raw: RawObject;
  readonly service: Service;
  readonly fields: readonly Field[];
}

function write(piece: Piece, wanted: FieldsByService, diagnostics: Diagnostic[]): string {
  const objects = objectsIn(piece);
  const jobs = jobsIn(piece, objects, wanted);
  const [first] = jobs;
  if (!first) return piece.text;
  if (isBounded(objects.map(({ value }) => value))) {
    for (const grammar of GRAMMARS) {
      const text = edited(piece, jobs, grammar);
      if (text !== undefined && says({ ...piece, text }, objects, jobs)) return text;
    }
    const anew = piece.syntax === 'yaml' ? writtenAnew(piece, objects, jobs) : undefined;
    if (anew !== undefined) {
      diagnostics.push(lostLayout(first.service));
      return anew;
    }
  }
  diagnostics.push(...jobs.map(({ service }) => cannotWrite(service)));
  return piece.text;
}

function jobsIn({ syntax }: Piece, objects: readonly RawObject[], wanted: FieldsByService): readonly Job[] {
  return objects.flatMap((raw) => {
    const key = serviceKey(raw);
    const want = key === undefined ? undefined : wanted.get(key);
    if (!want || key === undefined) return [];
    wanted.delete(key);
    const fields = syntax === 'json' ? withAnnotation(want.fields, raw.value) : want.fields;
    return [{ ...want, raw, fields }];
  });
}

function objectsIn(source: Source): readonly RawObject[] {
  return [...parseSource(source)].flatMap((parsed) => ('object' in parsed ? [parsed.object] : []));
}

/** `namespace/name`, when it is a Service. */
function serviceKey({ value, source }: RawObject): string | undefined {
  const { apiVersion, kind, metadata } = isMapping(value) ? value : {};
  if (apiVersion !== 'v1' || kind !== 'Service' || !isMapping(metadata)) return undefined;
  return `${metadata['namespace'] || source.namespace || 'default'}/${metadata['name']}`;
}

/** A function from a text to the text that is parsed instead of it; undefined when there is none. */
type Grammar = (text: string) => string | undefined;

const AS_WRITTEN: Grammar = (text) => text;

/**
 * The relaxed text is for documents that the `yaml` package refuses and read/ accepts: brackets, braces and quoted text
 * that continue at or left of their key's column, CR alone as a line end, and the address in [fd00::].
 */
const GRAMMARS = [AS_WRITTEN, relaxed];

/**
 * The text with the fields of `jobs`; undefined when it has no place for them. Items of a JSON list are edited singly.
 */
function edited(piece: Piece, jobs: readonly Job[], grammar: Grammar): string | undefined {
  const { text, syntax } = piece;
  if (jobs.some(({ raw }) => !raw.span)) return withJobs(text, jobs, syntax, grammar);
  const parts: string[] = [];
  let at = 0;
  for (const { raw, ...job } of jobs) {
    const { start, end } = raw.span ?? { start: at, end: at };
    const own: Job = { ...job, raw: { ...raw, document: 0, base: [] } };
    const object = withJobs(text.slice(start, end), [own], syntax, grammar);
    if (object === undefined) return undefined;
    parts.push(text.slice(at, start), object);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

function withJobs(text: string, jobs: readonly Job[], syntax: Syntax, grammar: Grammar): string | undefined {
  const parsed = grammar(text);
  const tree = parsed === undefined ? undefined : treeOf(text, parsed);
  if (!tree) return undefined;
  const isSet = jobs.every(({ raw, fields }) =>
    setFields(tree, follow(documentAt(tree, raw.document), raw.base), fields, syntax),
  );
  return isSet ? textOf(tree) : undefined;
}

/** Whether a text has exactly `objects`, those of `jobs` with their fields. */
function says(written: Piece, objects: readonly RawObject[], jobs: readonly Job[]): boolean {
  const fields = new Map(jobs.map(({ raw, fields }) => [placeOf(raw), fields] as const));
  const wanted = objects.map((raw) => withFields(raw.value, fields.get(placeOf(raw)) ?? []));
  const found = objectsIn(written).map(({ value }) => value);
  return isBounded(found) && same(wanted, found);
}

function placeOf({ document, base }: RawObject): string {
  return `${document} ${base.join(' ')}`;
}

/** The text written again without aliases, so that each field has its own place. */
function writtenAnew(piece: Piece, objects: readonly RawObject[], jobs: readonly Job[]): string | undefined {
  const body = expanded(documentValues(piece));
  if (body === undefined) return undefined;
  const anew: Piece = { ...piece, text: `${headOf(piece.text)}${body}` };
  const again = objectsIn(anew);
  const wanted: FieldsByService = new Map(jobs.map((job) => [keyOf(job.service), job]));
  const text = edited(anew, jobsIn(anew, again, wanted), AS_WRITTEN);
  return text !== undefined && says({ ...anew, text }, objects, jobs) ? text : undefined;
}

/** The `---` of a document, and the comments before its first value, which are kept. */
function headOf(text: string): string {
  const [start = ''] = /^---(?:[ \t]*(?:#[^\n]*)?\n)?/.exec(text) ?? [];
  const [comments = ''] = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(text.slice(start.length)) ?? [];
  return start === '---' ? '---\n' : `${start}${comments}`;
}

function documentValues(piece: Piece): readonly unknown[] {
  return readYaml(piece.text).documents.filter((value) => value !== null && value !== undefined);
}

function cannotWrite({ origin }: Service): Diagnostic {
  return {
    code: 'cannot-write',
    severity: 'error',
    message: `${origin.object}: its text has no place for the allocated fields`,
    origin: { ...origin, path: ['metadata', 'name'] },
    hint: 'write it without aliases and merge keys',
  };
}

function lostLayout({ origin }: Service): Diagnostic {
  return {
    code: 'written-anew',
    severity: 'warning',
    message: `${origin.object} is in a document that is written again without its comments: an alias is at the place of a new value`,
    origin,
  };
}
