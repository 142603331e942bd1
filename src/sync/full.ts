/**
 * Full: the node is read whole, and what differs is written.
 */
import { apply } from '../apply/apply.js';
import { readMachine, readState } from '../apply/read.js';
import { type Ran, rehearse, runSteps, type Target } from '../apply/run.js';
import { hasErrors } from '../diag.js';
import { othersOf, settledOthers } from '../diff/assume.js';
import { plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import type { Cluster } from '../read/cluster.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState } from '../tools/tools.js';
import { compile, compileChange } from './compile.js';
import { driftFrom } from './drift.js';
import { figuresOf } from './figures.js';
import { newProgrammed } from './programmed.js';
import { fail, type Run, refuse } from './run.js';
import { forget, know, lose, optionsFor, planOptions, type State, type Touched } from './state.js';

/** Syncs the node to `cluster`, from whatever it has. */
export async function fullSync(state: State, cluster: Cluster, changes: Touched, run: Run): Promise<void> {
  const { target } = state.given;
  const isFirst = !state.compiled;
  const known = state.others && state.compiled?.desired();
  const programmed = known ? [known] : state.between();
  state.between = () => programmed;
  // What changed is told once, so it is taken before the node is asked for anything, which may fail.
  const change = changes.isOfAll ? undefined : compileChange(state, state.compiled, cluster, changes, run);
  if (changes.isOfAll) state.compiled = undefined;
  const machine = await run.watch.time('read', () => readMachine(target.host, state.configured, target.detected));
  const compiledWith = optionsFor(state, machine);
  const isSame = state.compiled?.options === compiledWith;
  if (!isSame) compile(state, cluster, compiledWith, run);
  const { compiled } = run;
  if (!compiled) return;
  const isAsBefore = isSame && change && change.gone.length + change.come.length === 0;
  const desired = (isAsBefore && known) || run.watch.timeSync('compile', compiled.desired);
  run.figures = state.figures ??= figuresOf(compiled, desired);
  const observed = await run.watch.time('read', () => readState(target.host, target.detected, desired));
  run.diagnostics.push(...remarks(observed, desired));
  const options = planOptions(state);
  const next = run.watch.timeSync('diff', () => plan(observed, desired, options));
  const planned = (before: DesiredState) => (before === desired ? next : plan(observed, before, options));
  run.drift = driftFrom(programmed.map(planned), observed);
  lose(state);
  const ran = isFirst ? await run.watch.time('apply', () => runFirst(next.steps, target)) : undefined;
  if (ran && isClean(ran)) {
    run.steps = next.steps;
    run.isUnread = next.steps.length > 0;
    know(state, settledOthers(othersOf(observed), next.differences), next);
    state.programmed = newProgrammed(desired);
    return forget(target, { served: compiled.resolved(), after: desired }, observed, next, run);
  }
  const applied = await run.watch.time('apply', () =>
    apply(target, desired, options, { before: observed, plan: next, ...(ran && { ran }) }),
  );
  run.steps = applied.plan.steps;
  run.diagnostics.push(...applied.diagnostics);
  if (hasErrors(applied.diagnostics)) refuse(run);
  else if (applied.rest.steps.length > 0) fail(run, DIFFERS);
  else {
    know(state, othersOf(applied.after), applied.rest);
    state.programmed = newProgrammed(desired);
  }
  await forget(target, { served: compiled.resolved(), after: desired }, applied.before, applied.plan, run);
}

/** A first sync believes the tools, as a partial one does: to read a large node takes as long as to load it. */
async function runFirst(steps: readonly Step[], target: Target): Promise<Ran> {
  await rehearse(steps, target);
  return runSteps(steps, target);
}

function isClean({ refused, partly, warnings }: Ran): boolean {
  return !refused && partly.length + warnings.length === 0;
}

const DIFFERS = {
  code: 'differs',
  severity: 'error',
  message: 'the rules read back differ from those applied; another program changes the same rules',
} as const;
