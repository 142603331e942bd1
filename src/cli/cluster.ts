/**
 * cli: PATH arguments and flags → the completed cluster, for commands that query it.
 */
import { AS_IT_IS, type Completion, NODE_PORTS, type PortRange, SIMULATED } from '../complete/complete.js';
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import { readCluster } from '../front.js';
import type { Cidr } from '../ip.js';
import type { Snapshot } from '../read/types.js';
import { parseClusterCIDRs } from '../read/values.js';
import type { Need } from './api-sources.js';
import type { ContextFlags } from './context.js';
import type { Input, InputFlags } from './input.js';
import { EXIT, type Io } from './io.js';
import { judged, report } from './report.js';

/** The flags of `completionOptions`. */
export interface CompletionFlags {
  readonly simulate?: boolean;
  readonly nodes?: number;
  readonly serviceCidr?: string;
  readonly serviceNodePortRange?: string;
}

export interface ClusterFlags extends CompletionFlags, InputFlags {
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** What to make up, according to the flags. An unusable flag is an Error. */
export function completionOf(flags: CompletionFlags & ContextFlags): Completion {
  const { simulate = false, nodes, serviceCidr, serviceNodePortRange } = flags;
  if (nodes !== undefined && !simulate) throw new Error('--nodes goes with --simulate');
  if (simulate && (flags.kubeconfig ?? flags.context) !== undefined)
    throw new Error('--simulate is for manifests: a cluster has pods and addresses of its own');
  return {
    ...AS_IT_IS,
    simulate,
    allocate: simulate || serviceCidr !== undefined || serviceNodePortRange !== undefined,
    nodes: simulate ? (nodes ?? SIMULATED.nodes) : 0,
    serviceCIDRs: serviceCidr === undefined ? [] : cidrs(serviceCidr),
    nodePorts: serviceNodePortRange === undefined ? NODE_PORTS : portRange(serviceNodePortRange),
  };
}

function cidrs(text: string): readonly Cidr[] {
  const parsed = parseClusterCIDRs(text);
  if (parsed.problem !== undefined) throw new Error(`--service-cidr ${parsed.problem}`);
  return parsed.value;
}

/** `30000-32767`, as the flag of kube-apiserver. */
function portRange(text: string): PortRange {
  const [, first = 0, last = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (first < 1 || last > 65535 || first > last) {
    throw new Error(`--service-node-port-range must be FIRST-LAST, such as 30000-32767, is ${JSON.stringify(text)}`);
  }
  return { first, last };
}

/** How a cluster is read, and how strictly. */
export interface Reading {
  readonly completion: Completion;
  readonly skipInvalid: boolean;
  readonly strict: boolean;
  readonly verbose: boolean;
}

/** The same from the flags. */
export function readingOf(flags: ClusterFlags): Reading {
  const { skipInvalid = false, strict = false, verbose = false } = flags;
  return { completion: completionOf(flags), skipInvalid, strict, verbose };
}

/** A cluster, and the diagnostics about its objects. */
export interface Loaded {
  readonly snapshot: Snapshot;
  readonly said: readonly Diagnostic[];
}

/**
 * The cluster of `input`, after reporting the diagnostics that `isTold` selects; or the exit code, when errors leave no
 * cluster.
 */
export async function loadCluster(
  input: Input,
  need: Need,
  reading: Reading,
  io: Io,
  isTold: (diagnostic: Diagnostic, snapshot: Snapshot) => boolean = () => true,
): Promise<Loaded | { readonly code: number }> {
  const { completion, skipInvalid, verbose } = reading;
  const sources = await input.read(need);
  const unreadable = hasErrors(sources.diagnostics);
  const cluster: Checked<Snapshot | undefined> = unreadable
    ? { value: undefined, diagnostics: [] }
    : readCluster(sources.value, { skipInvalid, completion });
  const diagnostics = judged([...sources.diagnostics, ...cluster.diagnostics], reading);
  const { value: snapshot } = cluster;
  const all = hasErrors(diagnostics) || !snapshot;
  const told = all ? diagnostics : diagnostics.filter((diagnostic) => isTold(diagnostic, snapshot));
  await report(told, verbose, io);
  if (all) return { code: unreadable ? EXIT.trouble : EXIT.different };
  return { snapshot, said: cluster.diagnostics };
}
