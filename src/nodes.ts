/**
 * The pipeline for several nodes: sources or clusters → the artifacts of each node. The snapshot is read once; resolve
 * and lower run node by node, on demand.
 */
import type { Artifact } from './backends/backend.js';
import type { Cluster } from './clusters/clusters.js';
import { type Checked, type Diagnostic, hasErrors, type Source } from './diag.js';
import type { Options } from './options.js';
import { artifactsOf, type Compiled, compileClusters, compileSnapshot, type How, wholeSnapshot } from './pipeline.js';
import type { Snapshot } from './read/types.js';

/** The nodes to compile for: the named ones, or all of the snapshot. */
export type Nodes = readonly string[] | 'all';

/** The artifacts of one node, compiled on demand: the rules of many nodes do not fit into memory. */
export interface ForNode {
  readonly node: string;
  /** Absent where the node has errors. */
  readonly compiled: () => Compiled | undefined;
  readonly artifacts: () => readonly Artifact[];
}

/** The artifacts of several nodes, from a snapshot that is read once. With any error there are none. */
export function compileNodes(
  sources: readonly Source[],
  options: Options,
  how: How,
  nodes: Nodes,
): Checked<readonly ForNode[]> {
  const { value: snapshot, diagnostics } = wholeSnapshot(sources, options, how);
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  const names = nodes === 'all' ? namesOf(snapshot.nodes) : nodes;
  return forNodes(names, diagnostics, (nodeName) => compileSnapshot(snapshot, { ...options, nodeName }, how));
}

/** The same for several clusters. */
export function compileClustersNodes(
  clusters: readonly Cluster[],
  options: Options,
  how: How,
  nodes: Nodes,
): Checked<readonly ForNode[]> {
  const names = nodes === 'all' ? clusters.flatMap(({ snapshot }) => namesOf(snapshot.nodes)) : nodes;
  return forNodes(names, [], (nodeName) => compileClusters(clusters, { ...options, nodeName }, how));
}

function namesOf(nodes: Snapshot['nodes']): readonly string[] {
  return nodes.map(({ metadata }) => metadata.name).sort();
}

function forNodes(
  names: readonly string[],
  found: readonly Diagnostic[],
  compileFor: (node: string) => Checked<Compiled | undefined>,
): Checked<readonly ForNode[]> {
  const unique = [...new Set(names)];
  // Most diagnostics are the same for all nodes.
  const said = new Map<string, Diagnostic>();
  for (const diagnostic of [...found, ...unique.flatMap((node) => compileFor(node).diagnostics)]) {
    const { code, message, origin } = diagnostic;
    const key = JSON.stringify([code, message, origin?.object, origin?.path, origin?.source.name]);
    if (!said.has(key)) said.set(key, diagnostic);
  }
  const diagnostics = [...said.values(), ...(unique.length === 0 ? [NO_NODES] : [])];
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  return { value: unique.map((node) => forNode(node, () => compileFor(node).value)), diagnostics };
}

/** What a node is to be given, made by `compiled`. */
export function forNode(node: string, compiled: () => Compiled | undefined): ForNode {
  return {
    node,
    compiled,
    artifacts: () => {
      const value = compiled();
      return value ? artifactsOf(value) : [];
    },
  };
}

const NO_NODES: Diagnostic = {
  code: 'node-required',
  severity: 'error',
  message: 'the snapshot has no Node, so there is none to compile for',
  hint: 'add the Nodes (kubectl get nodes -o yaml), name some with --node, or simulate them with --simulate',
};
