/**
 * lint: Snapshot → diagnostics about objects that are valid but probably mistakes.
 */
import type { Diagnostic } from '../diag.js';
import type { Snapshot } from '../read/types.js';
import { RULES } from './registry.js';
import type { Check, Rule } from './rule.js';

/** `everywhere`: the rules that every command runs; `all` those of `vipc lint` as well. */
export type Extent = 'everywhere' | 'all';

/** All there is to say of a cluster: warnings, and notes on what may surprise. `simulate`: it was asked for. */
export function lint(
  cluster: Snapshot,
  { simulate = false }: { readonly simulate?: boolean } = {},
  extent: Extent = 'everywhere',
): readonly Diagnostic[] {
  const rules = extent === 'all' ? RULES : RULES.filter(({ everywhere }) => everywhere);
  const context = { simulate, manifests: extent === 'all' && isUnseen(cluster) };
  return checksOf(rules).flatMap((check) => check(cluster, context));
}

/** Each once, in the order of the rules. */
function checksOf(rules: readonly Rule[]): readonly Check[] {
  return [...new Set(rules.flatMap(({ check }) => check ?? []))];
}

/** Nothing in it comes from a cluster: no object that an API server has taken, no Pod that runs, no slice. */
function isUnseen({ services, pods, slices }: Snapshot): boolean {
  return (
    !services.some(({ admitted }) => admitted) &&
    !pods.some(({ status, simulated }) => status.phase !== '' && simulated === undefined) &&
    !slices.some(({ synthetic }) => synthetic === undefined)
  );
}
