/**
 * read, part: the kind of an object whose text cannot be parsed, from its `kind:` lines. A broken object of a kind that
 * vipc does not read does no harm.
 */
import { kindOfJson } from './json.js';
import { KINDS } from './kinds.js';

/** The kind of the object in `text`, a YAML document or a JSON value; undefined when it may be a kind that is read. */
export function unreadKind(text: string): string | undefined {
  const kinds = /^\s*[{[]/.test(text) ? [kindOfJson(text)] : kindsOfYaml(text);
  const [first] = kinds;
  return first !== undefined && kinds.every(isUnread) ? first : undefined;
}

/** Every `kind:` at the indent of the first key; more than one when a `---` line is missing. */
function kindsOfYaml(text: string): readonly string[] {
  const indent = /^( *)[^\s#-]/m.exec(text)?.[1] ?? '';
  const lines = text.matchAll(new RegExp(`^${indent}kind:[ \\t]*(["']?)([A-Za-z0-9]+)\\1[ \\t\\r]*(?:#.*)?$`, 'gm'));
  return [...lines].map(([, , kind = '']) => kind);
}

/** Whether no kind that is read is meant: letter case is ignored, and a plain List may hold anything. */
function isUnread(kind: string | undefined): boolean {
  const plain = kind?.toLowerCase().replace(/list$/, '');
  return plain !== undefined && plain !== '' && KINDS.every((known) => known.kind.toLowerCase() !== plain);
}
