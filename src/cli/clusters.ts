/**
 * cli: `--cluster` flags → several clusters, each read and completed separately.
 */
import { CLUSTERSET_CIDRS } from '../clusters/addresses.js';
import { type Cluster, compiledFor, placeOf } from '../clusters/clusters.js';
import type { ClustersetService } from '../clusters/imports.js';
import { clustersetServices, importsOf } from '../clusters/mcs.js';
import { AS_IT_IS, type Completion } from '../complete/complete.js';
import { type Checked, type Diagnostic, hasErrors, type Source } from '../diag.js';
import { readCluster } from '../front.js';
import type { Cidr } from '../ip.js';
import type { How } from '../pipeline.js';
import type { Snapshot } from '../read/types.js';
import { parseClusterCIDRs } from '../read/values.js';
import type { Need } from './api-sources.js';
import { type ClusterFlags, loadCluster, type Reading, readingOf } from './cluster.js';
import { type ClusterInput, gathered, parseClusterFlag } from './cluster-flag.js';
import { type InputFlags, openInput, readSources, within } from './input.js';
import { EXIT, type Io } from './io.js';
import { judged, report } from './report.js';

/** The flags of `clusterOptions`. */
export interface ClustersFlags {
  readonly cluster?: readonly string[];
  readonly clustersetCidr?: string;
}

/** What was read, and whether a file was unreadable. */
export interface Loaded {
  readonly clusters: Checked<readonly Cluster[]>;
  readonly unreadable: boolean;
}

/** The files of one cluster. */
export interface ClusterFiles {
  readonly input: ClusterInput;
  readonly part: Completion['part'];
  readonly sources: Checked<readonly Source[]>;
}

/** The files of every cluster that the flags name. An unusable flag is an Error. */
export async function readClusters(
  paths: readonly string[],
  { cluster = [], kubeconfig, context, namespace }: ClustersFlags & InputFlags,
  io: Io,
): Promise<readonly ClusterFiles[]> {
  if (paths.length > 0)
    throw new Error(`use either PATH or --cluster NAME=PATH: ${JSON.stringify(paths[0])} belongs to no cluster`);
  const api = kubeconfig === undefined ? (context === undefined ? undefined : '--context') : '--kubeconfig';
  if (api !== undefined) throw new Error(`use either ${api} or --cluster NAME=PATH, not both`);
  const inputs = checked(gathered(cluster.map((text) => checked(parseClusterFlag(text)))));
  const names = inputs.map(({ name }) => name).sort();
  const files: ClusterFiles[] = [];
  for (const input of inputs) {
    const sources = within(namespace, await readSources(input.paths, io));
    files.push({ input, part: { index: names.indexOf(input.name), of: names.length }, sources });
  }
  return files;
}

/** Every cluster that the flags name. An unusable flag is an Error. */
export async function loadClusters(
  paths: readonly string[],
  flags: ClustersFlags & InputFlags,
  how: Pick<How, 'skipInvalid' | 'completion'>,
  io: Io,
): Promise<Loaded> {
  const files = await readClusters(paths, flags, io);
  const read = files.map(({ input, part, sources }) => {
    const completion = { ...(how.completion ?? AS_IT_IS), part };
    return clusterOf(input, sources, { ...how, completion });
  });
  return {
    clusters: { value: read.map(({ value }) => value), diagnostics: read.flatMap(({ diagnostics }) => diagnostics) },
    unreadable: files.some(({ sources }) => hasErrors(sources.diagnostics)),
  };
}

/** One cluster. A diagnostic without a place in a file begins with the cluster's name. */
function clusterOf(
  input: ClusterInput,
  sources: Checked<readonly Source[]>,
  { skipInvalid, completion }: Pick<How, 'skipInvalid' | 'completion'>,
): Checked<Cluster> {
  const snapshot = readCluster(sources.value, { skipInvalid, completion });
  const place = placeOf(input, snapshot.value.nodes);
  // After unreadable files, an empty cluster is not a second problem.
  const read = hasErrors(sources.diagnostics) ? [] : [...snapshot.diagnostics, ...place.diagnostics];
  const diagnostics = inCluster(input, [...sources.diagnostics, ...read]);
  return { value: { name: input.name, ...place.value, snapshot: snapshot.value }, diagnostics };
}

