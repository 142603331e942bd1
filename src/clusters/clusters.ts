/**
 * clusters: several clusters, each with its name and its place. In: what `--cluster` says, and the Nodes of each cluster's
 * snapshot. Out: Cluster, the input of everything in this folder.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { show } from '../diag.js';
import { DNS1123_LABEL } from '../read/names.js';
import { type Node, REGION_LABEL, type Snapshot, ZONE_LABEL } from '../read/types.js';
import type { Parsed } from '../read/values.js';

/** One of several clusters. */
export interface Cluster {
  /** A DNS label: the cluster's id in DNS names and on slices. */
  readonly name: string;
  readonly region?: string;
  readonly zone?: string;
  /** Completed. */
  readonly snapshot: Snapshot;
}

/** A cluster as `--cluster` flags describe it, before it is read. */
export interface ClusterInput {
  readonly name: string;
  readonly paths: readonly string[];
  readonly region?: string;
  readonly zone?: string;
}

/** `east=PATH`, `east=PATH,region=R,zone=Z`: all but these two endings belongs to the path, which may have `=` and `,`. */
export function parseClusterFlag(text: string): Parsed<ClusterInput> {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (equals < 0 || !DNS1123_LABEL.matches(name)) return { problem: `${FORM}, is ${show(text)}` };
  let path = text.slice(equals + 1);
  const place: { region?: string; zone?: string } = {};
  for (;;) {
    const [ending, key, value = ''] = /,(region|zone)=([^,]*)$/.exec(path) ?? [];
    if (ending === undefined) break;
    if (key !== 'region' && key !== 'zone') break;
    if (place[key] !== undefined) return { problem: `gives ${key} twice: ${show(text)}` };
    if (!DNS1123_LABEL.matches(value)) return { problem: `has a ${key} that is no DNS label: ${show(value)}` };
    place[key] = value;
    path = path.slice(0, -ending.length);
  }
  return path === ''
    ? { problem: `${FORM}, has no path: ${show(text)}` }
    : { value: { name, paths: [path], ...place } };
}

const FORM = 'must be NAME=PATH or NAME=PATH,region=REGION,zone=ZONE, where NAME is a DNS label';

/** Every cluster once, in the order of the flags: a name given again adds its path. */
export function gathered(flags: readonly ClusterInput[]): Parsed<readonly ClusterInput[]> {
  const clusters = new Map<string, ClusterInput>();
  for (const flag of flags) {
    const before = clusters.get(flag.name);
    for (const key of ['region', 'zone'] as const) {
      const [a, b] = [before?.[key], flag[key]];
      if (a !== undefined && b !== undefined && a !== b) {
        return { problem: `gives ${flag.name} two ${key}s, ${a} and ${b}` };
      }
    }
    clusters.set(flag.name, { ...before, ...flag, paths: [...(before?.paths ?? []), ...flag.paths] });
  }
  return { value: [...clusters.values()] };
}

/** Where a cluster is, as far as that is known. */
export type Place = Pick<Cluster, 'region' | 'zone'>;

/**
 * The place of a cluster: what the flag says, else the labels of its Nodes. Of several the first by name counts, as in
 * federation v1 (dns.go, zoneNames[0]), and a note says so.
 */
export function placeOf(input: ClusterInput, nodes: readonly Node[]): Checked<Place> {
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
  // Labels may have upper case, names in DNS are told apart without.
  // Nodes that were made up are nowhere.
  const real = nodes.filter(({ synthetic }) => !synthetic);
  const all = [...new Set(real.flatMap(({ metadata }) => metadata.labels[label]?.toLowerCase() || []))].sort();
  const [first, second] = all;
  if (second === undefined) return { value: first, diagnostics: [] };
  const message = `cluster ${cluster} has Nodes in ${all.length} ${what}s, ${all.slice(0, 5).map(show).join(', ')}; the first one counts`;
  const hint = `--cluster ${cluster}=PATH,${what}=NAME chooses another`;
  return { value: first, diagnostics: [{ code: `several-${what}s`, severity: 'note', message, hint }] };
}

/**
 * The cluster whose rules or zone are asked for: the first that has the node, or when no node is named or found the
 * first one. A note tells which, as nothing on the command line does.
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
