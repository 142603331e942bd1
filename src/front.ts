/**
 * front: YAML | JSON → the cluster as its control plane would have it, and what there is to say about it. All commands and
 * the daemon read through this function; how they differ is data.
 *
 *     read       YAML | JSON                  → Snapshot        beside the objects of a cluster, if there is one
 *     complete   Snapshot                     → Snapshot        what an API server and its controllers add
 *     clusters   Snapshot                     → Snapshot        what the clusterset adds, if that is wanted
 *     lint       Snapshot                     → warnings        what is valid, but hardly meant
 */
import { withClusterset } from './clusters/mcs.js';
import { AS_IT_IS, type Completion, complete, completeServices } from './complete/complete.js';
import { asWarning, type Checked, type Diagnostic, hasErrors, type Source, show } from './diag.js';
import { beside } from './front/beside.js';
import type { Cidr } from './ip.js';
import { type Extent, lint } from './lint/lint.js';
import type { Snapshot } from './read/types.js';

export interface FrontOptions {
  /** Leave objects with errors out, and make the errors warnings. */
  readonly skipInvalid?: boolean | undefined;
  readonly completion?: Completion | undefined;
  /** How far the snapshot is completed: all of it, or only the addresses and ports of Services. */
  readonly extent?: keyof typeof COMPLETE;
  /** Go on with what is sound when something has errors. */
  readonly partial?: boolean;
  /** Objects of a cluster, which the sources are manifests for. */
  readonly beside?: readonly Source[];
  /** What an input without any object is; `'fine'` leaves that to the caller. */
  readonly empty?: EmptyInput | 'fine';
  /** Refuse a snapshot without a Service, an EndpointSlice and a Node. */
  readonly mustServe?: boolean | undefined;
  /** Add what a clusterset adds, with ClusterSetIPs from here for ServiceImports that lack one. */
  readonly clustersetCIDRs?: readonly Cidr[];
  /** Which remarks there are beside problems; all by default. */
  readonly remarks?: readonly Remark[];
  /** Which rules of lint are run: those of every command by default. */
  readonly rules?: Extent;
  /** A live node has nothing made up, so no message proposes it. */
  readonly live?: boolean;
}

/** `skipped`: kinds that are not read. `completed`: what was added. `suspect`: what lint finds. */
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

/** Compiled, it would be a node that serves nothing: more likely the command before the pipe failed. */
const EMPTY_SNAPSHOT: EmptyInput = { hint: SNAPSHOT_COMMAND, forgivable: true };

export interface Front {
  /** What the sources alone say. */
  readonly written: Snapshot;
  /** The cluster, completed; with any error it is what was sound, as far as it got. */
  readonly cluster: Snapshot;
}

/** Reads, completes and lints. */
export function front(sources: readonly Source[], options: FrontOptions): Checked<Front> {
  const { completion = AS_IT_IS, extent = 'all', partial = false, remarks = ALL, live = false, rules } = options;
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
  // What errors left out would look as if it were missing.
  const isSound = !hasErrors(completed.diagnostics);
  const suspect =
    isSound && remarks.includes('suspect')
      ? lint(completed.value, { simulate: completion.simulate || live }, rules)
      : [];
  const judged = [...known, ...forgive(added), ...suspect];
  if (!options.clustersetCIDRs || (hasErrors(judged) && !partial)) return result(completed.value, judged);

  const clusterset = withClusterset(completed.value, options.clustersetCIDRs);
  const shared = remarks.includes('completed') ? clusterset.diagnostics : clusterset.diagnostics.filter(isNoNote);
  return result(clusterset.value, [...judged, ...forgive(shared)]);
}

/** The same for callers that need the cluster alone. */
export function readCluster(sources: readonly Source[], options: FrontOptions): Checked<Snapshot> {
  const { value, diagnostics } = front(sources, options);
  return { value: value.cluster, diagnostics };
}

/** What is wrong with what was read. */
function readProblems(
  snapshot: Checked<Snapshot>,
  { empty = EMPTY_SNAPSHOT, mustServe = false }: FrontOptions,
  forgive: (found: readonly Diagnostic[]) => readonly Diagnostic[],
): readonly Diagnostic[] {
  if (empty !== 'fine' && isEmpty(snapshot)) {
    const nothing = [nothingRead(empty)];
    return empty.forgivable && !mustServe ? forgive(nothing) : nothing;
  }
  const nobody = mustServe && snapshot.diagnostics.length === 0 && isForNobody(snapshot.value);
  return [...forgive(snapshot.diagnostics), ...(nobody ? [NOTHING_TO_SERVE] : [])];
}

function nothingRead({ hint }: EmptyInput): Diagnostic {
  const message = 'the input holds no Kubernetes object';
  return { code: 'empty-snapshot', severity: 'error', message, ...(hint !== undefined && { hint }) };
}

/** Such manifests are no cluster, and would take the rules of all Services away. */
const NOTHING_TO_SERVE: Diagnostic = {
  code: 'empty-snapshot',
  severity: 'error',
  message: 'the input holds no Service, EndpointSlice or Node: nothing is taken away for it',
  hint: `vipc cleanup takes all rules away; ${SNAPSHOT_COMMAND}`,
};

/** Nothing in it could have rules: manifests, not a cluster. */
export function isForNobody({ services, slices, endpoints, nodes }: Snapshot): boolean {
  return services.length + slices.length + endpoints.length + nodes.length === 0;
}

function isEmpty({ value, diagnostics }: Checked<Snapshot>): boolean {
  return diagnostics.length === 0 && Object.values(value).every((objects) => objects.length === 0);
}

/** Most names that a note lists. */
const LISTED = 5;

/** What was in the input and is no part of the output: one note for each kind that vipc does not read. */
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
