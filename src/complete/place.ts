/**
 * complete, part: which Nodes a pod may run on.
 */
import type { Node, NodeRequirement, PodSpec, Taint, Toleration } from '../read/types.js';
import { rolesOf } from './roles.js';

/** Effects that exclude pods; PreferNoSchedule does not. */
const EFFECTS = ['NoSchedule', 'NoExecute'];

/**
 * Whether the scheduler could place a pod on a Node, judged by selectors, required affinity and taints (k/k
 * pkg/scheduler/framework/plugins). A DaemonSet's pods also run on cordoned Nodes and on Nodes that are not ready.
 */
export function fits(node: Node, spec: PodSpec, ofDaemonSet: boolean): boolean {
  const { nodeName } = spec;
  if (nodeName !== undefined) return nodeName === node.metadata.name;
  if (!ofDaemonSet && (node.unschedulable || !node.ready)) return false;
  if (!isWanted(node, spec)) return false;
  // A simulated control-plane Node accepts pods that ask for a role even without a toleration: not every distribution
  // has the taint.
  if (node.synthetic && rolesOf(spec).length > 0) return true;
  const tolerations = ofDaemonSet ? [...spec.tolerations, ...givenToDaemons(spec)] : spec.tolerations;
  return node.taints.every((taint) => isTolerated(taint, tolerations));
}

/** What the DaemonSet controller adds to its pods (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations). */
const OF_DAEMONS = [
  given('not-ready', 'NoExecute'),
  given('unreachable', 'NoExecute'),
  given('disk-pressure', 'NoSchedule'),
  given('memory-pressure', 'NoSchedule'),
  given('pid-pressure', 'NoSchedule'),
  given('unschedulable', 'NoSchedule'),
];

const OF_HOST_NETWORK = given('network-unavailable', 'NoSchedule');

function givenToDaemons({ hostNetwork }: PodSpec): readonly Toleration[] {
  return hostNetwork ? [...OF_DAEMONS, OF_HOST_NETWORK] : OF_DAEMONS;
}

function given(condition: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${condition}`, operator: 'Exists', value: '', effect };
}

/** Whether a pod's own selector and affinity admit a Node. */
function isWanted({ metadata }: Node, { nodeSelector, nodeTerms }: PodSpec): boolean {
  const { name, labels } = metadata;
  const selected = Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
  return selected && (nodeTerms === undefined || nodeTerms.some((term) => meetsTerm(term, name, labels)));
}

/** An empty term matches no Node (nodeaffinity.NewNodeSelector). */
function meetsTerm(term: readonly NodeRequirement[], name: string, labels: Readonly<Record<string, string>>): boolean {
  return term.length > 0 && term.every((one) => meets(one, one.key === 'metadata.name' ? name : labels[one.key]));
}

/** NotIn and DoesNotExist hold when the label is absent; Gt and Lt compare whole numbers. */
function meets({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === 'In') return values.includes(value);
  if (operator === 'Gt') return Number(value) > Number(values[0]);
  if (operator === 'Lt') return Number(value) < Number(values[0]);
  return operator === 'Exists';
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  if (!EFFECTS.includes(taint.effect)) return true;
  return tolerations.some(({ key, operator, value, effect }) => {
    const sameKey = key === '' ? operator === 'Exists' : key === taint.key;
    return sameKey && (effect === '' || effect === taint.effect) && (operator === 'Exists' || value === taint.value);
  });
}
