/**
 * Cluster cases: the directories of fixtures/clusters, each several clusters (`cluster-NAME.yaml`) or the dump of one
 * (`dump.yaml`); line 1 of each file describes it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Cluster, placeOf } from '../../clusters/clusters.js';
import { CLUSTERSET_DOMAIN, clustersetRecords } from '../../clusters/clusterset-dns.js';
import { federationRecords } from '../../clusters/federation.js';
import { clustersetServices, importsOf } from '../../clusters/mcs.js';
import { AS_IT_IS } from '../../complete/complete.js';
import { type Checked, type Diagnostic, hasErrors, type Source } from '../../diag.js';
import type { DnsRecord } from '../../discover/dns/record.js';
import { NOT_OF_A_CLUSTER, printZone } from '../../discover/dns/zone.js';
import { readCluster } from '../../front.js';
import { DEFAULT_OPTIONS } from '../../options.js';
import { type Artifact, artifactsOf, compileClusters, compileState, RESOLVED_FILE, textOf } from '../../pipeline.js';
import { render } from '../../text.js';
import { ROOT } from './cases.js';

export interface ClusterCase {
  readonly name: string;
  readonly sources: readonly Source[];
}

/** Every case, by name. */
export function clusterCases(): readonly ClusterCase[] {
  return readdirSync(`${ROOT}fixtures/clusters`)
    .sort()
    .map((name) => {
      const files = readdirSync(`${ROOT}fixtures/clusters/${name}`).sort();
      const sources = files.map((file) => {
        const path = `fixtures/clusters/${name}/${file}`;
        return { name: path, text: readFileSync(`${ROOT}${path}`, 'utf8') };
      });
      return { name, sources };
    });
}

/** The clusters of a case, by name; none when it is a dump. Throws when a cluster has errors. */
function clustersOf({ sources }: ClusterCase): readonly Cluster[] {
  return sources.flatMap((source) => {
    const [, name] = /\/cluster-([a-z]+)\.yaml$/.exec(source.name) ?? [];
    if (name === undefined) return [];
    const { value: snapshot, diagnostics } = readCluster([source], { completion: AS_IT_IS });
    if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    return { name, ...placeOf({ name }, snapshot.nodes).value, snapshot };
  });
}

/**
 * The goldens of a case, seen from its first cluster: files and diagnostics, of other clusters only the relevant ones.
 */
export function clusterGoldens(found: ClusterCase): {
  readonly files: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const clusters = clustersOf(found);
  const [first, ...others] = clusters;
  const compiled = first
    ? compileClusters(clusters, DEFAULT_OPTIONS, {})
    : compileState(found.sources, DEFAULT_OPTIONS, {});
  const artifacts = compiled.value ? artifactsOf(compiled.value) : [];
  const federated = federationRecords(clusters, { name: 'fed', domain: 'example.com' });
  const clusterset = clustersetRecords(
    first ? clustersetServices(clusters, first).value : importsOf(readCluster(found.sources, {}).value).value,
  );
  const shared = clusterset.value.length > 1;
  const files = new Map<string, string>([
    ...(shared ? artifacts.map((artifact) => [artifact.name, text(artifact)] as const) : []),
    ...(shared
      ? others.map((cluster) => [`resolved.${cluster.name}.txt`, resolvedIn(clusters, cluster)] as const)
      : []),
    ...(shared ? [zone(CLUSTERSET_DOMAIN, 'cluster.local', clusterset)] : []),
    ...(federated.value.length > 0 ? [zone('example.com', 'example.com', federated)] : []),
  ]);
  const places = clusters.flatMap(({ name, snapshot }) => placeOf({ name }, snapshot.nodes).diagnostics);
  return {
    files,
    diagnostics: [...places, ...compiled.diagnostics, ...clusterset.diagnostics, ...federated.diagnostics],
  };
}

function resolvedIn(clusters: readonly Cluster[], cluster: Cluster): string {
  const order = [cluster, ...clusters.filter((each) => each !== cluster)];
  const { value } = compileClusters(order, DEFAULT_OPTIONS, {});
  return (value ? artifactsOf(value) : [])
    .filter(({ name }) => name === RESOLVED_FILE)
    .map(text)
    .join('');
}

function zone(
  domain: string,
  server: string,
  { value: records }: Checked<readonly DnsRecord[]>,
): readonly [string, string] {
  const lines = printZone(
    { origin: `${domain}.`, records },
    { domain: `${server}.`, about: domain, madeUp: NOT_OF_A_CLUSTER },
  );
  return [`${domain}.zone`, `${[...lines].join('\n')}\n`];
}

function text(artifact: Artifact): string {
  return render(textOf(artifact));
}
