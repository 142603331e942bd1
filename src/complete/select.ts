/**
 * complete, part: which Pods a selector selects.
 */
import { sorted } from '../order.js';
import type { Pod } from '../read/types.js';

type Labels = Readonly<Record<string, string>>;

/** The Pods of `namespace` whose labels match all of `selector`, sorted by name. */
export type Select = (namespace: string, selector: Labels) => readonly Pod[];

/** Pods of one namespace that share one labels object, as the pods of one template do. */
interface Group {
  readonly labels: Labels;
  readonly pods: Pod[];
}

/**
 * A Select of `pods`. It compares only the pods with the rarest label of the selector, and all pods of one template at
 * once: every Service against every Pod would be 10⁹ comparisons in a large cluster.
 */
export function indexPods(pods: readonly Pod[]): Select {
  const byLabel = new Map<string, Group[]>();
  for (const [namespace, groups] of grouped(pods)) {
    for (const group of groups) {
      for (const key of Object.keys(group.labels)) {
        const label = `${namespace} ${key}=${group.labels[key]}`;
        const list = byLabel.get(label);
        if (list) list.push(group);
        else byLabel.set(label, [group]);
      }
    }
  }
  return (namespace, selector) => {
    const wanted = Object.entries(selector);
    let rarest: readonly Group[] | undefined;
    for (const [key, value] of wanted) {
      const list = byLabel.get(`${namespace} ${key}=${value}`) ?? [];
      if (!rarest || list.length < rarest.length) rarest = list;
    }
    const found = (rarest ?? []).filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value));
    return sorted(found.flatMap((group) => group.pods));
  };
}

function grouped(pods: readonly Pod[]): ReadonlyMap<string, readonly Group[]> {
  const byNamespace = new Map<string, Map<Labels, Group>>();
  for (const pod of pods) {
    const { namespace, labels } = pod.metadata;
    const groups = byNamespace.get(namespace) ?? new Map<Labels, Group>();
    byNamespace.set(namespace, groups);
    const group = groups.get(labels);
    if (group) group.pods.push(pod);
    else groups.set(labels, { labels, pods: [pod] });
  }
  return new Map([...byNamespace].map(([namespace, groups]) => [namespace, [...groups.values()]]));
}
