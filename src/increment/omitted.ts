/**
 * Omitted: diagnostics about Services and slices without rules, by the name of the Service.
 */
import type { Diagnostic } from '../diag.js';
import type { Options } from '../options.js';
import type { Cluster } from '../read/cluster.js';
import { keyOf, type Snapshot, serviceOf } from '../read/types.js';
import { noServicePort, orphan, type Remedy, serviceOmissions } from '../resolve/omissions.js';

export interface About {
  /** What is to be said of each Service, or of its slices if it is not there. */
  all(snapshot: Snapshot): Iterable<readonly [string, readonly Diagnostic[]]>;
  one(cluster: Cluster, name: string): readonly Diagnostic[];
  /** What is to be said when there is no ServicePort at all. */
  none(snapshot: Snapshot): readonly Diagnostic[];
}

export function aboutServices(options: Options): About {
  const remedy: Remedy = options.machine ? 'allocate' : 'simulate';
  return {
    *all({ services, slices }) {
      const names = new Set(services.map(keyOf));
      for (const service of services) yield [keyOf(service), serviceOmissions(service, options, remedy)];
      const orphans = new Map<string, Diagnostic[]>();
      for (const slice of slices) {
        const name = serviceOf(slice);
        if (name !== undefined && !names.has(name)) orphans.set(name, [...(orphans.get(name) ?? []), orphan(slice)]);
      }
      yield* orphans;
    },
    one: (cluster, name) => {
      const service = cluster.service(name);
      return service ? serviceOmissions(service, options, remedy) : cluster.slicesOf(name).map(orphan);
    },
    none: ({ services }) => (services.length > 0 ? [noServicePort(services, remedy)] : []),
  };
}
