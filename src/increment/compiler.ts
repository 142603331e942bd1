/**
 * Compiler: the daemon's. It compiles all once, and then only what changed, and what depends on that:
 *
 *     names of Services ─ resolve ─ admit ─ with those that are tied to them ─ lower, before and after
 *
 * The difference between the two states is that between the states of all. So a change costs what the small cluster of
 * all that it touches costs, and nothing of the desired state is kept but ServicePorts.
 */
import type { Backend, Kept, Lowering, Resolved } from '../backends/backend.js';
import { asWarning, type Checked, type Diagnostic, hasErrors } from '../diag.js';
import type { Options } from '../options.js';
import { type Compiled, familiesOf, type How, loweringOf, modeOf } from '../pipeline.js';
import type { Cluster } from '../read/cluster.js';
import { resolve } from '../resolve/resolve.js';
import type { ServicePort } from '../resolve/types.js';
import type { DesiredState } from '../tools/tools.js';
import { type Admitted, lasting, newAdmitted } from './admitted.js';
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
  /** The ServicePorts that `isOne` says, with those that are tied to them, and their desired state. */
  those(isOne: (port: ServicePort) => boolean): { readonly resolved: readonly Resolved[]; desired(): DesiredState };
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
  readonly options: Options;
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
  const { backend, options, lowering, admitted } = held;
  held.kept ??= backend.keep(admitted.resolved(), options, lowering);
  held.index ??= newIndex(held.kept, [...admitted.ports()]);
  return { kept: held.kept, index: held.index };
}

function compilation(held: Held): Compilation {
  const { backend, options, families, admitted } = held;
  const diagnostics = lasting((found: readonly Diagnostic[], left: readonly Diagnostic[]) =>
    left.length === 0 ? found : [...found, ...left.map(asWarning)],
  );
  const noRoom = () => (backend.noRoom && prepared(held).kept.noRoom?.()) ?? NONE;
  const part = (ports: readonly ServicePort[]) => {
    const { kept, index } = prepared(held);
    const resolved = byFamily(families, index.tied(ports));
    return { resolved, desired: () => kept.lower(resolved) };
  };
  return {
    backend,
    options,
    nodeName: families[0]?.node.name ?? '',
    resolved: admitted.resolved,
    desired: () => lower(held, admitted.resolved()),
    of: (service) => {
      const { resolved, desired } = part(admitted.of(service));
      return { resolved, desired: desired() };
    },
    those: (isOne) => part([...admitted.ports()].filter(isOne)),
    diagnostics: () => diagnostics(admitted.diagnostics(), noRoom()),
    prepare: () => void prepared(held),
    change: (cluster, names) => change(held, cluster, names),
  };
}

const NONE: readonly Diagnostic[] = [];

/** The state of all; before anything is kept there is nothing to lower it by. */
function lower({ backend, options, lowering, kept }: Held, resolved: readonly Resolved[]): DesiredState {
  return backend.lower(resolved, kept?.options?.() ?? options, lowering);
}

function change(held: Held, cluster: Cluster, names: Iterable<string>): Increment {
  const { backend, options, lowering, families, admitted } = held;
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
  held.kept = backend.keep(admitted.resolved(), kept.options?.() ?? options, lowering);
  return { before: all, after: now, served: admitted.resolved(), gone, come, whole: () => [all, now] };
}
