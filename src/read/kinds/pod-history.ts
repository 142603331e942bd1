/**
 * What kubectl sorts Pods by beside their state (k8s.io/kubectl/pkg/util/podutils, ActivePods). Only the cluster writes these
 * fields, so what is unusable in them is as if it was absent.
 */
import { isMapping } from '../check.js';
import type { PodHistory } from '../types.js';
import { serverSet } from './metadata.js';

/** `history` of a Pod; nothing for a manifest. */
export function historyOf(value: unknown): { readonly history?: PodHistory } {
  const [created, deleted] = [serverSet(value, 'creationTimestamp'), serverSet(value, 'deletionTimestamp')];
  if (created === undefined && deleted === undefined) return {};
  const status = mappingIn(value, 'status');
  const ready = listIn(status, 'conditions').find(({ type, status }) => type === 'Ready' && status === 'True');
  const readySince = ready?.['lastTransitionTime'];
  const sidecars = listIn(mappingIn(value, 'spec'), 'initContainers')
    .filter(({ restartPolicy }) => restartPolicy === 'Always')
    .map(({ name }) => name);
  return {
    history: {
      ...(created !== undefined && { created }),
      ...(deleted !== undefined && { deleted }),
      ...(typeof readySince === 'string' && { readySince }),
      restarts: mostRestarts(listIn(status, 'containerStatuses')),
      sidecarRestarts: mostRestarts(
        listIn(status, 'initContainerStatuses').filter(({ name }) => sidecars.includes(name)),
      ),
    },
  };
}

type Mapping = Readonly<Record<string, unknown>>;

function mostRestarts(statuses: readonly Mapping[]): number {
  return statuses.reduce((most, { restartCount }) => Math.max(most, Number(restartCount) || 0), 0);
}

function mappingIn(value: unknown, key: string): unknown {
  return isMapping(value) ? value[key] : undefined;
}

function listIn(value: unknown, key: string): readonly Mapping[] {
  const list = mappingIn(value, key);
  return Array.isArray(list) ? list.filter(isMapping) : [];
}
