/**
 * read, for the daemon: objects that arrive one by one from an API server, each checked by itself. In: a value. Out:
 * the checked object.
 */
import type { Checked, Diagnostic, Source } from '../diag.js';
import { cursor, isMapping } from './check.js';
import { KINDS, type KnownObject, readKind } from './kinds.js';

/** Objects of an API server have no text; their diagnostics name the object and the field. */
const API: Source = { name: 'API server', text: '' };

/** Above the largest object that etcd accepts. */
const MAX_TEXT = 3 << 20;

/** `default/web`, or `node-a`: unique among the objects of a kind; undefined when the object has no name. */
export function keyOf(value: unknown): string | undefined {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '') return undefined;
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name;
}

/** `value` as an object of `kind`; undefined, with diagnostics, when it is invalid. */
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
