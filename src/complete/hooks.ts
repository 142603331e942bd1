/**
 * complete, part: removes hooks, which run once during a release and do not serve: Helm's tests and others, which `helm
 * template` prints among the other objects. In: Pods and workloads. Out: those that stay, and a note on each hook.
 */
import type { Checked, Diagnostic, Origin } from '../diag.js';
import type { Pod, Workload } from '../read/types.js';

/** The Pods and workloads of a release that stay. */
export interface Lasting {
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
}

/** `pods` and `workloads` without hooks. A Pod with a status stays: a cluster has it. */
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

/** Workloads of install and upgrade hooks stay after the release; those of test, delete and rollback hooks do not. */
function isBrief({ hook }: Workload): boolean {
  return hook !== undefined && !/\b(?:install|upgrade|Sync|PreSync|PostSync)\b/.test(hook);
}

function note(origin: Origin, hook: string): Diagnostic {
  const message = `${origin.object} is a hook (${hook}): it makes no endpoints`;
  return { code: 'hook', severity: 'note', message, origin };
}

/** A pod that has ended, as those of Jobs do, is not an endpoint (ShouldPodBeInEndpoints). */
export function hasEnded({ phase }: Pod['status']): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
