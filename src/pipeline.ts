/**
 * The pipeline, as short functions. Everything here is pure: no file, process or clock is touched.
 *
 *     read       YAML | JSON                  → Snapshot        objects with their origins
 *     complete   Snapshot                     → Snapshot        what an API server and its controllers add
 *     lint       Snapshot                     → warnings        valid objects that are probably mistakes
 *     resolve    Snapshot × Node × Options    → ServicePort[]   all Kubernetes semantics
 *     lower      ServicePort[]                → RuleSet         per proxy mode and layout
 *     print      RuleSet                      → Text            canonical; the golden file
 */
import {
  type Artifact,
  type Backend,
  countNodePorts,
  type Lowering,
  type Part,
  type PortCounts,
  type Resolved,
} from './backends/backend.js';
import { DEFAULT_FEATURES, type Features } from './backends/features.js';
import { backendFor, MODES } from './backends/index.js';
import { type Cluster, compiledFor } from './clusters/clusters.js';
import { mergeClusters } from './clusters/mcs.js';
import { AS_IT_IS, type Completion } from './complete/complete.js';
import { asWarning, type Checked, type Diagnostic, hasErrors, type Source, show } from './diag.js';
import { readCluster } from './front.js';
import { type Cidr, FAMILIES, type Family, parseCidr } from './ip.js';
import { streamed } from './json.js';
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

/** The file with the table of frontends and endpoints. */
export const RESOLVED_FILE = 'resolved.txt';

/**
 * All artifacts for one node. With any error there are none, unless `skipInvalid`: then objects with errors are left
 * out and their errors become warnings.
 */
export function compile(sources: readonly Source[], options: Options, how: How = {}): Checked<readonly Artifact[]> {
  const { value, diagnostics } = compileState(sources, options, how);
  return { value: value ? artifactsOf(value) : [], diagnostics };
}

/** The files of a compiled state. */
export function artifactsOf({ backend, resolved, desired }: Compiled): readonly Artifact[] {
  const ports: PortCounts = Object.fromEntries(resolved.map((each) => [each.node.family, each.ports.length]));
  return [...marked(backend.artifacts(desired, ports), resolved), resolvedArtifact(resolved, backend.localPolicy)];
}

/** Settings of the compiler that kube-proxy's configuration does not have. */
export interface How {
  /** Leave objects with errors out, and make the errors warnings. */
  readonly skipInvalid?: boolean;
  /** Refuse a snapshot without a Service, an EndpointSlice and a Node. */
  readonly mustServe?: boolean;
  readonly layout?: string | undefined;
  readonly features?: Features;
  readonly completion?: Completion;
  /** The ranges of ClusterSetIPs for ServiceImports that lack one; without ranges they get none. */
  readonly clustersetCIDRs?: readonly Cidr[];
}

/** The desired state of a node, with its backend and the ServicePorts that it was made from. */
export interface Compiled {
  readonly backend: Backend;
  readonly resolved: readonly Resolved[];
  readonly desired: DesiredState;
}

/** The desired state as data; undefined with any error. */
export function compileState(sources: readonly Source[], options: Options, how: How): Checked<Compiled | undefined> {
  return back(resolved(sources, options, how), options, how);
}

/** The same for a snapshot. */
export function compileSnapshot(snapshot: Snapshot, options: Options, how: How): Checked<Compiled | undefined> {
  return back(resolveFamilies(snapshot, options, how.completion), options, how);
}

/**
 * The artifacts for one node of several clusters, with its cluster's own Services and those of the clusterset. The
 * cluster is the one that has the node, else the first.
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

/** What compileSnapshot has to say, without making the rules; with several Nodes and none named, of the first. */
export function remarksOn(snapshot: Snapshot, options: Options, how: How): readonly Diagnostic[] {
  const [first] = snapshot.nodes;
  const nodeName = options.nodeName || (first?.metadata.name ?? '');
  const read = resolveFamilies(snapshot, { ...options, nodeName }, how.completion);
  return admit(read, options, how).diagnostics;
}

/** admit and lower. */
function back(read: Checked<readonly Resolved[]>, options: Options, how: How): Checked<Compiled | undefined> {
  const { value: admitted, diagnostics } = admit(read, options, how);
  if (!admitted) return { value: undefined, diagnostics };
  const desired = admitted.backend.lower(admitted.resolved, options, loweringOf(admitted.backend, options, how));
  return { value: { ...admitted, desired }, diagnostics };
}

