/**
 * clusters: the Multi-Cluster Services API (KEP-1645). In: one snapshot or several Clusters. Out: the snapshot of one
 * cluster, with the Services and slices that make kube-proxy serve the clusterset; its own Services are unchanged.
 *
 *     exports    ServiceExport × Service      → Exported            in order of precedence
 *     conflicts  Exported                     → warnings
 *     imports    Exported × cluster           → ClustersetService   ports and policies merged, slices of all clusters
 *     addresses  ClustersetService            → with ClusterSetIPs
 *     shadow     ClustersetService × Snapshot → Snapshot            Services and slices for rules
 */
import type { Checked, Diagnostic } from '../diag.js';
import type { Cidr } from '../ip.js';
import { keyOf, type Snapshot } from '../read/types.js';
import { CLUSTERSET_CIDRS, withAddresses } from './addresses.js';
import type { Cluster } from './clusters.js';
import { exportedServices } from './exports.js';
import { type ClustersetService, importedFrom } from './imports.js';
import { ownImports } from './own-imports.js';
import { withShadows } from './shadow.js';

/** The snapshot of `cluster`, one of `clusters`, with the Services that it imports from all of them. */
export function mergeClusters(
  clusters: readonly Cluster[],
  cluster: Cluster,
  cidrs: readonly Cidr[] = CLUSTERSET_CIDRS,
): Checked<Snapshot> {
  const services = clustersetServices(clusters, cluster, cidrs);
  const { value, diagnostics } = withShadows(cluster.snapshot, services.value);
  return { value, diagnostics: [...services.diagnostics, ...diagnostics] };
}

/**
 * The Services that `cluster` imports, sorted by namespace and name: the exports of `clusters`, and the cluster's other
 * ServiceImports, because some clusters of the clusterset may not be given.
 */
export function clustersetServices(
  clusters: readonly Cluster[],
  cluster: Cluster,
  cidrs: readonly Cidr[] = CLUSTERSET_CIDRS,
): Checked<readonly ClustersetService[]> {
  const exported = exportedServices(clusters);
  const imported = importedFrom(exported.value, cluster);
  const own = ownImports(cluster.snapshot, new Set(exported.value.map(({ key }) => key)));
  const all = sorted([...imported.value, ...own.value]);
  const addressed = withAddresses(
    all,
    clusters.map(({ snapshot }) => snapshot),
    cidrs,
  );
  const diagnostics = [exported, imported, own, addressed].flatMap((step) => step.diagnostics);
  return { value: addressed.value, diagnostics };
}

/**
 * The snapshot of a single cluster, with the Services of its ServiceImports. A ServiceImport without an address gets no
 * rules, unless `cidrs` give a range to allocate from.
 */
export function withClusterset(snapshot: Snapshot, cidrs: readonly Cidr[] = []): Checked<Snapshot> {
  if (snapshot.imports.length === 0 && snapshot.exports.length === 0) return { value: snapshot, diagnostics: [] };
  const services = importsOf(snapshot, cidrs);
  const shadowed = withShadows(snapshot, services.value);
  return {
    value: shadowed.value,
    diagnostics: [...services.diagnostics, ...shadowed.diagnostics, ...unimported(snapshot)],
  };
}

/** The same Services, for DNS. */
export function importsOf(snapshot: Snapshot, cidrs: readonly Cidr[] = []): Checked<readonly ClustersetService[]> {
  const own = ownImports(snapshot, new Set());
  const addressed = cidrs.length === 0 ? { ...own, diagnostics: [] } : withAddresses(own.value, [snapshot], cidrs);
  return { value: addressed.value, diagnostics: [...own.diagnostics, ...addressed.diagnostics] };
}

function sorted(services: readonly ClustersetService[]): readonly ClustersetService[] {
  // A blank comes before every character of a name.
  const key = ({ namespace, name }: ClustersetService) => `${namespace} ${name}`;
  return [...services].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Notes on exports without a ServiceImport: one cluster's export does not determine the clusterset's Service. */
function unimported({ exports, imports }: Snapshot): readonly Diagnostic[] {
  const known = new Set(imports.map(keyOf));
  return exports
    .filter((each) => !known.has(keyOf(each)))
    .map(({ origin }) => ({
      code: 'mcs-not-imported',
      severity: 'note',
      message: `${origin.object} has no ServiceImport in the snapshot, so the clusterset's address has no rules`,
      origin,
      hint: 'give every cluster with --cluster NAME=PATH to derive it from the exports',
    }));
}
