/**
 * LabelSelector meta/v1: what workloads find their pods by (ValidateLabelSelector, LabelSelectorAsSelector).
 */
import { also, type Infer, list, matching, refuse, ruled, text } from '../check.js';
import { QUALIFIED_NAME } from '../names.js';
import { object, required, withDefault } from '../object.js';
import { labels, NO_STRINGS } from './metadata.js';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

const expression = also(
  object({
    key: required(matching(QUALIFIED_NAME)),
    operator: required(ruled(text, `one of ${OPERATORS.join(', ')}`, (name) => OPERATORS.includes(name))),
    values: withDefault(list(text), []),
  }),
  ({ operator, values }, at) => {
    const wanted = operator === 'In' || operator === 'NotIn';
    if (wanted && values.length === 0) refuse(at, `needs the field values for operator ${operator}`);
    if (!wanted && values.length > 0) refuse(at, `must be absent for operator ${operator}`, { key: 'values' });
  },
);

/** A selector; `matchLabels` and `matchExpressions` have to hold both. */
export const labelSelector = object({
  matchLabels: withDefault(labels, NO_STRINGS),
  matchExpressions: withDefault(list(expression), []),
});

type LabelSelector = Infer<typeof labelSelector>;

/** It would select everything. */
export function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether an object with `given` as its labels is selected. */
export function selects(
  { matchLabels, matchExpressions }: LabelSelector,
  given: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => given[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = given[key];
      const found = values.length > 0 ? value !== undefined && values.includes(value) : value !== undefined;
      return operator === 'In' || operator === 'Exists' ? found : !found;
    })
  );
}
