/**
 * read: label selectors, and what they select (LabelSelectorAsSelector in apimachinery).
 */

/** A selector: all labels must match, and all expressions must hold. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    /** In, NotIn, Exists or DoesNotExist. */
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** Whether the selector has no requirement; it would select everything. */
export function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether an object with the labels `given` is selected; NotIn and DoesNotExist also hold when the label is absent. */
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
