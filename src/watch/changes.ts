/**
 * Changes: what changed in the store since a sync took note of it.
 */
import { type EndpointSlice, type Node, SERVICE_NAME_LABEL, type Service } from '../read/types.js';

/** What rules are made of. */
export type Kind = 'Service' | 'EndpointSlice' | 'Node';

export type Stored = Service | EndpointSlice | Node;

export interface Changes {
  readonly services: number;
  readonly slices: number;
  readonly nodes: number;
  /** The Services that changed, or whose endpoints did, as `default/web`. */
  readonly names: ReadonlySet<string>;
  /** When the endpoints that changed did so, as their controller says, in seconds since 1970. */
  readonly triggered: readonly number[];
}

/** Changes as they come. */
export interface ChangeLog {
  /** An object came (without `before`), went (without `object`) or became another. */
  add(kind: Kind, before: Stored | undefined, object: Stored | undefined): void;
  seen(): Changes;
  /** The same, which is then forgotten. */
  take(): Changes;
}

/** No changes yet. */
export function newChanges(): ChangeLog {
  let [counts, names, triggered] = none();
  const seen = (): Changes => {
    const { Service: services, EndpointSlice: slices, Node: nodes } = counts;
    return { services, slices, nodes, names, triggered };
  };
  return {
    seen,
    take: () => {
      const taken = seen();
      [counts, names, triggered] = none();
      return taken;
    },
    add: (kind, before, object) => {
      counts[kind]++;
      for (const each of [before, object]) {
        const name = each && serviceOf(kind, each);
        if (name !== undefined) names.add(name);
      }
      const trigger = Date.parse(object?.metadata.annotations[TRIGGER] ?? '') / 1000;
      if (!Number.isNaN(trigger) && triggered.length < MOST_TRIGGERS) triggered.push(trigger);
    },
  };
}

function none(): [Record<Kind, number>, Set<string>, number[]] {
  return [{ Service: 0, EndpointSlice: 0, Node: 0 }, new Set(), []];
}

/** When the endpoint-slice controller saw what made it write the slice. */
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';

/** A list of everything has one for each Service; the metric is about what comes after. */
const MOST_TRIGGERS = 1000;

/** The Service that an object is, or has endpoints of. */
function serviceOf(kind: Kind, { metadata: { namespace, name, labels } }: Stored): string | undefined {
  const service = kind === 'Service' ? name : kind === 'EndpointSlice' ? labels[SERVICE_NAME_LABEL] : undefined;
  return service === undefined ? undefined : `${namespace}/${service}`;
}