/** Diagnostics with the cluster's name where they have no place in a file. */
export function inCluster({ name }: ClusterInput, said: readonly Diagnostic[]): readonly Diagnostic[] {
  return said.map((each) =>
    each.origin || each.message.startsWith('cluster ')
      ? each
      : { ...each, message: `cluster ${name}: ${each.message}` },
  );
}

/** The kinds that DNS records are made from: ServiceImports in a clusterset, and Namespaces for the names of pods. */
const DNS: Need = { kinds: ['Service', 'EndpointSlice'], also: ['Namespace', 'ServiceImport'] };

/** One cluster and its view of the clusterset; absent when it is in none. */
export interface Member {
  readonly snapshot: Snapshot;
  readonly clusterset?: readonly ClustersetService[];
}

/**
 * The cluster that `paths` or the first `--cluster` name, after reporting diagnostics; or the exit code, when errors
 * leave no cluster.
 */
export async function loadMember(
  paths: readonly string[],
  flags: ClusterFlags & ClustersFlags,
  io: Io,
): Promise<Member | { readonly code: number }> {
  const { clustersetCIDRs: cidrs } = clustersetCIDRs(flags);
  if (flags.cluster === undefined) {
    const input = await openInput(paths, flags, io);
    const reading = readingOf(flags);
    const loaded = await loadCluster(input, DNS, reading, io);
    if ('code' in loaded) return loaded;
    const { snapshot } = loaded;
    if (snapshot.imports.length === 0) return { snapshot };
    return reported(snapshot, importsOf(snapshot, cidrs), { ...reading, skipInvalid: false }, io);
  }
  const reading = readingOf(flags);
  const { clusters, unreadable } = await loadClusters(paths, flags, reading, io);
  const [first] = clusters.value;
  if (!first || hasErrors(clusters.diagnostics)) {
    await report(judged(clusters.diagnostics, reading), reading.verbose, io);
    return { code: unreadable ? EXIT.trouble : EXIT.different };
  }
  const services = clustersetServices(clusters.value, first, cidrs);
  const diagnostics = [
    ...clusters.diagnostics,
    ...compiledFor(clusters.value, '').diagnostics,
    ...services.diagnostics,
  ];
  return reported(first.snapshot, { value: services.value, diagnostics }, reading, io);
}

async function reported(
  snapshot: Snapshot,
  { value: clusterset, diagnostics: said }: Checked<readonly ClustersetService[]>,
  reading: Reading,
  io: Io,
): Promise<Member | { readonly code: number }> {
  const diagnostics = judged(said, reading);
  await report(diagnostics, reading.verbose, io);
  return hasErrors(diagnostics) && !reading.skipInvalid ? { code: EXIT.different } : { snapshot, clusterset };
}

/** The networks of ClusterSetIPs; a family without one in the flag uses the default. */
export function clustersetCIDRs({ clustersetCidr }: ClustersFlags): { readonly clustersetCIDRs?: readonly Cidr[] } {
  if (clustersetCidr === undefined) return {};
  const given = checked(parseClusterCIDRs(clustersetCidr), '--clusterset-cidr');
  const others = CLUSTERSET_CIDRS.filter(({ family }) => given.every((cidr) => cidr.family !== family));
  return { clustersetCIDRs: [...given, ...others] };
}

function checked<T>(
  parsed: { readonly value: T; readonly problem?: never } | { readonly problem: string },
  flag = '--cluster',
): T {
  if (parsed.problem !== undefined) throw new Error(`${flag} ${parsed.problem}`);
  return parsed.value;
}
