/**
 * clusters, part: what one cluster imports. In: the exported Services, and the importing cluster. Out:
 * ClustersetService, everything that rules and DNS names of a Service of the clusterset need; addresses.ts adds the
 * addresses.
 */
import type { Checked, Diagnostic, Origin } from '../diag.js';
import {
  type EndpointSlice,
  type IPFamily,
  isHeadless,
  keyOf,
  type ServiceImport,
  type Snapshot,
  type TrafficPolicy,
} from '../read/types.js';
import type { Cluster } from './clusters.js';
import { conflictsOf, familiesOf } from './conflicts.js';
import { type DerivedService, derivedServices } from './derived.js';
import type { Exported } from './exports.js';
import { type ClustersetPort, mergedPorts } from './ports.js';
import { overlapsOf, slicesFrom } from './slices.js';

/** A Service of the clusterset, as one cluster sees it. */
export interface ClustersetService {
  readonly namespace: string;
  readonly name: string;
  readonly type: 'ClusterSetIP' | 'Headless';
  readonly families: readonly IPFamily[];
  /** ClusterSetIPs, at most one of each family. */
  readonly ips: readonly string[];
  /** Those of `ips` that are not in the input. */
  readonly allocated: readonly string[];
  readonly ports: readonly ClustersetPort[];
  readonly sessionAffinity: 'None' | 'ClientIP';
  readonly affinityTimeoutSeconds: number;
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly trafficDistribution?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Slices with the label of their source cluster and the port names of `ports`. */
  readonly slices: readonly EndpointSlice[];
  /** The derived Service, if the snapshot has it: then the rules come from that. */
  readonly derived?: string;
  readonly origin: Origin;
}

/**
 * The `exported` Services that `cluster` imports: those whose namespace it has. They have no allocated addresses yet.
 */
export function importedFrom(exported: readonly Exported[], cluster: Cluster): Checked<readonly ClustersetService[]> {
  const { snapshot } = cluster;
  const namespaces = namespacesOf(snapshot);
  const imports = new Map(snapshot.imports.map((each) => [keyOf(each), each]));
  const derivedService = derivedServices(snapshot);
  const value: ClustersetService[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const each of exported) {
    diagnostics.push(...conflictsOf(each));
    const exports = each.exports.some(({ cluster: { name } }) => name === cluster.name);
    const [{ object }] = each.exports;
    if (!exports && !namespaces.has(object.metadata.namespace)) continue;
    const service = merged(each, cluster, imports.get(each.key), derivedService);
    diagnostics.push(...overlapsOf(service.slices, service.origin));
    value.push(service);
  }
  return { value, diagnostics };
}

/** The names of the cluster's Namespaces; without Namespace objects, the namespaces of its other objects. */
function namespacesOf(snapshot: Snapshot): ReadonlySet<string> {
  if (snapshot.namespaces.length > 0) return new Set(snapshot.namespaces.map(({ metadata }) => metadata.name));
  const { services, slices, endpoints, pods, workloads, ingresses, exports, imports } = snapshot;
  const namespaced = [services, slices, endpoints, pods, workloads, ingresses, exports, imports].flat();
  return new Set(namespaced.map(({ metadata }) => metadata.namespace));
}

/** The exports of a Service merged into one (KEP-1645); the first export decides what cannot be merged. */
function merged(
  { exports }: Exported,
  cluster: Cluster,
  existing: ServiceImport | undefined,
  derivedService: DerivedService,
): ClustersetService {
  const [{ object, service }] = exports;
  const { sessionAffinity, affinityTimeoutSeconds, internalTrafficPolicy, trafficDistribution } = service.spec;
  const { namespace, name } = object.metadata;
  const ports = mergedPorts(exports);
  const own = exports.find((each) => each.cluster.name === cluster.name);
  const type = isHeadless(service) ? 'Headless' : 'ClusterSetIP';
  const derived = existing && derivedService(existing);
  return {
    namespace,
    name,
    type,
    families: [...new Set(exports.flatMap((each) => familiesOf(each.service)))],
    ips: (type === 'ClusterSetIP' && existing?.spec.ips) || [],
    allocated: [],
    ports,
    sessionAffinity,
    affinityTimeoutSeconds,
    internalTrafficPolicy,
    ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
    labels: object.exportedLabels,
    annotations: object.exportedAnnotations,
    slices: exports.flatMap((each) => slicesFrom(each, { ports, type, trafficDistribution }, cluster)),
    ...(derived === undefined ? {} : { derived }),
    origin: (existing ?? own?.object ?? object).origin,
  };
}
