/**
 * diff, part: what of a rule set is ours, as the caller says it.
 */
import type { Rule, TableName } from '../types.js';

export interface Ownership {
  /** Whether all of a chain is ours: it is rewritten, and deleted when nobody wants it. */
  readonly chain: (table: TableName, name: string) => boolean;
  /** Whether a rule is ours that stands in a chain which is not. */
  readonly rule: (table: TableName, chain: string, rule: Rule) => boolean;
}
