/**
 * clusters, part: the exported Services, with their exports in order of precedence (KEP-1645). In: Clusters. Out:
 * Exported, sorted by namespace and name; invalid exports become diagnostics named by the condition's reason.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { compare } from '../order.js';
import { type EndpointSlice, keyOf, type Service, type ServiceExport, slicesByService } from '../read/types.js';
import type { Cluster } from './clusters.js';

/** A ServiceExport with the Service of its name, in one cluster. */
export interface Export {
  readonly cluster: Cluster;
  readonly object: ServiceExport;
  readonly service: Service;
  /** The slices of the Service. */
  readonly slices: readonly EndpointSlice[];
}

/** A Service of the clusterset. */
export interface Exported {
  /** `namespace/name`. */
  readonly key: string;
  /** In order of precedence; there is at least one. */
  readonly exports: readonly [Export, ...Export[]];
}

/** All Services that at least one cluster exports. */
export function exportedServices(clusters: readonly Cluster[]): Checked<readonly Exported[]> {
  const byKey = new Map<string, [Export, ...Export[]]>();
  const diagnostics: Diagnostic[] = [];
  for (const cluster of clusters) {
    if (cluster.snapshot.exports.length === 0) continue;
    const services = new Map(cluster.snapshot.services.map((service) => [keyOf(service), service]));
    const slices = slicesByService(cluster.snapshot.slices);
    for (const object of cluster.snapshot.exports) {
      const service = services.get(keyOf(object));
      const problem = invalid(object, service, cluster);
      if (problem) diagnostics.push(problem);
      if (problem || !service) continue;
      const made = { cluster, object, service, slices: slices.get(keyOf(object)) ?? [] };
      const list = byKey.get(keyOf(object));
      if (list) list.push(made);
      else byKey.set(keyOf(object), [made]);
    }
  }
  for (const list of byKey.values()) list.sort(byPrecedence);
  const value = [...byKey].sort(([a], [b]) => compare(a, b)).map(([key, exports]) => ({ key, exports }));
  return { value, diagnostics };
}

/** Why an export is invalid, with the reasons of the condition Valid (mcs-api, serviceexport.go). */
function invalid(object: ServiceExport, service: Service | undefined, cluster: Cluster): Diagnostic | undefined {
  const { origin } = object;
  const about = { code: 'mcs-invalid-export', severity: 'warning', origin } as const;
  if (!service) {
    const message = `NoService: cluster ${cluster.name} has no Service ${keyOf(object)}, so nothing is exported`;
    return { ...about, message };
  }
  if (service.spec.type !== 'ExternalName') return undefined;
  const message = `InvalidServiceType: Service ${keyOf(object)} is an ExternalName, which cannot be exported`;
  const related = { message: 'its type is given here', origin: { ...service.origin, path: ['spec', 'type'] } };
  return { ...about, message, related };
}

/**
 * Oldest first (KEP-1645, conflict resolution policy); exports without a timestamp come last. Equal timestamps (they
 * have whole seconds) are sorted by the cluster's name.
 */
function byPrecedence(a: Export, b: Export): number {
  const [early, late] = [createdAt(a), createdAt(b)];
  if (early !== late) return early < late ? -1 : 1;
  return compare(a.cluster.name, b.cluster.name);
}

/** The creation time in milliseconds; infinite when the export has none. */
export function createdAt({ object: { created = '' } }: Export): number {
  // JavaScript engines interpret other forms differently.
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/.test(created) ? Date.parse(created) : NaN;
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
