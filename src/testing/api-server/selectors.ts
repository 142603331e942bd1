/**
 * Selectors of the API: which objects a request is about.
 */
import type { StoredObject } from './store.js';

export type Matcher = (object: StoredObject) => boolean;

/**
 * Matches the objects of a namespace (all when undefined) that a query's labelSelector and fieldSelector select;
 * undefined when a selector is not supported: of fields, only metadata.name and metadata.namespace are.
 */
export function matcher(namespace: string | undefined, query: URLSearchParams): Matcher | undefined {
  const labels = requirements(query.get('labelSelector') ?? '').map(labelMatcher);
  const fields = requirements(query.get('fieldSelector') ?? '').map(fieldMatcher);
  const all = [...labels, ...fields];
  if (all.includes(undefined)) return undefined;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && all.every((match) => match?.(object));
}

/** Split at commas outside parentheses. */
function requirements(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function labelMatcher(requirement: string): Matcher | undefined {
  const label = (object: StoredObject, key: string) => object.metadata.labels?.[key];
  const [, absent, exists] = /^(!?)\s*([\w./-]+)$/.exec(requirement) ?? [];
  if (exists) return (object) => (label(object, exists) === undefined) === (absent === '!');
  const [, equal, operator, value] = /^([\w./-]+)\s*(=|==|!=)\s*([\w.-]*)$/.exec(requirement) ?? [];
  if (equal) return (object) => (label(object, equal) === value) === (operator !== '!=');
  const [, member, not, list = ''] = /^([\w./-]+)\s+(notin|in)\s*\(([^)]*)\)$/.exec(requirement) ?? [];
  if (!member) return undefined;
  const values: readonly (string | undefined)[] = list.split(',').map((part) => part.trim());
  return (object) => values.includes(label(object, member)) === (not === 'in');
}

function fieldMatcher(requirement: string): Matcher | undefined {
  const [, field = '', operator, value] = /^metadata\.(name|namespace)(=|==|!=)(.*)$/.exec(requirement) ?? [];
  return field === '' ? undefined : ({ metadata }) => (metadata[field] === value) === (operator !== '!=');
}
