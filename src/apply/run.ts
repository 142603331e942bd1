/**
 * Run: the steps of a plan, each through its tool. A refusal is led back to the line of the input, and so to the Service
 * that the line came from.
 */
import type { Diagnostic } from '../diag.js';
import { toolOf } from '../diff/plan.js';
import { chunks } from '../text.js';
import { counted } from '../tools/counted.js';
import type { Detected } from '../tools/detected.js';
import { refusal } from '../tools/refusal.js';
import { type AnyTool, isEmpty, type Rejection, type Step } from '../tools/tool.js';
import type { Host } from './host.js';

/** Where to run a plan. */
export interface Target {
  readonly host: Host;
  readonly detected: Detected;
  /** The wait for another program's lock, such as that of iptables, at most. */
  readonly waitSeconds: number;
  /** Called when a lock has to be waited for. */
  readonly onWait: (what: string) => void;
}

/** Throws when a tool would refuse a step. Found out only when it runs, all steps before it would have to be undone. */
export async function rehearse(steps: readonly Step[], { host }: Target): Promise<void> {
  for (const step of steps) await toolOf(step).rehearse?.(step, host.run);
}

/** The outcome of some steps. */
export interface Ran {
  /** The refusal of a tool; no step after it was run. */
  readonly refused?: Diagnostic;
  /** Refusals of parts of a step whose other parts were carried out. */
  readonly partly: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Runs the steps in order. */
export async function runSteps(steps: readonly Step[], target: Target): Promise<Ran> {
  const warnings: Diagnostic[] = [];
  const partly: Diagnostic[] = [];
  for (const step of steps) {
    const tool = toolOf(step);
    const { refused, left } = await runWithout(withoutOrigins(step, partly), tool, target);
    partly.push(...left);
    if (refused && !tool.optional) return { refused, partly, warnings };
    if (refused && tool.optional) warnings.push({ ...refused, severity: 'warning', ...tool.optional });
  }
  return { partly, warnings };
}

/** The step without the objects that an earlier step of the change had to leave out. */
function withoutOrigins(step: Step, partly: readonly Diagnostic[]): Step {
  const left = new Set(partly.flatMap(({ origin }) => origin ?? []));
  if (left.size === 0) return step;
  const { text: _, ...rest } = step;
  return { ...rest, input: step.input.filter(({ origin }) => !origin || !left.has(origin)) };
}

/** Objects that a step may lose to refusals, at most: each costs another run. */
const MOST_LEFT = 8;

/** Runs a step, if need be without what the tool refuses of it. */
async function runWithout(
  step: Step,
  tool: AnyTool,
  target: Target,
): Promise<{ readonly refused?: Diagnostic; readonly left: readonly Diagnostic[] }> {
  const left: Diagnostic[] = [];
  for (let next = step; !isEmpty(next); ) {
    const rejection = await runStep(next, tool, target);
    if (!rejection) break;
    const { why, rest } = rejection;
    if (!rest || left.length === MOST_LEFT) return { refused: left[0] ?? why, left: [] };
    left.push(why);
    next = rest;
  }
  return { left };
}

/** Seconds: long enough for another program's small change. */
const FIRST_WAIT = 1;

async function runStep(step: Step, tool: AnyTool, target: Target): Promise<Rejection | undefined> {
  const { host, waitSeconds, onWait } = target;
  const run = (seconds: number) => host.run(step.argv(seconds), chunks(counted(step)));
  const first = Math.min(FIRST_WAIT, waitSeconds);
  let outcome = await run(first);
  if (tool.isBusy?.(outcome)) {
    onWait(`the xtables lock is held by another program; waiting for it, ${waitSeconds} s at most`);
    outcome = await run(Math.max(waitSeconds - first, 1));
  }
  const isDone = tool.isDone ? tool.isDone(outcome) : outcome.code === 0;
  if (isDone) return undefined;
  return tool.rejected ? tool.rejected(step, outcome, host.run, waitSeconds) : { why: await refusal(step, outcome) };
}
