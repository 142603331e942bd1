/**
 * complete, part: objects that run at some moment of a release and are gone when it serves: Helm's tests and other hooks,
 * which `helm template` prints among the rest. In: Pods and workloads. Out: those that stay, and a note on each other.
 */
import type { Checked, Diagnostic, Origin } from '../diag.js';
import type { Pod, Workload } from '../read/types.js';

/** What of a release is there when it serves. */
export interface Lasting {
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
}

/** `pods` and `workloads` without hooks. A Pod that a cluster has is there, whatever it was made for. */
export function withoutHooks({ pods, workloads }: Lasting): Checked<Lasting> {
  const hooks = [...pods.filter((pod) => pod.hook && isUnseen(pod)), ...workloads.filter(isBrief)];
  if (hooks.length === 0) return { value: { pods, workloads }, diagnostics: [] };
  const gone = new Set<Pod | Workload>(hooks);
  return {
    value: {
      pods: pods.filter((pod) => !gone.has(pod)),
      workloads: workloads.filter((workload) => !gone.has(workload)),
    },
    diagnostics: hooks.map(({ origin, hook = '' }) => note(origin, hook)),
  };
}

function isUnseen({ status }: Pod): boolean {
  return status.phase === '' && status.podIPs.length === 0;
}

/** What is made when a release is installed or upgraded stays afterwards, unless it ends by itself, as Pods of hooks do. */
function isBrief({ hook }: Workload): boolean {
  return hook !== undefined && !/\b(?:install|upgrade|Sync|PreSync|PostSync)\b/.test(hook);
}

function note(origin: Origin, hook: string): Diagnostic {
  const message = `${origin.object} is a hook (${hook}): it makes no endpoints`;
  return { code: 'hook', severity: 'note', message, origin };
}

/** A pod that has ended, as those of Jobs do, serves nobody (ShouldPodBeInEndpoints). */
export function hasEnded({ phase }: Pod['status']): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
