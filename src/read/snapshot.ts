/**
 * read, step 4: sources become the snapshot, the input of all later steps. In: Source[]. Out: Snapshot; an object with
 * an error is left out of it, and every error of every object is reported.
 */
import type { Checked, Diagnostic, Key, Origin, Source } from '../diag.js';
import { hasErrors, show } from '../diag.js';
import { type Cursor, cursor, isMapping, type Problem } from './check.js';
import { type Claims, claim } from './claims.js';
import { foreignTo } from './foreign.js';
import { KINDS, type Kind, type KnownObject, readKind } from './kinds.js';
import { misnamed } from './misnamed.js';
import { DNS1123_LABEL, DNS1123_SUBDOMAIN } from './names.js';
import { type Broken, parseSource } from './parse.js';
import { same } from './same.js';
import { templateHint } from './template.js';
import {
  CLUSTERSET_SERVICE_LABEL,
  EMPTY_SNAPSHOT,
  type EndpointSlice,
  type RawObject,
  SERVICE_NAME_LABEL,
  type Snapshot,
} from './types.js';

/**
 * Reads all objects in `sources`. Objects of other kinds are listed as skipped. Errors: `syntax`, `missing-field`,
 * `invalid-field`, `duplicate-object` (the first one stays), `cluster-ip-conflict`, `node-port-conflict` and what the
 * kinds report. Diagnostics come in the order of the input.
 */
export function readSnapshot(sources: readonly Source[]): Checked<Snapshot> {
  const state = newState(sources);
  for (const source of sources) {
    for (const parsed of parseSource(source)) {
      if ('object' in parsed) readObject(state, parsed.object);
      else report(state, [harm(parsed)]);
    }
  }
  return { value: state.snapshot, diagnostics: allDiagnostics(state) };
}

/** A broken object of a kind that is not read does no harm: its problem is only a warning. */
function harm({ problem, unread }: Broken): Diagnostic {
  if (unread === undefined) return problem;
  const left = `${unread} is not a kind that is read: it is left out`;
  return { ...problem, severity: 'warning', hint: problem.hint === undefined ? left : `${left}; ${problem.hint}` };
}

/** The number of diagnostics that are kept; the others are only counted. */
const MAX_DIAGNOSTICS = 1000;

const ROOT: readonly Key[] = [];

/** The first object of a name, as it was read. */
interface Seen {
  readonly origin: Origin;
  readonly known: KnownObject | undefined;
}

interface State {
  readonly snapshot: { readonly [L in keyof Snapshot]: Snapshot[L][number][] };
  readonly cursor: Cursor;
  readonly claims: Claims;
  /** `Service default/web` → the first object of that name. */
  readonly seen: Map<string, Seen>;
  readonly diagnostics: Diagnostic[];
  dropped: number;
  droppedErrors: boolean;
}

function newState(sources: readonly Source[]): State {
  return {
    snapshot: emptyLists(),
    cursor: cursor(sources.reduce((size, source) => size + source.text.length, 0)),
    claims: new Map(),
    seen: new Map(),
    diagnostics: [],
    dropped: 0,
    droppedErrors: false,
  };
}

function emptyLists(): State['snapshot'] {
  return Object.fromEntries(Object.keys(EMPTY_SNAPSHOT).map((list) => [list, []])) as unknown as State['snapshot'];
}

function report(state: State, diagnostics: readonly Diagnostic[]): void {
  const room = MAX_DIAGNOSTICS - state.diagnostics.length;
  state.diagnostics.push(...diagnostics.slice(0, room));
  const rest = diagnostics.slice(room);
  state.dropped += rest.length;
  state.droppedErrors ||= hasErrors(rest);
}

function allDiagnostics({ diagnostics, dropped, droppedErrors }: State): readonly Diagnostic[] {
  if (dropped === 0) return diagnostics;
  const severity = droppedErrors ? 'error' : 'warning';
  return [...diagnostics, { code: 'too-many', severity, message: `and ${dropped} more problems like these` }];
}

function readObject(state: State, raw: RawObject): void {
  const { source, document, base, span } = raw;
  const kind = kindOfObject(state, raw);
  if (!kind) return;
  const value = placed(kind, raw);
  const object = identityOf(kind, value);
  const origin: Origin = { source, document, base, span, path: ROOT, ...(object !== undefined && { object }) };
  const first = object === undefined ? undefined : state.seen.get(object);
  const { cursor } = state;
  const known = readKind(kind, value, cursor, origin);
  const problems = cursor.problems.splice(0);
  if (first) {
    report(state, [duplicate(origin, first, known)]);
    return;
  }
  if (object !== undefined) state.seen.set(object, { origin, known });
  if (problems.length > 0)
    report(
      state,
      problems.map((problem) => problemAt(origin, problem, raw.value)),
    );
  if (known) add(state, known);
}

