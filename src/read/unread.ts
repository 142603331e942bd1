/**
 * read, part: the kind of an object whose text cannot be parsed, from the lines that say it. What is broken in an object
 * of a kind that nobody reads does no harm.
 */
import { kindOfJson } from './json.js';
import { KINDS } from './kinds.js';

/** The kind of the object in `text`, a YAML document or a JSON value, when it is one that no snapshot has. */
export function unreadKind(text: string): string | undefined {
  const kinds = /^\s*[{[]/.test(text) ? [kindOfJson(text)] : kindsOfYaml(text);
  const [first] = kinds;
  return first !== undefined && kinds.every(isUnread) ? first : undefined;
}

/** Every `kind:` as far left as the first line's key: two, where a line of --- is missing. */
function kindsOfYaml(text: string): readonly string[] {
  const indent = /^( *)[^\s#-]/m.exec(text)?.[1] ?? '';
  const lines = text.matchAll(new RegExp(`^${indent}kind:[ \\t]*(["']?)([A-Za-z0-9]+)\\1[ \\t\\r]*(?:#.*)?$`, 'gm'));
  return [...lines].map(([, , kind = '']) => kind);
}

/** A List may hold anything; what differs in letters' case alone is meant. */
function isUnread(kind: string | undefined): boolean {
  const plain = kind?.toLowerCase().replace(/list$/, '');
  return plain !== undefined && plain !== '' && KINDS.every((known) => known.kind.toLowerCase() !== plain);
}
