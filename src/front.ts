/**
 * front: YAML | JSON → the cluster as its control plane would complete it, with diagnostics. All commands and the
 * daemon read through this function; their differences are data.
 *
 *     read       YAML | JSON                  → Snapshot        together with the objects of a cluster, if given
 *     complete   Snapshot                     → Snapshot        what an API server and its controllers add
 *     clusters   Snapshot                     → Snapshot        what the clusterset adds, if asked for
 *     lint       Snapshot                     → warnings        valid objects that are probably mistakes
 */
import { withClusterset } from './clusters/mcs.js';
import { AS_IT_IS, type Completion, complete, completeServices } from './complete/complete.js';
import { asWarning, type Checked, type Diagnostic, hasErrors, type Source, show } from './diag.js';
import { beside } from './front/beside.js';
import type { Cidr } from './ip.js';
import { type Extent, lint } from './lint/lint.js';
import type { OneNode } from './lint/rule.js';
import type { Snapshot } from './read/types.js';

export interface FrontOptions {
  /** Leave objects with errors out, and make the errors warnings. */
  readonly skipInvalid?: boolean | undefined;
  readonly completion?: Completion | undefined;
  /** What is completed: everything, or only addresses and ports of Services. */
  readonly extent?: keyof typeof COMPLETE;
  /** Continue with the valid objects when others have errors. */
  readonly partial?: boolean;
  /** The objects of the cluster that the manifests are for. */
  readonly beside?: readonly Source[];
  /** The error for input without any object; `'fine'`: no error. */
  readonly empty?: EmptyInput | 'fine';
  /** Refuse a snapshot without a Service, an EndpointSlice and a Node. */
  readonly mustServe?: boolean | undefined;
  /** Add the Services of the clusterset, with ClusterSetIPs from these ranges for ServiceImports that lack one. */
  readonly clustersetCIDRs?: readonly Cidr[];
  /** The remarks to report besides problems; all by default. */
  readonly remarks?: readonly Remark[];
  /** The lint rules that run; by default those of every command. */
  readonly rules?: Extent;
  /** The node that findings of lint are about; by default all. */
  readonly node?: OneNode | undefined;
  /** For a live node nothing is simulated, so no message suggests it. */
  readonly live?: boolean;
}

/** `skipped`: kinds that are not read. `completed`: what was added. `suspect`: the findings of lint. */
export type Remark = 'skipped' | 'completed' | 'suspect';

const ALL: readonly Remark[] = ['skipped', 'completed', 'suspect'];

const COMPLETE = { all: complete, services: completeServices };

/** The error of an input without any object. */
export interface EmptyInput {
  readonly hint?: string;
  /** Whether `skipInvalid` makes it a warning. */
  readonly forgivable: boolean;
}

const SNAPSHOT_COMMAND = 'kubectl get services,endpointslices,nodes -A -o yaml prints a snapshot';

/** An error, because such a node would serve nothing: probably the command before the pipe failed. */
const EMPTY_SNAPSHOT: EmptyInput = { hint: SNAPSHOT_COMMAND, forgivable: true };

export interface Front {
  /** The objects of the sources alone. */
  readonly written: Snapshot;
  /** The completed cluster; after an error, its valid objects up to the phase that failed. */
  readonly cluster: Snapshot;
}