/** The part of `read` that the mode can serve; undefined with any error. */
function admit(
  { value: read, diagnostics }: Checked<readonly Resolved[]>,
  options: Options,
  { skipInvalid = false }: How,
): Checked<Omit<Compiled, 'desired'> | undefined> {
  const { value: backend, diagnostics: unknown } = modeOf(options);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  if (!backend) return { value: undefined, diagnostics: [...diagnostics, ...unknown] };
  const { value: resolved, diagnostics: admitted } = backend.admit(read, options);
  const found = [...admitted, ...(backend.noRoom?.(resolved, options) ?? [])];
  const nodePorts = resolved.map(({ node, ports }) => ({ node, ...countNodePorts(ports) }));
  const counted = backend.unserved?.(nodePorts, options) ?? [];
  const all = [...diagnostics, ...(skipInvalid ? found.map(asWarning) : found), ...counted];
  if (hasErrors(all)) return { value: undefined, diagnostics: all };
  return { value: { backend, resolved }, diagnostics: all };
}

/** How to lower, for a live node or for files. */
export function loweringOf(
  { liveLayout, layouts }: Backend,
  { machine }: Options,
  { layout, features = DEFAULT_FEATURES }: How,
): Lowering {
  const usual = (machine && liveLayout) ?? layouts[0] ?? '';
  return { layout: layout ?? usual, features };
}

/** front and resolve; a separate function, so that the snapshot can be freed before lower runs. */
function resolved(sources: readonly Source[], options: Options, how: How): Checked<readonly Resolved[]> {
  const { value: snapshot, diagnostics } = wholeSnapshot(sources, options, how);
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  const families = resolveFamilies(snapshot, options, how.completion);
  return { value: families.value, diagnostics: [...diagnostics, ...families.diagnostics] };
}

/** The cluster with the Services of the clusterset. */
export function wholeSnapshot(sources: readonly Source[], options: Options, how: How): Checked<Snapshot> {
  // Without a backend nothing can be compiled, so nothing is read.
  if (!backendFor(options.mode)) return { value: EMPTY_SNAPSHOT, diagnostics: [unknownMode(options.mode)] };
  const { skipInvalid, mustServe, completion, clustersetCIDRs = [] } = how;
  const live = options.machine !== undefined;
  return readCluster(sources, { skipInvalid, mustServe, completion, clustersetCIDRs, live });
}

/** The front half: the ServicePorts of the node in both families. */
export function resolveFamilies(
  snapshot: Snapshot,
  options: Options,
  { allocate }: Completion = AS_IT_IS,
): Checked<readonly Resolved[]> {
  const { value: families, diagnostics } = familiesOf(snapshot, options);
  if (hasErrors(diagnostics)) return { value: [], diagnostics };
  const value = families.map((family) => ({ ...family, ports: resolve(snapshot, family.node, options) }));
  const ports = value.reduce((sum, family) => sum + family.ports.length, 0);
  // For a live node nothing is simulated, so --simulate is not suggested.
  const missing = omissions(snapshot, ports, options, allocate ? 'none' : options.machine ? 'allocate' : 'simulate');
  return { value, diagnostics: [...missing, ...diagnostics] };
}

/** What is known of the node in both families, beside its ServicePorts; nothing with an error. */
export function familiesOf(snapshot: Snapshot, options: Options): Checked<readonly Omit<Resolved, 'ports'>[]> {
  const chosen = chooseNode(snapshot.nodes, options);
  if (hasErrors(chosen.diagnostics)) return { value: [], diagnostics: chosen.diagnostics };
  const nodes = FAMILIES.map((family) => nodeContext(chosen.value, family, options));
  const value = nodes.map(({ value: node }) => ({
    node,
    peers: snapshot.nodes,
    serviceCIDRs: serviceCIDRs(snapshot, node.family),
  }));
  return { value, diagnostics: [...chosen.diagnostics, ...nodes.flatMap((node) => node.diagnostics)] };
}

/** The networks of cluster IPs of a family that the API tells. */
function serviceCIDRs(snapshot: Snapshot, family: Family): readonly Cidr[] {
  const all = snapshot.serviceCIDRs.flatMap(({ cidrs }) => cidrs.flatMap((cidr) => parseCidr(cidr) ?? []));
  return all.filter((cidr) => cidr.family === family);
}

/** The backend of the proxy mode. */
export function modeOf({ mode }: Options): Checked<Backend | undefined> {
  const value = backendFor(mode);
  return { value, diagnostics: value ? [] : [unknownMode(mode)] };
}

function unknownMode(mode: string): Diagnostic {
  const message = `proxy mode ${show(mode)} can't be compiled`;
  return { code: 'unknown-mode', severity: 'error', message, hint: `choose one with --mode: ${MODES.join(', ')}` };
}

function resolvedArtifact(resolved: readonly Resolved[], localPolicy: LocalPolicy): Artifact {
  const parts = resolved.map(({ node, ports }, i): Part => {
    // Built on demand: the views of a large cluster are large.
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
