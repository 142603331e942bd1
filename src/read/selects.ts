/**
 * read: label selectors, and what they select (LabelSelectorAsSelector in apimachinery).
 */

/** A selector: labels that have to be so, and expressions that have to hold, all of them. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    /** In, NotIn, Exists or DoesNotExist. */
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** It would select everything. */
export function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether an object with `given` as its labels is selected; NotIn and DoesNotExist hold for those that lack the label. */
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
