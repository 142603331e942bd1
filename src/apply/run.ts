/**
 * Run: the steps of a plan, each through its tool. What a tool refuses is led back to the line of its input, and so to the
 * Service that the line came from.
 */
import type { Diagnostic } from '../diag.js';
import { toolOf } from '../diff/plan.js';
import { chunks } from '../text.js';
import type { Detected } from '../tools/detected.js';
import { refusal } from '../tools/refusal.js';
import type { AnyTool, Step } from '../tools/tool.js';
import type { Host } from './host.js';

/** Where to run a plan. */
export interface Target {
  readonly host: Host;
  readonly detected: Detected;
  /** How long to wait for another program's lock, such as that of iptables. */
  readonly waitSeconds: number;
  /** Told when there is something to wait for. */
  readonly onWait: (what: string) => void;
}

/** Throws when a tool would refuse a step in the end; to find that out then would be to undo all the rest. */
export async function rehearse(steps: readonly Step[], { host }: Target): Promise<void> {
  for (const step of steps) await toolOf(step).rehearse?.(step, host.run);
}

/** What became of some steps. */
export interface Ran {
  /** What a tool refused; no step after that was run. */
  readonly refused?: Diagnostic;
  readonly warnings: readonly Diagnostic[];
}

/** Runs the steps in order. */
export async function runSteps(steps: readonly Step[], target: Target): Promise<Ran> {
  const warnings: Diagnostic[] = [];
  for (const step of steps) {
    const tool = toolOf(step);
    const refused = await runStep(step, tool, target);
    if (refused && !tool.optional) return { refused, warnings };
    if (refused && tool.optional) warnings.push({ ...refused, severity: 'warning', ...tool.optional });
  }
  return { warnings };
}

/** Long enough for a program that is in the middle of something small. */
const FIRST_WAIT = 1;

async function runStep(step: Step, tool: AnyTool, target: Target): Promise<Diagnostic | undefined> {
  const { host, waitSeconds, onWait } = target;
  const run = (seconds: number) => host.run(step.argv(seconds), chunks(step.input));
  const first = Math.min(FIRST_WAIT, waitSeconds);
  let outcome = await run(first);
  if (tool.isBusy?.(outcome)) {
    onWait(`the xtables lock is held by another program; waiting for it, ${waitSeconds} s at most`);
    outcome = await run(Math.max(waitSeconds - first, 1));
  }
  const isDone = tool.isDone ? tool.isDone(outcome) : outcome.code === 0;
  if (isDone) return undefined;
  return tool.rejected ? tool.rejected(step, outcome, host.run, waitSeconds) : refusal(step, outcome);
}
