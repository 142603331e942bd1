/**
 * cli: `vipc apply`.
 */
import { apply } from '../apply/apply.js';
import { forgetFlows } from '../apply/flows.js';
import type { Lock } from '../apply/lock.js';
import { backendFor } from '../backends/index.js';
import { hasErrors } from '../diag.js';
import { changesOf, notesOf } from '../diff/changes.js';
import { plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import type { ServiceChange } from '../review/compare.js';
import { summarise } from '../review/print.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState } from '../tools/tools.js';
import { EXIT, type Io, writeLines } from './io.js';
import { compileFor, openNode, planOptions, readNode, targetOf, withLock, writeNotes } from './node.js';
import { type ChangeFlags, type ChangeTask, changeTask } from './node-task.js';
import { kubeProxyWarning } from './proxies.js';
import { report } from './report.js';
import { liveReview, printed } from './review.js';

export interface ApplyFlags extends ChangeFlags {
  readonly dryRun?: boolean;
}

/** Makes the node match `paths`, or with --dry-run prints the steps for that; returns the exit code. */
export async function runApply(paths: readonly string[], flags: ApplyFlags, io: Io): Promise<number> {
  const task = await changeTask(paths, flags, io);
  mustNotNeedDaemon(task.options.value.mode);
  return flags.dryRun ? dryRun(task, io) : withLock(task, io, (lock) => change(task, lock, io));
}

/** Rules alone would lead to a relay that nobody runs. */
function mustNotNeedDaemon(mode: string): void {
  if (!backendFor(mode)?.needsDaemon) return;
  throw new Error(
    `${mode} mode needs the daemon, whose relay is what serves: run vipc sync --mode ${mode} (vipc diff --live shows what it would change)`,
  );
}

/** The state that rules alone make; what the relay would serve is told. */
async function withoutRelay({ relay = [], ...desired }: DesiredState, io: Io): Promise<DesiredState> {
  if (relay.length === 0) return desired;
  const message = `${relay.length} node ports on loopback addresses are not served: the relay of vipc sync serves them`;
  await report([{ code: 'needs-daemon', severity: 'warning', message }], true, io);
  return desired;
}

async function dryRun(task: ChangeTask, io: Io): Promise<number> {
  const node = await openNode(task, io);
  await report(await kubeProxyWarning(node.host, task.at.netns), true, io);
  const wanted = await compileFor(node, task, io);
  if ('code' in wanted) return wanted.code;
  const desired = await withoutRelay(wanted.compiled.desired, io);
  const live = await readNode(node, desired);
  await report(remarks(live, desired), true, io);
  const { steps } = plan(live, desired, planOptions(node, wanted.options));
  await writeSteps(steps, task.lock.seconds, io);
  return EXIT.ok;
}

/** What each tool would read, under its command line. */
async function writeSteps(steps: readonly Step[], waitSeconds: number, io: Io): Promise<void> {
  if (steps.length === 0) await writeLines(io.stderr, ['nothing to do']);
  for (const { argv, input } of steps) {
    const lines = input.map(({ text }) => text);
    await writeLines(io.stdout, [`### ${argv(waitSeconds).join(' ')}`, ...lines]);
  }
}

async function change(task: ChangeTask, lock: Lock, io: Io): Promise<number> {
  const node = await openNode(task, io, lock);
  await report(await kubeProxyWarning(node.host, task.at.netns), true, io);
  const wanted = await compileFor(node, task, io);
  if ('code' in wanted) return wanted.code;
  const { compiled, options } = wanted;
  const desired = await withoutRelay(compiled.desired, io);
  const live = await readNode(node, desired);
  await report(remarks(live, desired), true, io);
  const how = planOptions(node, options);
  const begun = { before: live, plan: plan(live, desired, how) };
  const applied = await apply(targetOf(node, task, io), desired, how, begun);
  const { count, diagnostics } = hasErrors(applied.diagnostics)
    ? { count: 0, diagnostics: [] }
    : await forgetFlows(node.host, compiled.resolved, applied.before, applied.plan.differences);
  await report([...applied.diagnostics, ...diagnostics], true, io);
  await writeNotes(notesOf(applied.rest.differences), io);
  if (hasErrors(applied.diagnostics)) return EXIT.trouble;
  const changes = changesOf(applied.plan.differences, applied.before);
  if (task.how.verbose) await printed(liveReview(changes, DONE), false, io);
  if (count > 0)
    await writeNotes([`${count} UDP flow${count === 1 ? '' : 's'} to endpoints that are gone forgotten`], io);
  if (applied.rest.steps.length > 0) return differs(changesOf(applied.rest.differences, applied.before), io);
  await writeLines(io.stderr, [applied.plan.steps.length === 0 ? 'nothing to do' : `applied: ${summarise(changes)}`]);
  return EXIT.ok;
}

/** The meaning of the signs after a change of the node. */
const DONE = { '+': 'added, missing until now', '-': 'removed, not wanted' };

/** Reports that the node still differs: another program changes the same rules at the same time. */
export async function differs(rest: readonly ServiceChange[], io: Io): Promise<number> {
  await printed(liveReview(rest), false, io);
  const message = `applied, but the node still differs: ${summarise(rest)}; does another program change these rules?`;
  await writeLines(io.stderr, [message]);
  return EXIT.different;
}
