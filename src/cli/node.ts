/**
 * cli: the node of a command: its tools, its rules, and its desired state.
 */

import type { Host } from '../apply/host.js';
import { type Lock, takeLock } from '../apply/lock.js';
import { readMachine, readState } from '../apply/read.js';
import type { Target } from '../apply/run.js';
import { isKubeletMark } from '../backends/chain-names.js';
import { DEFAULT_FEATURES, type Features } from '../backends/features.js';
import { backendFor } from '../backends/index.js';
import { ownershipIn } from '../backends/ours.js';
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import type { PlanOptions } from '../diff/plan.js';
import { observedNode, type ReadNode } from '../dumps/node.js';
import type { Options } from '../options.js';
import { type Compiled, compileState } from '../pipeline.js';
import { askingDaemon } from '../sync/relay-socket.js';
import { FORBIDDEN, failure } from '../tools/ask.js';
import type { Detected, Nft } from '../tools/detected.js';
import type { RuleSet } from '../tools/iptables/types.js';
import { CHAINS_PER_COMMIT, choose, type DetectedVariant, detect, features } from '../tools/iptables/variants.js';
import { readRuleset } from '../tools/nft/read.js';
import { detectNft, isTooOld, OLDEST_NFT } from '../tools/nft/version.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { rulesNeed } from './api-sources.js';
import { EXIT, type Io, say, writeLines } from './io.js';
import type { ChangeTask, NodeTask } from './node-task.js';
import { mustBeAble } from './prepared.js';
import { judged, report } from './report.js';

export interface NodeAtHand {
  readonly host: Host;
  /** The iptables variant that it uses, and its rules; absent where none is installed. */
  readonly used?: DetectedVariant;
  /** The other variant, where it is installed. */
  readonly others: readonly DetectedVariant[];
  /** Absent where none is installed. */
  readonly nft?: Nft;
}

/** The node of a task; throws when its tools do not answer. */
export async function openNode({ at, options }: NodeTask, io: Io, lock?: Lock): Promise<NodeAtHand> {
  const { netns } = at;
  await mustBeAble(options.value.mode, at);
  // A process that has the lock has been there.
  if (netns !== undefined && !lock) await namespaceOf(netns, io);
  const host = io.hostAt(netns, lock ? { inherit: lock.fd } : {});
  return nodeOn(
    askingDaemon(host, () => relaySocketOf(netns, io)),
    at,
  );
}

/** Which of its tools to use. */
type NodeTools = Pick<NodeTask['at'], 'iptables'> & Partial<Pick<NodeTask['at'], 'nft'>>;

/** The node that `host` is. */
export async function nodeOn(host: Host, { iptables, nft: program }: NodeTools): Promise<NodeAtHand> {
  const [detected, nft] = await Promise.all([detect(host.run, program), detectNft(host.run, program)]);
  if (!nft && program !== undefined) throw new Error(`${program} is no nft that can be run`);
  const used =
    iptables === 'auto' ? choose(detected, isKubeletMark) : detected.find((each) => each.iptables.variant === iptables);
  if (!used && iptables !== 'auto') throw new Error(`iptables-${iptables} is not installed`);
  // Half of the rules cannot tell which variant the node uses.
  const unread = [used, ...(iptables === 'auto' ? detected : [])].find((each) => each?.unreadable !== undefined);
  if (unread?.unreadable !== undefined) throw new Error(unread.unreadable);
  return { host, ...(used && { used }), ...(nft && { nft }), others: detected.filter((each) => each !== used) };
}

/** Runs `change` while no other vipc changes the same node. */
export async function withLock<T>(
  { at, lock: wanted }: ChangeTask,
  io: Io,
  change: (lock: Lock) => Promise<T>,
): Promise<T> {
  const lock = await takeLock({
    path: wanted.path ?? (await lockFileOf(at.netns, io)),
    seconds: wanted.seconds,
    onWait: (holder) => say(io.stderr, `waiting for ${holder}, ${wanted.seconds} s at most`),
  });
  try {
    return await change(lock);
  } finally {
    lock.release();
  }
}

/** Each network namespace has its own rules, so each is a node with its own lock. */
export async function lockFileOf(netns: string | undefined, io: Io): Promise<string> {
  return `${await nodePath(netns, io)}lock`;
}

/** Where the daemon of a node shows its relay. */
export async function relaySocketOf(netns: string | undefined, io: Io): Promise<string> {
  return `${await nodePath(netns, io)}relay`;
}

async function nodePath(netns: string | undefined, io: Io): Promise<string> {
  return `/run/vipc/${(await namespaceOf(netns, io)).replace(/[^\w]+/g, '-')}`;
}

/** The kernel's identifier of a network namespace; rejects when the namespace cannot be entered. */
async function namespaceOf(netns: string | undefined, io: Io): Promise<string> {
  const { code, stdout, stderr } = await io.hostAt(netns).run(['readlink', '/proc/self/ns/net']);
  if (code === 0) return stdout.trim();
  if (netns === undefined) throw new Error(stderr.trim());
  const hint = FORBIDDEN.test(stderr)
    ? 'only root, or who has CAP_SYS_ADMIN, can enter one'
    : '--netns takes a name that ip netns list prints, or a path such as /proc/1/ns/net';
  throw new Error(`network namespace ${netns}: ${stderr.trim()} (${hint})`);
}

/** How to run a plan on the node. */
export function targetOf(node: NodeAtHand, { lock }: ChangeTask, io: Io): Target {
  return {
    host: node.host,
    detected: detectedOf(node),
    waitSeconds: lock.seconds,
    onWait: (what) => say(io.stderr, what),
  };
}

