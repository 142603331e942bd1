/**
 * read, for a daemon: objects that come one by one, from an API or a snapshot, each checked by itself. In: a value. Out:
 * the object under its key.
 */
import type { Checked, Diagnostic, Source } from '../diag.js';
import { cursor, isMapping } from './check.js';
import { KINDS, type KnownObject, readKind } from './kinds.js';

/** Objects of an API have no text of their own; what is said of them names the object and the field. */
const API: Source = { name: 'API server', text: '' };

/** The size of the largest object that etcd takes. */
const MAX_TEXT = 3 << 20;

/** `default/web`, or `node-a`: what tells an object from others of its kind; undefined when it has no name. */
export function keyOf(value: unknown): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '') return undefined;
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name;
}

/** The object of a kind that `value` is; undefined, with the reasons, when it is not sound. */
export function readObserved(kind: string, value: unknown): Checked<KnownObject | undefined> {
  const known = KINDS.find((each) => each.kind === kind);
  const key = keyOf(value);
  const origin = {
    source: API,
    document: 0,
    base: [],
    path: [],
    ...(key === undefined ? {} : { object: `${kind} ${key}` }),
  };
  const at = cursor(MAX_TEXT);
  const read = known && readKind(known, value, at, origin);
  const diagnostics = at.problems.map(({ path, atKey, ...problem }): Diagnostic => {
    return { ...problem, origin: { ...origin, path, ...(atKey && { atKey }) } };
  });
  return { value: read, diagnostics };
}
