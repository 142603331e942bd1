/**
 * lint, part: objects that a selector can match: Pods and pod templates. In: the snapshot. Out: their labels and ports
 * by namespace, with the positions of the labels.
 */
import type { Key, Origin } from '../diag.js';
import { groupedBy, sorted } from '../order.js';
import type { ContainerPort, Pod, Snapshot, Workload } from '../read/types.js';

export interface Candidate {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
  /** A pod template: its Pods are simulated or not in the input. */
  readonly template: boolean;
  readonly origin: Origin;
  /** The path of the labels in the object. */
  readonly at: readonly Key[];
}

/** The candidates of one namespace. */
export interface Candidates {
  /** Candidates with all labels of `selector`. */
  matching(selector: Readonly<Record<string, string>>): readonly Candidate[];
  /** Candidates with a label `key`, in order. */
  withKey(key: string): readonly Candidate[];
  /** Candidates with `key: value`, in order. */
  withLabel(key: string, value: string): readonly Candidate[];
}

/** Labels that workload controllers add to each Pod; pod templates do not have them. */
const GIVEN = [
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'pod-template-hash',
];

/** The labels of a selector that a pod template can have. */
export function written(selector: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(selector).filter(([key]) => !GIVEN.includes(key)));
}

/**
 * The candidates by namespace. Lookups start at the rarest label of a selector, for thousands of Services and Pods.
 */
export function candidatesByNamespace(snapshot: Snapshot): ReadonlyMap<string, Candidates> {
  // Pods of one template are one candidate: they have the same labels and ports.
  const alike = groupedBy(sorted(snapshot.pods.filter(isWritten)).map(ofPod), ({ namespace, labels, ports }) =>
    JSON.stringify([namespace, Object.entries(labels).sort(), ports]),
  );
  const pods = [...alike.values()].flatMap((group) => group.slice(0, 1));
  const workloads = sorted(snapshot.workloads).filter(({ owned, replicas }) => !owned && replicas > 0);
  const groups = groupedBy([...pods, ...workloads.map(ofWorkload)], ({ namespace }) => namespace);
  return new Map([...groups].map(([namespace, found]) => [namespace, indexed(found)]));
}

/** Whether a Pod is a candidate. Pods simulated for a workload are not: its template is a candidate itself. */
function isWritten({ simulated, origin, hook, status }: Pod): boolean {
  // A Helm hook Pod in a manifest runs once during a release, so it is not a lasting endpoint.
  if (hook !== undefined && status.phase === '') return false;
  return simulated === undefined || simulated === origin.object || simulated.startsWith('Pod ');
}

function ofPod({ metadata: { namespace, labels }, spec: { ports }, origin }: Pod): Candidate {
  return { namespace, labels, ports, template: false, origin, at: ['metadata', 'labels'] };
}

function ofWorkload({ kind, metadata: { namespace }, template: { labels, spec }, origin }: Workload): Candidate {
  const at = [...(kind === 'PodTemplate' ? [] : ['spec']), 'template', 'metadata', 'labels'];
  return { namespace, labels, ports: spec.ports, template: true, origin, at };
}

function indexed(candidates: readonly Candidate[]): Candidates {
  const keys = new Map<string, Candidate[]>();
  const labels = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const [key, value] of Object.entries(candidate.labels)) {
      push(keys, key, candidate);
      push(labels, `${key}=${value}`, candidate);
    }
  }
  const withLabel = (key: string, value: string) => labels.get(`${key}=${value}`) ?? [];
  const known = new Map<string, readonly Candidate[]>();
  return {
    withLabel,
    withKey: (key) => keys.get(key) ?? [],
    matching: (selector) => {
      // Cached: many Services may have the same selector.
      const text = JSON.stringify(Object.entries(selector).sort());
      const found = known.get(text) ?? having(selector, withLabel);
      known.set(text, found);
      return found;
    },
  };
}

function having(selector: Readonly<Record<string, string>>, withLabel: Candidates['withLabel']): readonly Candidate[] {
  const lists = Object.entries(selector).map(([key, value]) => withLabel(key, value));
  const rarest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
  return rarest.filter(({ labels }) => differing(selector, labels).length === 0);
}

function push(groups: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const group = groups.get(key);
  if (group) group.push(candidate);
  else groups.set(key, [candidate]);
}

/** The keys of `selector` whose value in `labels` is absent or different; stops after two, as callers need no more. */
export function differing(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): readonly string[] {
  let found = NO_KEYS;
  for (const key in selector) {
    if (labels[key] === selector[key]) continue;
    if (found.length > 0) return [...found, key];
    found = [key];
  }
  return found;
}

const NO_KEYS: readonly string[] = [];
