/**
 * LabelSelector meta/v1, by which workloads select their pods (ValidateLabelSelector, LabelSelectorAsSelector).
 */
import { also, list, matching, refuse, ruled, text } from '../check.js';
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

/** A selector; both `matchLabels` and `matchExpressions` must hold. */
export const labelSelector = object({
  matchLabels: withDefault(labels, NO_STRINGS),
  matchExpressions: withDefault(list(expression), []),
});
