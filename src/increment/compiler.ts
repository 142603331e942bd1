/**
 * Compiler: the daemon's. It compiles all once, and then only what changed, and what depends on that:
 *
 *     names of Services ─ resolve ─ admit ─ with those that are tied to them ─ lower, before and after
 *
 * The difference between the two states is that between the states of all. So a change costs what the small cluster of
 * all that it touches costs, and nothing of the desired state is kept but ServicePorts.
 */
import type { Backend, Kept, Lowering, Resolved } from '../backends/backend.js';
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import type { Options } from '../options.js';
import { type Compiled, familiesOf, type How, loweringOf, modeOf } from '../pipeline.js';
import type { Cluster } from '../read/cluster.js';
import { resolve } from '../resolve/resolve.js';
import type { ServicePort } from '../resolve/types.js';
import type { DesiredState } from '../tools/tools.js';
import { type Admitted, newAdmitted } from './admitted.js';
import { byFamily, type Family } from './ports.js';
import { type Index, newIndex } from './ties.js';

/** What is compiled of a cluster. */
export interface Compilation extends Omit<Compiled, 'resolved' | 'desired'> {
  readonly options: Options;
  readonly nodeName: string;
  /** All ServicePorts. */
  resolved(): readonly Resolved[];
  /** The desired state of all. */
  desired(): DesiredState;
  /** That of one Service, and of those that are tied to it. */
  of(service: string): Pick<Compiled, 'resolved' | 'desired'>;
  /** The very same list until one changes. */
  diagnostics(): readonly Diagnostic[];
  /** Makes what changes are compiled by, so that the first need not wait for it. */
  prepare(): void;
  /** Compiles the Services with these names anew. */
  change(cluster: Cluster, names: Iterable<string>): Increment;
}

/** A change of what is compiled. */
export interface Increment {
  /** The desired state of what changes and of what depends on it; as it was, and as it is now. */
  readonly before: DesiredState;
  readonly after: DesiredState;
  /** The ServicePorts that `after` serves. */
  readonly served: readonly Resolved[];
  /** The ServicePorts that went, and those that came. */
  readonly gone: readonly ServicePort[];
  readonly come: readonly ServicePort[];
  /** The desired states of all, before and now; until the next change. */
  readonly whole: () => readonly [DesiredState, DesiredState];
}

/** The parts of a compilation. */
interface Held {
  readonly backend: Backend;
  /** With what is to stay as it is of the state that was lowered last. */
  options: Options;
  readonly lowering: Lowering;
  readonly families: readonly Family[];
  readonly admitted: Admitted;
  /** What changes are compiled by; made for the first of them, so that a first sync need not wait for it. */
  index?: Index;
  kept?: Kept;
}

/** Compiles all of a cluster; undefined with any error. */
export function compileAll(cluster: Cluster, options: Options, how: How): Checked<Compilation | undefined> {
  const snapshot = cluster.snapshot();
  const { value: backend, diagnostics: unknown } = modeOf(options);
  const { value: families, diagnostics } = familiesOf(snapshot, options);
  if (!backend || hasErrors(diagnostics)) return { value: undefined, diagnostics: [...diagnostics, ...unknown] };
  const read = families.map((family) => ({ ...family, ports: resolve(snapshot, family.node, options) }));
  const admitted = newAdmitted(backend, families, options, { read, snapshot, diagnostics });
  const lowering = loweringOf(backend, options, how);
  const value = compilation({ backend, options, lowering, families, admitted });
  return { value, diagnostics: value.diagnostics() };
}

/** What changes are compiled by, as all ServicePorts are now. */
function prepared(held: Held): { readonly kept: Kept; readonly index: Index } {
  held.kept ??= begin(held, held.admitted.resolved());
  held.index ??= newIndex(held.kept, [...held.admitted.ports()]);
  return { kept: held.kept, index: held.index };
}

function begin(
  { backend, options, lowering }: Pick<Held, 'backend' | 'options' | 'lowering'>,
  resolved: readonly Resolved[],
): Kept {
  const whole: Kept = {
    claims: () => [],
    needs: () => [],
    replace: () => false,
    lower: (part) => backend.lower(part, options, lowering),
  };
  return backend.keep?.(resolved, options, lowering) ?? whole;
}

function compilation(held: Held): Compilation {
  const { backend, options, families, admitted } = held;
  return {
    backend,
    options,
    nodeName: families[0]?.node.name ?? '',
    resolved: admitted.resolved,
    desired: () => lower(held, admitted.resolved()),
    of: (service) => {
      const { kept, index } = prepared(held);
      const resolved = byFamily(families, index.tied(admitted.of(service)));
      return { resolved, desired: kept.lower(resolved) };
    },
    diagnostics: admitted.diagnostics,
    prepare: () => void prepared(held),
    change: (cluster, names) => change(held, cluster, names),
  };
}

/** The state of all. */
function lower(held: Held, resolved: readonly Resolved[]): DesiredState {
  const { backend, options, lowering } = held;
  const state = backend.lower(resolved, options, lowering);
  held.options = backend.remember?.(options, state) ?? options;
  return state;
}

function change(held: Held, cluster: Cluster, names: Iterable<string>): Increment {
  const { families, admitted } = held;
  const { kept, index } = prepared(held);
  const taken = admitted.take(cluster, names, index.tied);
  const { gone, come, others } = taken;
  const whole = (): readonly [DesiredState, DesiredState] => {
    const came = new Set(come);
    const before = [...gone, ...[...admitted.ports()].filter((port) => !came.has(port))];
    return [lower(held, byFamily(families, before)), lower(held, admitted.resolved())];
  };
  const beside = index.replace([...gone, ...others], [...come, ...others]);
  const was = byFamily(families, [...gone, ...others, ...beside]);
  const served = byFamily(families, [...come, ...others, ...beside]);
  const before = kept.lower(was);
  if (kept.replace(byFamily(families, gone), byFamily(families, come)))
    return { before, after: kept.lower(served), served, gone, come, whole };
  const [all, now] = whole();
  held.kept = begin(held, admitted.resolved());
  return { before: all, after: now, served: admitted.resolved(), gone, come, whole: () => [all, now] };
}
