/**
 * cli: shared by `get` and `describe`: arguments and flags → the cluster and the selected Services.
 */
import { type Diagnostic, hasErrors } from '../diag.js';
import type { Service, Snapshot } from '../read/types.js';
import { otherNamespaces, selectServices } from '../views/select.js';
import { parseSelector, type Requirement } from '../views/selector.js';
import type { Need } from './api-sources.js';
import { type ClusterFlags, loadCluster, readingOf } from './cluster.js';
import { openInput } from './input.js';
import { EXIT, type Io, say, writeLines } from './io.js';
import { report } from './report.js';
import { type Targets, targetsOf } from './targets.js';

export interface ServicesFlags extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
}

/** The cluster, and its Services that arguments and flags select. */
export interface Chosen {
  readonly snapshot: Snapshot;
  /** The diagnostics about its objects. */
  readonly said: readonly Diagnostic[];
  readonly services: readonly Service[];
  /** Whether Services were requested by name. */
  readonly named: boolean;
  /** 1 when a requested name does not exist. */
  readonly code: number;
}

/** The command, and what it needs of the cluster. */
export interface AskingCommand {
  readonly command: string;
  readonly need: Need;
  /** Which diagnostics are reported; all by default. */
  readonly isTold?: ((diagnostic: Diagnostic, snapshot: Snapshot, namespace: string) => boolean) | undefined;
}

/**
 * The Services that `args` and `flags` select, after reporting diagnostics; or the exit code, when there is no cluster.
 */
export async function chosenServices(
  args: readonly string[],
  flags: ServicesFlags,
  io: Io,
  { command, need, isTold = () => true }: AskingCommand,
): Promise<Chosen | { readonly code: number; readonly snapshot?: never }> {
  const targets = targetsOf(args, command);
  const { allNamespaces = false, selector } = flags;
  checkFlags(targets, flags);
  const labels = selector === undefined ? [] : requirements(selector);
  const input = await openInput(targets.paths, flags, io);
  const { namespace } = input;
  const reading = readingOf(flags);
  const within = allNamespaces ? need : { ...need, namespaces: [namespace] };
  const loaded = await loadCluster(input, within, reading, io, (found, cluster) => isTold(found, cluster, namespace));
  if ('code' in loaded) return loaded;
  const { snapshot, said } = loaded;
  for (const word of targets.doubtful) {
    if (snapshot.services.some(({ metadata }) => metadata.name === word))
      say(io.stderr, `note: ${word} is read as a file, because there is one of that name; the Service is svc/${word}`);
  }
  const selection = { ...(allNamespaces ? {} : { namespace }), names: targets.names, labels };
  const { value: services, diagnostics } = selectServices(snapshot.services, selection);
  await report(diagnostics, reading.verbose, io);
  const named = targets.names.length > 0;
  if (services.length === 0 && !named)
    await nothing(snapshot.services, allNamespaces ? undefined : namespace, labels, io);
  return { snapshot, said, services, named, code: hasErrors(diagnostics) ? EXIT.different : EXIT.ok };
}

/** Refuses combinations that kubectl refuses. */
function checkFlags({ names }: Targets, { allNamespaces = false, namespace, selector }: ServicesFlags): void {
  if (allNamespaces && names.length > 0)
    throw new Error('names select Services of one namespace: use -n instead of -A');
  if (allNamespaces && namespace !== undefined) throw new Error('use either -A or -n, not both');
  if (names.length > 0 && selector !== undefined) throw new Error('use either names or -l, not both');
}

function requirements(selector: string): readonly Requirement[] {
  const parsed = parseSelector(selector);
  if (!('problem' in parsed)) return parsed;
  const shown = selector.replace(/[^ -~]/g, '?');
  throw new Error(`the selector is not valid: ${parsed.problem}\n  ${shown}\n  ${' '.repeat(parsed.at)}^`);
}

/** kubectl's message for an empty result, and a hint where there are Services. */
async function nothing(
  all: readonly Service[],
  namespace: string | undefined,
  labels: readonly Requirement[],
  io: Io,
): Promise<void> {
  const found = all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  const hint = labels.length > 0 && found.length > 0 ? `${found.length} are there without -l` : otherNamespaces(all);
  const where = namespace === undefined ? '' : ` in ${namespace} namespace`;
  await writeLines(io.stderr, [`No resources found${where}.`, ...(hint !== undefined && all.length > 0 ? [hint] : [])]);
}
