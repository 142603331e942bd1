/**
 * complete, part: which Nodes a pod may be put on.
 */
import type { Node, PodSpec, Taint, Toleration } from '../read/types.js';

/** Effects that keep pods away, and not only when there is a better place. */
const EFFECTS = ['NoSchedule', 'NoExecute'];

/**
 * Whether the scheduler could put a pod on a Node, as far as selectors and taints decide it (k/k
 * pkg/scheduler/framework/plugins). A DaemonSet's pods go to cordoned Nodes and to those that are not ready, too.
 */
export function fits(node: Node, { nodeName, nodeSelector, tolerations }: PodSpec, ofDaemonSet: boolean): boolean {
  if (nodeName !== undefined) return nodeName === node.metadata.name;
  if (!ofDaemonSet && (node.unschedulable || !node.ready)) return false;
  const selected = Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels[key] === value);
  return selected && node.taints.every((taint) => isTolerated(taint, tolerations, ofDaemonSet));
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[], ofDaemonSet: boolean): boolean {
  if (!EFFECTS.includes(taint.effect)) return true;
  // Of the node's own state, which `unschedulable` and `ready` tell.
  if (taint.key.startsWith('node.kubernetes.io/') && ofDaemonSet) return true;
  return tolerations.some(({ key, operator, value, effect }) => {
    const sameKey = key === '' ? operator === 'Exists' : key === taint.key;
    return sameKey && (effect === '' || effect === taint.effect) && (operator === 'Exists' || value === taint.value);
  });
}
