/**
 * Live: lets tests run `vipc apply`, `vipc diff --live` and `vipc cleanup` on any Host.
 */
import { type Applied, apply } from '../../apply/apply.js';
import { type Forgotten, forgetFlows } from '../../apply/flows.js';
import type { Host } from '../../apply/host.js';
import { readMachine, readState } from '../../apply/read.js';
import type { Target } from '../../apply/run.js';
import { hasErrors, type Source } from '../../diag.js';
import { changesOf } from '../../diff/changes.js';
import { EMPTY_STATE, type Plan, type PlanOptions, plan } from '../../diff/plan.js';
import type { Options } from '../../options.js';
import { type Compiled, compileState } from '../../pipeline.js';
import { printChanges } from '../../review/print.js';
import type { Detected } from '../../tools/detected.js';
import { CHAINS_PER_COMMIT, detect, type Variant } from '../../tools/iptables/variants.js';
import { detectNft } from '../../tools/nft/version.js';

/** A node under test: a network namespace, or one in the guest. */
export interface LiveNode {
  readonly target: Target;
  readonly variant: Variant;
  /** Of the mode; when absent, its first. */
  readonly layout?: string;
  /** Of iptables; when absent, that of the variant. */
  readonly chainsPerCommit?: number;
  /** Of nftables; when absent, as everywhere. */
  readonly chainsPerTransaction?: number;
}

/** The node that `host` reaches, with one variant of iptables, and an nft if one is named. */
export async function liveNode(host: Host, variant: Variant, program?: string): Promise<LiveNode> {
  const iptables = (await detect(host.run)).map((each) => each.iptables).find((each) => each.variant === variant);
  if (!iptables) throw new Error(`no iptables-${variant}`);
  const nft = await detectNft(host.run, program);
  return { target: targetOf(host, { iptables, ...(nft && { nft }) }), variant };
}

function targetOf(host: Host, detected: Detected): Target {
  // legacy has one lock for the whole machine, shared with other tests.
  return { host, detected, waitSeconds: 60, onWait: () => {} };
}

/** The compiled state for a snapshot; throws when it has errors. */
export async function compileOn(
  { target, layout }: LiveNode,
  sources: readonly Source[],
  options: Options,
): Promise<Compiled> {
  const machine = await readMachine(target.host, options, target.detected);
  const { value, diagnostics } = compileState(sources, { ...options, machine }, { layout });
  if (!value || hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

function how({ variant, target, chainsPerTransaction, ...node }: LiveNode, options?: Options): PlanOptions {
  return {
    ...(chainsPerTransaction === undefined ? {} : { chainsPerTransaction }),
    ...target.detected,
    chainsPerCommit: node.chainsPerCommit ?? CHAINS_PER_COMMIT[variant],
    excludeCIDRs: options?.ipvs.excludeCIDRs ?? [],
  };
}

/** Applies a snapshot, and deletes stale flows. */
export async function applyTo(
  node: LiveNode,
  sources: readonly Source[],
  options: Options,
): Promise<Applied & { readonly forgotten: Forgotten }> {
  const { desired, resolved } = await compileOn(node, sources, options);
  const applied = await apply(node.target, desired, how(node, options));
  return {
    ...applied,
    forgotten: await forgetFlows(node.target.host, resolved, applied.before, applied.plan.differences),
  };
}

/** The output of `vipc diff --live`, by line; empty when the node matches the snapshot. */
export async function differenceTo(
  node: LiveNode,
  sources: readonly Source[],
  options: Options,
): Promise<readonly string[]> {
  const { desired } = await compileOn(node, sources, options);
  const observed = await readState(node.target.host, node.target.detected, desired);
  const { differences } = plan(observed, desired, how(node, options));
  return [...printChanges(changesOf(differences, observed), (_, text) => text)];
}

/** Removes all that is ours. */
export function cleanUp(node: LiveNode): Promise<Applied> {
  return apply(node.target, EMPTY_STATE, how(node));
}

/** The tools that a plan runs, with their inputs. */
export function inputsOf({ steps }: Plan): readonly (readonly [string, readonly string[]])[] {
  return steps.map(({ program, input }) => [program, input.map(({ text }) => text)]);
}
