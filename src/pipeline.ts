/**
 * The pipeline, as short functions. Everything here is pure: no file, process or clock is touched.
 *
 *     read       YAML | JSON                  → Snapshot        objects, and where each field was written
 *     complete   Snapshot                     → Snapshot        what an API server and its controllers add
 *     lint       Snapshot                     → warnings        what is valid, but hardly meant
 *     resolve    Snapshot × Node × Options    → ServicePort[]   all Kubernetes semantics
 *     lower      ServicePort[]                → RuleSet         per proxy mode and layout
 *     print      RuleSet                      → Text            canonical; the golden file
 */
import type { Artifact, Backend, Part, PortCounts, Resolved } from './backends/backend.js';
import { DEFAULT_FEATURES, type Features } from './backends/features.js';
import { backendFor, MODES } from './backends/index.js';
import { type Cluster, compiledFor } from './clusters/clusters.js';
import { mergeClusters } from './clusters/mcs.js';
import { AS_IT_IS, type Completion } from './complete/complete.js';
import { asWarning, type Checked, type Diagnostic, hasErrors, type Source, show } from './diag.js';
import { readCluster } from './front.js';
import { type Cidr, FAMILIES } from './ip.js';
import { streamed } from './json.js';
import { type Memo, NO_MEMO } from './memo.js';
import type { Options } from './options.js';
import { EMPTY_SNAPSHOT, type Snapshot } from './read/types.js';
import { chooseNode, nodeContext } from './resolve/node.js';
import { omissions } from './resolve/omissions.js';
import { printView, resolvedSections } from './resolve/print.js';
import { resolve } from './resolve/resolve.js';
import type { LocalPolicy } from './resolve/types.js';
import { nodeView } from './resolve/view.js';
import { marked, partText } from './synthetic.js';
import { joined, type Text } from './text.js';
import type { DesiredState } from './tools/tools.js';

export type { Artifact } from './backends/backend.js';

/** The whole text of an artifact. */
export function textOf({ parts }: Artifact): Text {
  return joined(parts.map(partText));
}

/** The table of frontends and endpoints, beside the rules. */
export const RESOLVED_FILE = 'resolved.txt';

/**
 * All artifacts for one node. With any error there are none, unless `skipInvalid`: then objects with errors are left
 * out and their errors become warnings.
 */
export function compile(sources: readonly Source[], options: Options, how: How = {}): Checked<readonly Artifact[]> {
  const { value, diagnostics } = compileState(sources, options, how);
  return { value: value ? artifactsOf(value) : [], diagnostics };
}

/** The files that a desired state is reviewed as. */
export function artifactsOf({ backend, resolved, desired }: Compiled): readonly Artifact[] {
  const ports: PortCounts = Object.fromEntries(resolved.map((each) => [each.node.family, each.ports.length]));
  return [...marked(backend.artifacts(desired, ports), resolved), resolvedArtifact(resolved, backend.localPolicy)];
}

/** How a state is compiled, beyond what kube-proxy's configuration says. */
export interface How {
  /** Leave objects with errors out, and make the errors warnings. */
  readonly skipInvalid?: boolean;
  /** Refuse a snapshot without a Service, an EndpointSlice and a Node. */
  readonly mustServe?: boolean;
  readonly layout?: string | undefined;
  readonly features?: Features;
  readonly memo?: Memo;
  readonly completion?: Completion;
  /** Where the ClusterSetIPs come from that ServiceImports lack; without they have none. */
  readonly clustersetCIDRs?: readonly Cidr[];
}

/** What a node is to be given, by which backend, and of what it was made. */
export interface Compiled {
  readonly backend: Backend;
  readonly resolved: readonly Resolved[];
  readonly desired: DesiredState;
}

/** What the node is to be given, as data; absent with any error. */
export function compileState(sources: readonly Source[], options: Options, how: How): Checked<Compiled | undefined> {
  return back(resolved(sources, options, how), options, how);
}

/** The same for objects that were read before. */
export function compileSnapshot(snapshot: Snapshot, options: Options, how: How): Checked<Compiled | undefined> {
  return back(resolveFamilies(snapshot, options, how.memo, how.completion), options, how);
}

/**
 * What several clusters give one node: its cluster's own Services and those of the clusterset. It is the cluster that has
 * the node, or the first one.
 */