/** The object, in its source's namespace if it names none. */
function placed({ namespaced }: Kind, { value, source: { namespace } }: RawObject): unknown {
  if (namespace === undefined || !namespaced || !isMapping(value) || !isMapping(value.metadata)) return value;
  return value.metadata.namespace ? value : { ...value, metadata: { ...value.metadata, namespace } };
}

function problemAt(origin: Origin, { path, atKey, ...problem }: Problem, value: unknown): Diagnostic {
  const hint = templateHint(textAt(value, path, atKey)) ?? problem.hint;
  return { ...problem, origin: { ...origin, path, ...(atKey && { atKey }) }, ...(hint !== undefined && { hint }) };
}

/** The string at `path`, or the key there; `''` when there is none. */
function textAt(value: unknown, path: readonly Key[], atKey: boolean | undefined): string {
  const found = path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<Key, unknown>> | undefined | null)?.[key],
    value,
  );
  return atKey ? String(path.at(-1)) : typeof found === 'string' ? found : '';
}

/** Only a note when both objects are the same. */
function duplicate(origin: Origin, first: Seen, known: KnownObject | undefined): Diagnostic {
  const isSame = known !== undefined && same({ ...known.object, origin: 0 }, { ...first.known?.object, origin: 0 });
  return {
    code: 'duplicate-object',
    severity: isSame ? 'note' : 'error',
    message: `${origin.object} is given twice${isSame ? ', the same in all that is read of it' : ''}`,
    origin: { ...origin, path: ['metadata', 'name'] },
    related: { message: 'the first one is here', origin: first.origin },
  };
}

/** The entry of KINDS for an object; undefined after listing the object as skipped or reporting that it has no kind. */
function kindOfObject(state: State, { value, source, document, base, span }: RawObject): Kind | undefined {
  const { apiVersion, kind, metadata } = isMapping(value) ? value : {};
  const found = KINDS.find((known) => known.kind === kind && known.apiVersion === apiVersion);
  if (found) return found;
  const origin: Origin = { source, document, base, span, path: ROOT };
  const foreign = foreignTo(value, source.name);
  if (foreign) {
    report(state, [{ code: 'not-a-manifest', severity: 'warning', ...foreign, origin }]);
    return undefined;
  }
  for (const [name, value] of Object.entries({ apiVersion, kind })) {
    if (typeof value === 'string' && value !== '') continue;
    const absent = value === undefined || value === null || value === '';
    const message = absent ? `the object needs the field ${name}` : `${name} must be a string, is ${show(value)}`;
    const code = absent ? 'missing-field' : 'invalid-field';
    report(state, [{ code, severity: 'error', message, origin: absent ? origin : { ...origin, path: [name] } }]);
    return undefined;
  }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  const name = isMapping(metadata) && typeof metadata.name === 'string' ? metadata.name : '';
  state.snapshot.skipped.push({ apiVersion, kind, name });
  report(state, misnamed(kind, apiVersion, origin));
  return undefined;
}

/** `Service default/web`; undefined when a name is invalid, and so neither an identity nor safe to print. */
function identityOf({ kind, namespaced }: Kind, value: unknown): string | undefined {
  const metadata = isMapping(value) ? value.metadata : undefined;
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  if (typeof name !== 'string' || !DNS1123_SUBDOMAIN.matches(name)) return undefined;
  if (!namespaced) return `${kind} ${name}`;
  const space = namespace ?? '';
  if (typeof space !== 'string' || !(space === '' || DNS1123_LABEL.matches(space))) return undefined;
  return `${kind} ${space === '' ? 'default' : space}/${name}`;
}

/** Adds a valid object, unless it claims an address or a port of another one. */
function add(state: State, known: KnownObject): void {
  const { snapshot, claims } = state;
  if (known.list === 'services') {
    const conflicts = claim(claims, known.object);
    report(state, conflicts);
    if (hasErrors(conflicts)) return;
  }
  if (known.list === 'slices' && !isBound(known.object)) report(state, [withoutService(known.object)]);
  (snapshot[known.list] as unknown[]).push(known.object);
}

/** Whether a slice belongs to a Service of this cluster or of the clusterset. */
function isBound({ metadata }: EndpointSlice): boolean {
  return Boolean(metadata.labels[SERVICE_NAME_LABEL] || metadata.labels[CLUSTERSET_SERVICE_LABEL]);
}

function withoutService({ origin }: EndpointSlice): Diagnostic {
  return {
    code: 'slice-without-service',
    severity: 'warning',
    message: `${origin.object} belongs to no Service: it needs the label ${SERVICE_NAME_LABEL}`,
    origin: { ...origin, path: ['metadata', 'labels'] },
  };
}
