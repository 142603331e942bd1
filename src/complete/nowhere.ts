/**
 * complete, part: the warning for a pod that fits on no Node: why, and a Node to add to the input.
 */
import type { Diagnostic, Origin } from '../diag.js';
import type { Node, PodSpec } from '../read/types.js';

/** Warning `unschedulable`: `what` is not simulated. */
export function fitsNowhere(origin: Origin, what: string, spec: PodSpec, nodes: readonly Node[]): Diagnostic {
  const message = `${origin.object}: no Node would take ${what}, so none is simulated`;
  const hint = nodes.some(({ synthetic }) => synthetic)
    ? `${asksFor(spec)}; simulated Nodes have only the usual labels. Add one to the input: ${nodeFor(spec)}`
    : `${asksFor(spec)}; no Node in the snapshot matches that and has only taints that it tolerates`;
  return { code: 'unschedulable', severity: 'warning', message, origin, hint };
}

/** `it asks for disktype=ssd, zone In (a, b)` */
function asksFor({ nodeName, nodeSelector, nodeTerms = [] }: PodSpec): string {
  const [first = [], ...others] = nodeTerms;
  const terms = first.map(({ key, operator, values }) =>
    values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`,
  );
  const parts = [
    ...(nodeName === undefined ? [] : [`nodeName ${nodeName}`]),
    ...Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`),
    ...terms,
  ];
  if (parts.length === 0) return 'it asks for no particular Node';
  return `it asks for ${parts.join(', ')}${others.length > 0 ? `, or ${others.length} other terms` : ''}`;
}

/** A Node that the pod fits on, as one line of JSON, which is also YAML. */
function nodeFor({ nodeSelector, nodeTerms = [] }: PodSpec): string {
  const wanted = (nodeTerms[0] ?? []).filter(({ operator }) => operator === 'In' || operator === 'Exists');
  const labels = {
    ...nodeSelector,
    ...Object.fromEntries(wanted.map(({ key, values }) => [key, values[0] ?? ''])),
  };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-x', labels } });
}
