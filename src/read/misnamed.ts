/**
 * Objects whose kind or apiVersion is not read but probably a mistake for one that is. In: an object's kind and
 * apiVersion. Out: a warning when they are close to a kind that is read; other kinds give none.
 */
import { type Diagnostic, type Origin, show } from '../diag.js';
import { nearest } from '../near.js';
import { KINDS } from './kinds.js';

/** Warning `unsupported-version`: `kind: service`, `core/v1`, and versions of a known group that are not read. */
export function misnamed(kind: string, apiVersion: string, origin: Origin): readonly Diagnostic[] {
  const known = VERSIONS.has(kind) ? kind : nearest(kind, [...VERSIONS.keys()]);
  const read = known === undefined ? undefined : meantVersion(apiVersion, VERSIONS.get(known) ?? []);
  if (known === undefined || read === undefined) return [];
  const warning = { code: 'unsupported-version', severity: 'warning' } as const;
  if (known !== kind) {
    const message = `${show(kind)} is no kind of the API, so this object is left out`;
    const hint = `did you mean ${known}${read === apiVersion ? '' : `, apiVersion ${read}`}?`;
    return [{ ...warning, message, origin: { ...origin, path: ['kind'] }, hint }];
  }
  const message = `${kind} is read as ${read}, this one is ${show(apiVersion)} and left out`;
  return [{ ...warning, message, origin: { ...origin, path: ['apiVersion'] }, hint: hintFor(kind, read, apiVersion) }];
}

/** The apiVersions of each kind that is read. */
const VERSIONS: ReadonlyMap<string, readonly string[]> = new Map(
  KINDS.map(({ kind }) => [kind, KINDS.filter((other) => other.kind === kind).map(({ apiVersion }) => apiVersion)]),
);

/** The API's own groups whose names are not domains; documentation calls the group without a name `core`. */
const PLAIN = ['', 'core', 'apps', 'extensions'];

/**
 * The version that was meant; undefined for other groups, which may have kinds of the same name (Knative's Service).
 */
function meantVersion(found: string, versions: readonly string[]): string | undefined {
  const group = groupOf(found);
  const own = versions.find((version) => groupOf(version) === group) ?? nearest(found, versions);
  return own ?? (PLAIN.includes(group) ? versions[0] : undefined);
}

/** An API server can convert a version of the same group, so kubectl get gives the version that is read. */
function hintFor(kind: string, read: string, found: string): string {
  const group = groupOf(read);
  const version = found.slice(found.indexOf('/') + 1);
  const served = /^v\d+(?:(?:alpha|beta)\d+)?$/.test(version) && groupOf(found) === group && group !== '';
  if (!served) return `did you mean ${read}?`;
  return `kubectl get ${kind.toLowerCase()}s.${read.split('/').reverse().join('.')} -o yaml gives the version that is read`;
}

/** `discovery.k8s.io` of `discovery.k8s.io/v1beta1`; the core group has no name. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