export function compileClusters(
  clusters: readonly Cluster[],
  options: Options,
  how: How,
): Checked<Compiled | undefined> {
  const { value: cluster, diagnostics: notes } = compiledFor(clusters, options.nodeName);
  if (!cluster) return { value: undefined, diagnostics: notes };
  const merged = mergeClusters(clusters, cluster, how.clustersetCIDRs);
  const found = [...notes, ...(how.skipInvalid ? merged.diagnostics.map(asWarning) : merged.diagnostics)];
  if (hasErrors(found)) return { value: undefined, diagnostics: found };
  const { value, diagnostics } = compileSnapshot(merged.value, options, how);
  return { value, diagnostics: [...found, ...diagnostics] };
}

/** admit and lower. */
function back(
  { value: read, diagnostics }: Checked<readonly Resolved[]>,
  options: Options,
  { skipInvalid = false, layout, features = DEFAULT_FEATURES, memo = NO_MEMO }: How,
): Checked<Compiled | undefined> {
  const backend = backendFor(options.mode);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  if (!backend) return { value: undefined, diagnostics: [...diagnostics, unknownMode(options.mode)] };
  const { value: resolved, diagnostics: found } = backend.admit(read, options, memo);
  const all = [...diagnostics, ...(skipInvalid ? found.map(asWarning) : found)];
  if (hasErrors(all)) return { value: undefined, diagnostics: all };
  const desired = backend.lower(resolved, options, { layout: layout ?? backend.layouts[0] ?? '', features, memo });
  return { value: { backend, resolved, desired }, diagnostics: all };
}

/** front and resolve; a function of its own, so that the snapshot is free to go before the rules come. */
function resolved(sources: readonly Source[], options: Options, how: How): Checked<readonly Resolved[]> {
  const { value: snapshot, diagnostics } = wholeSnapshot(sources, options, how);
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  const families = resolveFamilies(snapshot, options, how.memo, how.completion);
  return { value: families.value, diagnostics: [...diagnostics, ...families.diagnostics] };
}

/** The cluster, with what a clusterset adds to it. */
export function wholeSnapshot(sources: readonly Source[], options: Options, how: How): Checked<Snapshot> {
  // Whatever the objects are, it comes to nothing.
  if (!backendFor(options.mode)) return { value: EMPTY_SNAPSHOT, diagnostics: [unknownMode(options.mode)] };
  const { skipInvalid, mustServe, completion, clustersetCIDRs = [] } = how;
  const live = options.machine !== undefined;
  return readCluster(sources, { skipInvalid, mustServe, completion, clustersetCIDRs, live });
}

/** The front half: what the node serves, in both families. */
export function resolveFamilies(
  snapshot: Snapshot,
  options: Options,
  memo: Memo = NO_MEMO,
  { allocate }: Completion = AS_IT_IS,
): Checked<readonly Resolved[]> {
  const chosen = chooseNode(snapshot.nodes, options);
  if (hasErrors(chosen.diagnostics)) return { value: [], diagnostics: chosen.diagnostics };
  const { name, object } = chosen.value;
  const nodes = FAMILIES.map((family) =>
    memo.of(`node ${family}`, options, [name, object], () => nodeContext(chosen.value, family, options)),
  );
  const value = nodes.map(({ value: node }) => ({
    node,
    ports: resolve(snapshot, node, options, memo),
    peers: snapshot.nodes,
  }));
  const ports = value.reduce((sum, family) => sum + family.ports.length, 0);
  // Nothing that is made up gets to a live node.
  const missing = omissions(snapshot, ports, allocate ? 'none' : options.machine ? 'allocate' : 'simulate');
  return { value, diagnostics: [...missing, ...chosen.diagnostics, ...nodes.flatMap((node) => node.diagnostics)] };
}

function unknownMode(mode: string): Diagnostic {
  const message = `proxy mode ${show(mode)} can't be compiled`;
  return { code: 'unknown-mode', severity: 'error', message, hint: `choose one with --mode: ${MODES.join(', ')}` };
}

function resolvedArtifact(resolved: readonly Resolved[], localPolicy: LocalPolicy): Artifact {
  const parts = resolved.map(({ node, ports }, i): Part => {
    // Made when it is printed, as the views of a large cluster are large.
    const view = () => nodeView(node, ports, localPolicy);
    return {
      family: node.family,
      ports: ports.length,
      text: {
        *[Symbol.iterator]() {
          if (i > 0) yield { text: '' };
          yield* printView(view());
        },
      },
      data: { ...nodeView(node, [], localPolicy), ports: streamed(() => view().ports) },
    };
  });
  return { name: RESOLVED_FILE, parts, sections: resolvedSections };
}
