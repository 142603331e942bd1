/**
 * lint: Snapshot → diagnostics about objects that are valid but probably wrong.
 */
import type { Diagnostic } from '../diag.js';
import type { Snapshot } from '../read/types.js';
import { RULES } from './registry.js';
import type { Check, OneNode, Rule } from './rule.js';

/** `everywhere`: the rules that all commands run; `all`: also those of `vipc lint` only. */
export type Extent = 'everywhere' | 'all';

/** Runs the rules of `extent`. `simulate`: Pods were simulated, or the cluster is live; `node`: see Context. */
export function lint(
  cluster: Snapshot,
  { simulate = false, node }: { readonly simulate?: boolean; readonly node?: OneNode | undefined } = {},
  extent: Extent = 'everywhere',
): readonly Diagnostic[] {
  const rules = extent === 'all' ? RULES : RULES.filter(({ everywhere }) => everywhere);
  const context = { simulate, manifests: extent === 'all' && isUnseen(cluster), ...(node && { node }) };
  return checksOf(rules).flatMap((check) => check(cluster, context));
}

/** Each check once, in the order of the rules: several rules may share one. */
function checksOf(rules: readonly Rule[]): readonly Check[] {
  return [...new Set(rules.flatMap(({ check }) => check ?? []))];
}

/** Whether the input is manifests only: no admitted Service, no Pod with a status, no EndpointSlice. */
function isUnseen({ services, pods, slices }: Snapshot): boolean {
  return (
    !services.some(({ admitted }) => admitted) &&
    !pods.some(({ status, simulated }) => status.phase !== '' && simulated === undefined) &&
    !slices.some(({ synthetic }) => synthetic === undefined)
  );
}
