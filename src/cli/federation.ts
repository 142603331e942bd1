/**
 * cli: `vipc dns --federation`: the zone of a federation's Services.
 */
import { type Federation, federationRecords } from '../clusters/federation.js';
import { hasErrors } from '../diag.js';
import { NOT_OF_A_CLUSTER, zonesOf } from '../discover/dns/zone.js';
import { DNS1123_LABEL } from '../read/names.js';
import { type ClusterFlags, readingOf } from './cluster.js';
import { type ClustersFlags, loadClusters } from './clusters.js';
import { EXIT, type Io } from './io.js';
import { judged, report } from './report.js';
import { putZones, type ZoneStyle } from './zones.js';

/** Prints or writes the zone of a federation of the clusters in the flags; returns the exit code. */
export async function runFederation(
  paths: readonly string[],
  flags: ClusterFlags & ClustersFlags & ZoneStyle,
  federation: Federation,
  io: Io,
): Promise<number> {
  const { name, domain } = federation;
  if (!DNS1123_LABEL.matches(name)) throw new Error(`--federation must be a DNS label, is ${JSON.stringify(name)}`);
  if (flags.cluster === undefined) throw new Error('--federation needs several clusters: name them with --cluster');
  const reading = readingOf(flags);
  const { clusters, unreadable } = await loadClusters(paths, flags, reading, io);
  const records = hasErrors(clusters.diagnostics)
    ? { value: [], diagnostics: [] }
    : federationRecords(clusters.value, federation);
  const diagnostics = judged([...clusters.diagnostics, ...records.diagnostics], reading);
  await report(diagnostics, reading.verbose, io);
  if (hasErrors(diagnostics)) return unreadable ? EXIT.trouble : EXIT.different;
  const names = clusters.value.map((cluster) => cluster.name).join(', ');
  const about = `${domain}: Services of the federation ${name} of ${names} (as federation v1 named them)`;
  const apex = { domain: `${domain}.`, about, madeUp: NOT_OF_A_CLUSTER };
  const zones = zonesOf(records.value, [domain]).map((zone) => ({ zone, apex }));
  return putZones(zones, { output: flags.output, format: flags.format }, io);
}
