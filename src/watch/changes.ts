/**
 * Changes: what changed in the store since a sync took its changes.
 */
import { type EndpointSlice, type Node, type Service, type ServiceCIDR, serviceOf } from '../read/types.js';

/** The kinds that rules are compiled from. */
export type Kind = 'Service' | 'EndpointSlice' | 'Node' | 'ServiceCIDR';

export type Stored = Service | EndpointSlice | Node | ServiceCIDR;

export interface Changes {
  readonly services: number;
  readonly slices: number;
  readonly nodes: number;
  /** The Services that changed, or whose endpoints did, as `default/web`. */
  readonly names: ReadonlySet<string>;
  /** Set when an object changed that all Services may depend on: a Node, or a ServiceCIDR. */
  readonly isOfAll?: true;
  /** When the changed endpoints changed, as their controller noted it, in seconds since 1970. */
  readonly triggered: readonly number[];
}

/** Nothing changed. */
export const NO_CHANGES: Changes = { services: 0, slices: 0, nodes: 0, names: new Set(), triggered: [] };

/** Collects changes. */
export interface ChangeLog {
  /** An object was added (without `before`), removed (without `object`) or modified. */
  add(kind: Kind, before: Stored | undefined, object: Stored | undefined): void;
  /** The claims of a Service hold now, or hold no longer. */
  touch(name: string): void;
  seen(): Changes;
  /** The same, and forgets them. */
  take(): Changes;
}

/** No changes yet. */
export function newChanges(): ChangeLog {
  let [counts, names, triggered] = none();
  const seen = (): Changes => {
    const { Service: services, EndpointSlice: slices, Node: nodes } = counts;
    const isOfAll = nodes + counts.ServiceCIDR > 0;
    return { services, slices, nodes, names, triggered, ...(isOfAll && { isOfAll }) };
  };
  return {
    seen,
    take: () => {
      const taken = seen();
      [counts, names, triggered] = none();
      return taken;
    },
    touch: (name) => void names.add(name),
    add: (kind, before, object) => {
      counts[kind]++;
      for (const each of [before, object]) {
        const name = each && nameOf(kind, each);
        if (name !== undefined) names.add(name);
      }
      const trigger = Date.parse(object?.metadata.annotations[TRIGGER] ?? '') / 1000;
      if (!Number.isNaN(trigger) && triggered.length < MOST_TRIGGERS) triggered.push(trigger);
    },
  };
}

function none(): [Record<Kind, number>, Set<string>, number[]] {
  return [{ Service: 0, EndpointSlice: 0, Node: 0, ServiceCIDR: 0 }, new Set(), []];
}

/** When the endpoint-slice controller saw what made it write the slice. */
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** The first list has a trigger for each Service; the metric is about the changes after it. */
const MOST_TRIGGERS = 1000;

/** The Service that an object is, or has endpoints of. */
function nameOf(kind: Kind, object: Stored): string | undefined {
  if (kind === 'EndpointSlice') return serviceOf(object as EndpointSlice);
  return kind === 'Service' ? `${object.metadata.namespace}/${object.metadata.name}` : undefined;
}
