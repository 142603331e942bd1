/**
 * complete, part: which Pods a selector selects.
 */
import type { Pod } from '../read/types.js';

type Labels = Readonly<Record<string, string>>;

/** The Pods of `namespace` whose labels have all that `selector` asks for, in the order of `indexPods`. */
export type Select = (namespace: string, selector: Labels) => readonly Pod[];

/**
 * Makes a Select of `pods`, sorted by namespace and name. It looks only at those that have the rarest of the labels asked
 * for: every Service against every Pod would be a thousand million comparisons in a large cluster.
 */
export function indexPods(pods: readonly Pod[]): Select {
  const byLabel = new Map<string, Pod[]>();
  const sorted = [...pods].sort((a, b) => compare(a.metadata.namespace, b.metadata.namespace) || byName(a, b));
  for (const pod of sorted) {
    const { namespace, labels } = pod.metadata;
    for (const key of Object.keys(labels)) {
      const label = `${namespace} ${key}=${labels[key]}`;
      const list = byLabel.get(label);
      if (list) list.push(pod);
      else byLabel.set(label, [pod]);
    }
  }
  return (namespace, selector) => {
    const wanted = Object.entries(selector);
    let rarest: readonly Pod[] | undefined;
    for (const [key, value] of wanted) {
      const list = byLabel.get(`${namespace} ${key}=${value}`) ?? [];
      if (!rarest || list.length < rarest.length) rarest = list;
    }
    return (rarest ?? []).filter(({ metadata }) => matches(metadata.labels, wanted));
  };
}

function matches(labels: Labels, wanted: readonly (readonly [string, string])[]): boolean {
  return wanted.every(([key, value]) => labels[key] === value);
}

function byName(a: Pod, b: Pod): number {
  return compare(a.metadata.name, b.metadata.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
