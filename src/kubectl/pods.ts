/**
 * kubectl: the Pods of a selector, the one first that kubectl takes for a Service: of ActivePods the last
 * (k8s.io/kubectl/pkg/util/podutils, pkg/polymorphichelpers/attachablepodforobject.go).
 */
import { compare, sorted } from '../order.js';
import type { Pod } from '../read/types.js';

/** The Pods of `namespace` with these labels, the best first. */
export function bestFirst(
  pods: readonly Pod[],
  namespace: string,
  selector: Readonly<Record<string, string>>,
): readonly Pod[] {
  const wanted = Object.entries(selector);
  const found = pods.filter(
    ({ metadata }) =>
      metadata.namespace === namespace && wanted.every(([key, value]) => metadata.labels[key] === value),
  );
  return [...sorted(found)].sort((a, b) => CRITERIA.map((by) => by(a, b)).find((order) => order !== 0) ?? 0);
}

type Criterion = (a: Pod, b: Pod) => number;

/** The first criterion that tells two Pods apart decides. */
const CRITERIA: readonly Criterion[] = [
  most(({ spec }) => Number(spec.nodeName !== undefined)),
  most(({ status }) => PHASES[status.phase] ?? 0),
  most(({ status }) => Number(status.ready)),
  most(({ terminating }) => Number(!terminating)),
  (a, b) => compare(b.history?.deleted ?? '', a.history?.deleted ?? ''),
  (a, b) => (a.status.ready && b.status.ready ? earliest(a.history?.readySince, b.history?.readySince) : 0),
  most(({ history }) => -(history?.restarts ?? 0)),
  most(({ history }) => -(history?.sidecarRestarts ?? 0)),
  (a, b) => earliest(a.history?.created, b.history?.created),
];

/** A phase that is not here counts as Pending. */
const PHASES: Readonly<Record<string, number>> = { Unknown: 1, Running: 2 };

function most(rank: (pod: Pod) => number): Criterion {
  return (a, b) => rank(b) - rank(a);
}

/** Times in UTC, as the API writes them, sort as text; without a time is last. */
function earliest(a: string | undefined, b: string | undefined): number {
  return compare(a ?? LAST, b ?? LAST);
}

const LAST = '~';
