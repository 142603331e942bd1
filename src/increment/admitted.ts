/**
 * Admitted: the ServicePorts of all Services that the proxy mode serves, and the diagnostics about all Services, kept as
 * Services change.
 */
import type { Backend, Resolved } from '../backends/backend.js';
import { asWarning, type Diagnostic } from '../diag.js';
import type { Options } from '../options.js';
import type { Cluster } from '../read/cluster.js';
import type { Snapshot } from '../read/types.js';
import { resolveService } from '../resolve/resolve.js';
import type { ServicePort } from '../resolve/types.js';
import { newCounts } from './counts.js';
import { newFound } from './found.js';
import { aboutServices } from './omitted.js';
import { byFamily, byService, type Family, portsIn } from './ports.js';

export interface Admitted {
  /** All, in any order. */
  ports(): Iterable<ServicePort>;
  /** All by family, in order. */
  resolved(): readonly Resolved[];
  /** Those of a Service. */
  of(service: string): readonly ServicePort[];
  diagnostics(): readonly Diagnostic[];
  /** Takes the Services with these names as they are in `cluster` now. */
  take(cluster: Cluster, names: Iterable<string>, tied: Tied): Taken;
}

/** ServicePorts and those that are tied to them. */
type Tied = (ports: readonly ServicePort[]) => Iterable<ServicePort>;

export interface Taken {
  readonly gone: readonly ServicePort[];
  readonly come: readonly ServicePort[];
  /** Those that are tied to one of these. */
  readonly others: readonly ServicePort[];
}

/** Everything before the first change. */
interface Begin {
  readonly read: readonly Resolved[];
  readonly snapshot: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
}

/** All Services of a snapshot, of which `read` was resolved, and `diagnostics` are about the node. */
export function newAdmitted(
  backend: Backend,
  families: readonly Family[],
  options: Options,
  { read, snapshot, diagnostics: ofNode }: Begin,
): Admitted {
  const admit = (ports: Iterable<ServicePort>) => backend.admit(byFamily(families, ports), options);
  const first = backend.admit(read, options);
  const services = byService(first.value);
  const refused = byService(without(read, portsIn(first.value)));
  const nodePorts = newCounts(portsIn(first.value));
  const about = aboutServices(options);
  const found = newFound();
  found.replace([], first.diagnostics.map(asWarning));
  for (const [name, diagnostics] of about.all(snapshot)) found.set(name, diagnostics);
  let empty = services.size === 0 ? about.none(snapshot) : NONE;

  const unserved = lasting((key) => {
    const counts = families.map(({ node }) => ({ node, ...nodePorts.of(node.family) }));
    return key === '' ? NONE : (backend.unserved?.(counts, options) ?? NONE);
  });
  const all = lasting((...parts: readonly (readonly Diagnostic[])[]) => parts.flat());

  const take = (cluster: Cluster, names: readonly string[], tied: Tied): Taken => {
    const gone = names.flatMap((name) => services.get(name) ?? []);
    const left = names.flatMap((name) => refused.get(name) ?? []);
    const fresh = names.flatMap((name) => resolveOne(cluster, name, families, options));
    const served = new Set(portsIn(admit(fresh).value));
    const come = fresh.filter((port) => served.has(port));
    const changed = new Set([...gone, ...come]);
    const others = [...tied([...changed])].filter((port) => !changed.has(port));
    found.replace(
      admit([...gone, ...left, ...others]).diagnostics.map(asWarning),
      admit([...fresh, ...others]).diagnostics.map(asWarning),
    );
    const [now, not] = [
      byService([{ ports: come }]),
      byService([{ ports: fresh.filter((port) => !served.has(port)) }]),
    ];
    for (const name of names) {
      found.set(name, about.one(cluster, name));
      put(services, name, now.get(name));
      put(refused, name, not.get(name));
    }
    nodePorts.replace(gone, come);
    empty = services.size === 0 ? about.none(cluster.snapshot()) : NONE;
    return { gone, come, others };
  };

  return {
    *ports() {
      for (const ports of services.values()) yield* ports;
    },
    resolved: () => byFamily(families, [...services.values()].flat()),
    of: (service) => services.get(service) ?? [],
    diagnostics: () => all(empty, found.all(), ofNode, unserved(nodePorts.key())),
    take: (cluster, names, tied) => take(cluster, [...new Set(names)], tied),
  };
}

const NONE: readonly Diagnostic[] = [];

/** The same result as long as the arguments are the same. */
export function lasting<A extends readonly unknown[], T>(make: (...args: A) => T): (...args: A) => T {
  let known: { readonly args: A; readonly made: T } | undefined;
  return (...args) => {
    if (!known?.args.every((each, i) => each === args[i])) known = { args, made: make(...args) };
    return known.made;
  };
}

function resolveOne(
  cluster: Cluster,
  name: string,
  families: readonly Family[],
  options: Options,
): readonly ServicePort[] {
  const service = cluster.service(name);
  if (!service) return [];
  const slices = cluster.slicesOf(name);
  return families.flatMap(({ node }) => resolveService(service, slices, node, options));
}

function put<V>(into: Map<string, V>, name: string, value: V | undefined): void {
  if (value === undefined) into.delete(name);
  else into.set(name, value);
}

function without(resolved: readonly Resolved[], some: readonly ServicePort[]): readonly Resolved[] {
  const left = new Set(some);
  return resolved.map(({ ports, ...family }) => ({ ...family, ports: ports.filter((port) => !left.has(port)) }));
}