/** Reads, completes and lints. */
export function front(sources: readonly Source[], options: FrontOptions): Checked<Front> {
  const { completion = AS_IT_IS, extent = 'all', partial = false, remarks = ALL, live = false, rules, node } = options;
  const forgive = (found: readonly Diagnostic[]) => (options.skipInvalid ? found.map(asWarning) : found);
  const { written, snapshot } = beside(sources, options.beside ?? []);
  const result = (cluster: Snapshot, diagnostics: readonly Diagnostic[]) => ({
    value: { written, cluster },
    diagnostics,
  });
  const { value: read } = snapshot;
  const skipped = remarks.includes('skipped') ? notes(read) : [];
  const known = [...readProblems(snapshot, options, forgive), ...skipped];
  if (hasErrors(known) && !partial) return result(read, known);

  const completed = COMPLETE[extent](read, completion);
  const added = remarks.includes('completed') ? completed.diagnostics : completed.diagnostics.filter(isNoNote);
  // After an error lint would report objects as missing that were only left out.
  const isSound = !hasErrors(completed.diagnostics);
  const suspect =
    isSound && remarks.includes('suspect')
      ? lint(completed.value, { simulate: completion.simulate || live, node }, rules)
      : [];
  const judged = [...known, ...forgive(added), ...suspect];
  if (!options.clustersetCIDRs || (hasErrors(judged) && !partial)) return result(completed.value, judged);

  const clusterset = withClusterset(completed.value, options.clustersetCIDRs);
  const shared = remarks.includes('completed') ? clusterset.diagnostics : clusterset.diagnostics.filter(isNoNote);
  return result(clusterset.value, [...judged, ...forgive(shared)]);
}

/** The same for callers that need only the cluster. */
export function readCluster(sources: readonly Source[], options: FrontOptions): Checked<Snapshot> {
  const { value, diagnostics } = front(sources, options);
  return { value: value.cluster, diagnostics };
}

/** Problems of reading, and of input without objects. */
function readProblems(
  snapshot: Checked<Snapshot>,
  { empty = EMPTY_SNAPSHOT, mustServe = false }: FrontOptions,
  forgive: (found: readonly Diagnostic[]) => readonly Diagnostic[],
): readonly Diagnostic[] {
  if (empty !== 'fine' && isEmpty(snapshot)) {
    const nothing = [nothingRead(empty)];
    return empty.forgivable && !mustServe ? forgive(nothing) : nothing;
  }
  const found = forgive(snapshot.diagnostics);
  // Where errors remain they say why there is nothing.
  const servesNothing = mustServe && !hasErrors(found) && isForNobody(snapshot.value);
  return [...found, ...(servesNothing ? [NOTHING_TO_SERVE] : [])];
}

function nothingRead({ hint }: EmptyInput): Diagnostic {
  const message = 'the input holds no Kubernetes object';
  return { code: 'empty-snapshot', severity: 'error', message, ...(hint !== undefined && { hint }) };
}

/** Such manifests are not a whole cluster; applying them would remove the rules of all Services. */
const NOTHING_TO_SERVE: Diagnostic = {
  code: 'empty-snapshot',
  severity: 'error',
  message: 'the input holds no Service, EndpointSlice or Node, so no rules are removed',
  hint: `vipc cleanup removes all rules; ${SNAPSHOT_COMMAND}`,
};

/** Whether nothing in a snapshot could have rules: then it is manifests, not a cluster. */
export function isForNobody({ services, slices, endpoints, nodes }: Snapshot): boolean {
  return services.length + slices.length + endpoints.length + nodes.length === 0;
}

function isEmpty({ value, diagnostics }: Checked<Snapshot>): boolean {
  return diagnostics.length === 0 && Object.values(value).every((objects) => objects.length === 0);
}

/** The number of names that a note lists at most. */
const LISTED = 5;

/** One note for each kind in the input that vipc does not read. */
function notes({ skipped }: Snapshot): readonly Diagnostic[] {
  const byKind = new Map<string, string[]>();
  for (const { apiVersion, kind, name } of skipped) {
    const key = `${show(kind).slice(1, -1)} (${show(apiVersion).slice(1, -1)})`;
    const names = byKind.get(key);
    if (names) names.push(name);
    else byKind.set(key, [name]);
  }
  return [...byKind].map(([kind, names]) => {
    const shown = names.slice(0, LISTED).map((name) => show(name).slice(1, -1));
    const listed = `${shown.join(', ')}${names.length > LISTED ? ', …' : ''}`;
    return { code: 'skipped-objects', severity: 'note', message: `${names.length} ${kind} skipped: ${listed}` };
  });
}

function isNoNote({ severity }: Diagnostic): boolean {
  return severity !== 'note';
}
