/**
 * cli: `vipc cleanup`: removes what vipc or kube-proxy left, in any mode and in both variants of iptables.
 */
import { apply } from '../apply/apply.js';
import { forgetFlows } from '../apply/flows.js';
import { readState } from '../apply/read.js';
import { rehearse, runSteps } from '../apply/run.js';
import { type Diagnostic, hasErrors } from '../diag.js';
import { changesOf } from '../diff/changes.js';
import { EMPTY_STATE, plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import type { ServiceChange } from '../review/compare.js';
import { summarise } from '../review/print.js';
import type { DetectedVariant } from '../tools/iptables/variants.js';
import type { ObservedState } from '../tools/tools.js';
import { differs } from './apply.js';
import { EXIT, type Io, writeLines } from './io.js';
import { detectedOf, type NodeAtHand, openNode, planOptions, targetOf, withLock } from './node.js';
import { type ChangeFlags, changeTask } from './node-task.js';
import { report } from './report.js';
import { liveReview, printed } from './review.js';

export interface CleanupFlags extends ChangeFlags {
  readonly dryRun?: boolean;
  /** The old name of --dry-run. */
  readonly plan?: boolean;
}

/** Lists what a proxy left and, unless it is a dry run, removes it; returns the exit code. */
export async function runCleanup(flags: CleanupFlags, io: Io): Promise<number> {
  const task = await changeTask([], flags, io);
  const { options } = task;
  await report(options.diagnostics, task.how.verbose, io);
  if (hasErrors(options.diagnostics)) return EXIT.different;
  const dry = flags.dryRun === true || flags.plan === true;
  if (dry) {
    const node = await openNode(task, io);
    const { changes, unseen } = await list(node);
    return unseen ? EXIT.trouble : changes.length === 0 ? EXIT.ok : EXIT.different;
  }
  return withLock(task, io, async (lock) => remove(await openNode(task, io, lock)));

  async function list(node: NodeAtHand): Promise<Listed> {
    const unread = node.others.find(({ unreadable }) => unreadable !== undefined);
    if (unread?.unreadable !== undefined) throw new Error(unread.unreadable);
    const live = await readState(node.host, detectedOf(node), EMPTY_STATE);
    const both = [
      { live, node },
      ...node.others.map((other) => ({ live: { iptables: other.saved }, node: using(node, other) })),
    ];
    const changes = both.flatMap(({ live, node }) =>
      changesOf(plan(live, EMPTY_STATE, planOptions(node, options.value)).differences, live),
    );
    await printed(liveReview(changes, LEFT), false, io);
    if (changes.length > 0) await writeLines(io.stdout, ['']);
    const summary =
      changes.length === 0 ? 'nothing to remove' : `${dry ? 'to remove' : 'removing'}: ${summarise(changes)}`;
    await report(remarks(live, EMPTY_STATE), true, io);
    await writeLines(io.stderr, [summary]);
    return { changes, live, unseen: live.nft === undefined };
  }

  async function remove(node: NodeAtHand): Promise<number> {
    const { changes, live, unseen } = await list(node);
    const done = unseen ? EXIT.trouble : EXIT.ok;
    if (changes.length === 0) return done;
    await rehearse(plan(live, EMPTY_STATE, planOptions(node, options.value)).steps, targetOf(node, task, io));
    // Rules name sets, so those of the variant that the node does not use go before the sets do.
    const refused: Diagnostic[] = [];
    for (const other of node.others) {
      const there = using(node, other);
      const { steps } = plan({ iptables: other.saved }, EMPTY_STATE, planOptions(there, options.value));
      const { refused: found } = await runSteps(steps, targetOf(there, task, io));
      if (found) refused.push(found);
    }
    const applied = await apply(targetOf(node, task, io), EMPTY_STATE, planOptions(node, options.value));
    const forgotten = await forgetFlows(node.host, [], applied.before, applied.plan.differences);
    await report([...refused, ...applied.diagnostics, ...forgotten.diagnostics], true, io);
    if (hasErrors([...refused, ...applied.diagnostics])) return EXIT.trouble;
    if (applied.rest.steps.length > 0) return differs(changesOf(applied.rest.differences, applied.before), io);
    return done;
  }
}

/** The meaning of the signs for what a proxy left. */
const LEFT = { '+': 'to come in its place', '-': 'left by a proxy' };

/** What is left, and whether there may be more that no tool could read. */
interface Listed {
  readonly changes: readonly ServiceChange[];
  readonly live: ObservedState;
  readonly unseen: boolean;
}

function using(node: NodeAtHand, used: DetectedVariant): NodeAtHand {
  return { ...node, used };
}
