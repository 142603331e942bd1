/**
 * clusters, part: ServiceImports of one cluster's own snapshot → ClustersetService, with the slices that its
 * mcs-controller created, so that the dump of a single cluster is enough for the rules of the clusterset.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { compare, groupedBy, sorted } from '../order.js';
import {
  CLUSTERSET_SERVICE_LABEL,
  type EndpointSlice,
  type IPFamily,
  ipFamilyOf,
  keyOf,
  type ServiceImport,
  type Snapshot,
} from '../read/types.js';
import { type DerivedService, derivedServices } from './derived.js';
import type { ClustersetService } from './imports.js';

/** The API's default timeout (DefaultClientIPServiceAffinitySeconds): vipc does not read a ServiceImport's own. */
const AFFINITY_SECONDS = 10800;

/** The Services of the snapshot's own ServiceImports, except those in `known`. */
export function ownImports(snapshot: Snapshot, known: ReadonlySet<string>): Checked<readonly ClustersetService[]> {
  const slices = clustersetSlices(snapshot.slices);
  const imports = snapshot.imports.filter((each) => !known.has(keyOf(each)));
  const derivedService = derivedServices(snapshot);
  const value = imports
    .map((each) => fromImport(each, slices.get(keyOf(each)) ?? [], derivedService))
    .sort((a, b) => compare(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`));
  // A Service without an address has no rules anyway; shadow.ts reports that.
  const reachable = value.filter(({ type, ips }) => type === 'Headless' || ips.length > 0);
  const diagnostics = reachable.filter(({ slices }) => slices.length === 0).map(withoutSlices);
  return { value, diagnostics };
}

/** The slices of each Service of the clusterset, sorted by name. */
function clustersetSlices(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  return groupedBy(sorted(slices), ({ metadata: { namespace, labels }, addressType }) => {
    const service = labels[CLUSTERSET_SERVICE_LABEL];
    return service && addressType !== 'FQDN' ? `${namespace}/${service}` : undefined;
  });
}

/** The mcs-controller has merged the exports already: its values are used as they are, with hints and node names. */
function fromImport(
  imported: ServiceImport,
  slices: readonly EndpointSlice[],
  derivedService: DerivedService,
): ClustersetService {
  const { metadata, spec, origin } = imported;
  const derived = derivedService(imported);
  const fromSlices = [...new Set(slices.map(({ addressType }) => addressType))].sort() as readonly IPFamily[];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    type: spec.type,
    families: spec.ips.length > 0 ? spec.ips.map(ipFamilyOf) : fromSlices,
    ips: spec.type === 'Headless' ? [] : spec.ips,
    allocated: [],
    ports: spec.ports,
    sessionAffinity: spec.sessionAffinity,
    affinityTimeoutSeconds: AFFINITY_SECONDS,
    internalTrafficPolicy: 'Cluster',
    labels: metadata.labels,
    annotations: metadata.annotations,
    slices,
    ...(derived === undefined ? {} : { derived }),
    origin,
  };
}

function withoutSlices({ namespace, name, origin }: ClustersetService): Diagnostic {
  return {
    code: 'mcs-no-slices',
    severity: 'warning',
    message: `${origin.object} has no endpoints: no EndpointSlice has the label ${CLUSTERSET_SERVICE_LABEL}=${name} in ${namespace}`,
    origin,
    hint: 'give every cluster that exports it with --cluster NAME=PATH to take the endpoints from there',
  };
}
