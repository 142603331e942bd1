/**
 * Figures: what the metrics and the health checks tell of all that is served, kept as it changes.
 */
import type { Resolved } from '../backends/backend.js';
import type { Compilation, Increment } from '../increment/compiler.js';
import type { ServicePort } from '../resolve/types.js';
import { type NoLocalEndpoints, noLocalEndpoints, type RuleCount, rulesIn, rulesMore } from '../serve/counts.js';
import type { DesiredState } from '../tools/tools.js';

export interface Figures {
  /** Counted when they are first asked for. */
  readonly rules: () => readonly RuleCount[];
  readonly noLocal: readonly NoLocalEndpoints[];
  /** The ServicePorts with a health check; the very same list until one changes. */
  readonly healthChecked: readonly Resolved[];
}

/** Those of everything. */
export function figuresOf(compiled: Compilation, desired: DesiredState): Figures {
  const resolved = compiled.resolved();
  return {
    rules: once(() => rulesIn(desired)),
    noLocal: noLocalEndpoints(resolved),
    healthChecked: resolved.map(({ ports, ...family }) => ({ ...family, ports: ports.filter(hasHealthCheck) })),
  };
}

/** The value of `make`, which is let go when it was called: it holds the whole desired state. */
function once<T>(make: () => T): () => T {
  let state: { readonly make: () => T } | { readonly made: T } = { make };
  return () => {
    if ('make' in state) state = { made: state.make() };
    return state.made;
  };
}

/** Those after a change. */
export function figuresAfter({ rules, noLocal, healthChecked }: Figures, change: Increment): Figures {
  const { before, after, gone, come } = change;
  const more = rulesMore(before, after);
  const moreOf = ({ family, table }: RuleCount) =>
    more.find((each) => each.family === family && each.table === table)?.rules ?? 0;
  const droppingOf = (ports: readonly ServicePort[]) =>
    noLocalEndpoints(healthChecked.map((family) => ({ ...family, ports: ofFamily(family, ports) })));
  const counts = rules().map((each) => ({ ...each, rules: each.rules + moreOf(each) }));
  const [went, came] = [droppingOf(gone), droppingOf(come)];
  return {
    rules: () => counts,
    noLocal: noLocal.map((each, i) => ({
      family: each.family,
      internal: each.internal + (came[i]?.internal ?? 0) - (went[i]?.internal ?? 0),
      external: each.external + (came[i]?.external ?? 0) - (went[i]?.external ?? 0),
    })),
    healthChecked: [...gone, ...come].some(hasHealthCheck) ? replaced(healthChecked, gone, come) : healthChecked,
  };
}

function replaced(
  resolved: readonly Resolved[],
  gone: readonly ServicePort[],
  come: readonly ServicePort[],
): readonly Resolved[] {
  const left = new Set(gone);
  return resolved.map(({ ports, ...family }) => {
    const stay = ports.filter((port) => !left.has(port));
    return { ...family, ports: [...stay, ...ofFamily(family, come).filter(hasHealthCheck)] };
  });
}

function ofFamily({ node }: Pick<Resolved, 'node'>, ports: readonly ServicePort[]): readonly ServicePort[] {
  return ports.filter(({ family }) => family === node.family);
}

function hasHealthCheck({ healthCheckNodePort }: ServicePort): boolean {
  return healthCheckNodePort !== undefined;
}
