/**
 * clusters: several clusters, each with its name and its place. In: the command line's words about each, and the Nodes
 * of its snapshot. Out: Cluster, the input of everything in this folder.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { show } from '../diag.js';
import { type Node, REGION_LABEL, type Snapshot, ZONE_LABEL } from '../read/types.js';

/** One of several clusters. */
export interface Cluster {
  /** A DNS label: the cluster's id in DNS names and on slices. */
  readonly name: string;
  readonly region?: string;
  readonly zone?: string;
  /** The completed snapshot. */
  readonly snapshot: Snapshot;
}

/** The region and zone of a cluster, if known. */
export type Place = Pick<Cluster, 'region' | 'zone'>;

/** What the command line says about a cluster. */
export type Named = Pick<Cluster, 'name' | 'region' | 'zone'>;

/**
 * The place of a cluster: as the command line says, else by the labels of its Nodes. When these differ, the first by
 * name counts, as in federation v1 (dns.go, zoneNames[0]), with a note.
 */
export function placeOf(input: Named, nodes: readonly Node[]): Checked<Place> {
  const region = oneOf(input.name, 'region', input.region, REGION_LABEL, nodes);
  const zone = oneOf(input.name, 'zone', input.zone, ZONE_LABEL, nodes);
  return {
    value: {
      ...(region.value === undefined ? {} : { region: region.value }),
      ...(zone.value === undefined ? {} : { zone: zone.value }),
    },
    diagnostics: [...region.diagnostics, ...zone.diagnostics],
  };
}

function oneOf(
  cluster: string,
  what: string,
  given: string | undefined,
  label: string,
  nodes: readonly Node[],
): Checked<string | undefined> {
  if (given !== undefined) return { value: given, diagnostics: [] };
  // Simulated Nodes have no real place. Labels may have upper case, but names in DNS ignore case.
  const real = nodes.filter(({ synthetic }) => !synthetic);
  const all = [...new Set(real.flatMap(({ metadata }) => metadata.labels[label]?.toLowerCase() || []))].sort();
  const [first, second] = all;
  if (second === undefined) return { value: first, diagnostics: [] };
  const message = `cluster ${cluster} has Nodes in ${all.length} ${what}s, ${all.slice(0, 5).map(show).join(', ')}; the first one counts`;
  const hint = `--cluster ${cluster}=PATH,${what}=NAME chooses another`;
  return { value: first, diagnostics: [{ code: `several-${what}s`, severity: 'note', message, hint }] };
}

/**
 * The cluster to print rules or a zone for: the first that has the node, else the first one. A note names it, because
 * the command line does not.
 */
export function compiledFor(clusters: readonly Cluster[], nodeName: string): Checked<Cluster | undefined> {
  const having = clusters.filter(
    ({ snapshot }) => nodeName !== '' && snapshot.nodes.some(({ metadata }) => metadata.name === nodeName),
  );
  const value = having[0] ?? clusters[0];
  if (!value) return { value, diagnostics: [] };
  const notes: Diagnostic[] = [
    {
      code: 'compiled-for',
      severity: 'note',
      message: `seen from cluster ${value.name}${having[0] ? '' : ', the first one'}`,
    },
  ];
  if (having.length > 1) {
    const message = `${having.map(({ name }) => name).join(' and ')} have a Node ${nodeName}; it is taken for that of ${value.name}`;
    notes.push({
      code: 'ambiguous-node',
      severity: 'warning',
      message,
      hint: 'the first --cluster that has it counts',
    });
  }
  return { value, diagnostics: notes };
}