/** What tools need to know about the node. */
export function detectedOf({ used, nft }: NodeAtHand): Detected {
  return { ...(used && { iptables: used.iptables }), ...(nft && { nft }) };
}

/** The rules of the node in the state `observed`, with those of nftables and of the variant of iptables it does not use. */
export async function rulesAt({ host, nft, others }: NodeAtHand, observed: ObservedState): Promise<Checked<ReadNode>> {
  const [other] = others;
  const { tables: nftTables, problem: message } = await readRuleset(host.run, nft?.program ?? 'nft');
  const beside = other && { variant: other.iptables.variant, ruleSets: other.saved };
  const { value, diagnostics } = observedNode(observed, { nftTables, ...(beside && { beside }) });
  if (message === undefined) return { value, diagnostics };
  return {
    value: { ...value, unread: [...value.unread, message] },
    diagnostics: [...diagnostics, { code: 'nft-unread', severity: 'warning', message }],
  };
}

/** The features of its programs. */
export async function featuresOf({ host, used }: NodeAtHand): Promise<Features> {
  return used ? features(host.run, used.iptables) : DEFAULT_FEATURES;
}

/** How to make a plan for the node. */
export function planOptions(node: NodeAtHand, { ipvs }: Options): PlanOptions {
  return {
    ...detectedOf(node),
    excludeCIDRs: ipvs.excludeCIDRs,
    chainsPerCommit: CHAINS_PER_COMMIT[node.used?.iptables.variant ?? 'nft'],
  };
}

/** The desired state of the node, or the exit code when there is none. */
export async function compileFor(
  node: NodeAtHand,
  task: NodeTask,
  io: Io,
): Promise<{ readonly compiled: Compiled; readonly options: Options } | { readonly code: number }> {
  const { options: loaded, how } = task;
  const [machine, able] = await Promise.all([readMachine(node.host, loaded.value, detectedOf(node)), featuresOf(node)]);
  const options = { ...loaded.value, machine };
  if (!node.used && backendFor(options.mode)?.tools.includes('iptables'))
    throw new Error(failure('iptables-save', await node.host.run(['iptables-save'])));
  if (backendFor(options.mode)?.tools.includes('nft')) mustHaveNft(node);
  const input = await (await task.input()).read(rulesNeed(options));
  const unreadable = hasErrors(input.diagnostics);
  const { value: compiled, diagnostics } = unreadable
    ? { value: undefined, diagnostics: [] }
    : compileState(input.value, options, {
        skipInvalid: how.skipInvalid,
        layout: how.layout,
        features: able,
        mustServe: true,
      });
  const all = judged(
    [...loaded.diagnostics, ...input.diagnostics, ...diagnostics, ...unserved(node, compiled), ...rivals(node)],
    how,
  );
  await report(all, how.verbose, io);
  if (compiled && !hasErrors(all)) return { compiled, options };
  return { code: unreadable ? EXIT.trouble : EXIT.different };
}

/** Rejects a node whose nft cannot load what nftables mode writes. */
export function mustHaveNft({ nft }: NodeAtHand): void {
  if (!nft) throw new Error(`nftables mode needs nft ${OLDEST_NFT} or newer: install nftables, or name one with --nft`);
  if (!isTooOld(nft)) return;
  throw new Error(
    `${nft.program} is ${nft.version}, and nftables mode needs ${OLDEST_NFT} or newer: --nft names another`,
  );
}

/**
 * The observed state of the node, as far as it matters for `desired`; its rules are those of when it was opened, because to
 * read them takes as long as all else.
 */
export function readNode(node: NodeAtHand, desired: DesiredState): Promise<ObservedState> {
  return readState(node.host, detectedOf(node), desired, TOOLS, node.used && { iptables: node.used.saved });
}

/** Families that Services need and the node does not support. */
function unserved({ used }: NodeAtHand, compiled: Compiled | undefined): readonly Diagnostic[] {
  if (!used || !compiled?.desired.iptables) return [];
  const missing = compiled.resolved.filter(
    ({ node, ports }) => ports.length > 0 && used.saved.every(({ family }) => family !== node.family),
  );
  return missing.map(({ node, ports }) => {
    const message = `${ports.length} ServicePorts are ${node.family}, which ${used.iptables.program[node.family]} on this node cannot program`;
    return { code: 'family-unsupported', severity: 'error', message };
  });
}

/** Rules of kube-proxy in the other iptables variant, which act on packets too. */
function rivals({ others, used }: NodeAtHand): readonly Diagnostic[] {
  if (!used) return [];
  return others.flatMap(({ iptables: { variant }, saved, unreadable }): readonly Diagnostic[] => {
    if (unreadable !== undefined) return [{ code: 'other-variant', severity: 'warning', message: unreadable }];
    if (!saved.some(hasOurs)) return [];
    const message = `iptables-${variant} has rules of kube-proxy as well; this node uses iptables-${used.iptables.variant}`;
    const hint = `vipc cleanup removes both; --iptables ${variant} would use the other`;
    return [{ code: 'other-variant', severity: 'warning', message, hint }];
  });
}

/** Whether some of the rules are ours. */
function hasOurs(ruleSet: RuleSet): boolean {
  const { chain } = ownershipIn(ruleSet);
  return ruleSet.tables.some(({ name: table, chains }) => chains.some(({ name }) => chain(table, name)));
}

/** Notes for people, one per line. */
export function writeNotes(notes: readonly string[], io: Io): Promise<void> {
  return writeLines(
    io.stderr,
    notes.map((note) => `note: ${note}`),
  );
}
