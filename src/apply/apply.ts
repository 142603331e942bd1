/**
 * Apply: brings a node to the desired state by the smallest change, and reads it back to check.
 *
 *     read ─ plan ─ run ─ read ─ plan: empty? done
 *                    └ refused: read ─ plan: another? another program changed the node, so run the new plan
 *                                            the same? restore the rules as they were before
 */
import { oursIn } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import { byTool, type Plan, type PlanOptions, plan, toolOf, without } from '../diff/plan.js';
import type { AnyTool, Step } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { readState } from './read.js';
import { type Ran, rehearse, runSteps, type Target } from './run.js';

export interface Applied {
  /** The observed state before, and in the end. */
  readonly before: ObservedState;
  readonly after: ObservedState;
  /** The first plan. */
  readonly plan: Plan;
  /** The plan for what still differs in the end; empty when the node has the desired state. */
  readonly rest: Plan;
  /** What a tool refused, and whether the rules were restored. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Plans at most: a new one is made when another program changed the node while the last one ran. */
const ATTEMPTS = 4;

/** A state that was just read, and what leads from it to the desired one. */
export interface Begun {
  readonly before: ObservedState;
  readonly plan: Plan;
  /** How the plan ended, where it was run already. */
  readonly ran?: Ran;
}

/** Brings the node to the `desired` state, from where `begun` left off; throws when it cannot be read. */
export async function apply(
  target: Target,
  desired: DesiredState,
  options: PlanOptions,
  begun?: Begun,
): Promise<Applied> {
  const read = () => readState(target.host, target.detected, desired);
  const before = begun?.before ?? (await read());
  let after = before;
  const first = begun?.plan ?? plan(before, desired, options);
  if (!begun?.ran) await rehearse(first.steps, target);
  let next = first;
  let partly: readonly Diagnostic[] = [];
  let warnings: readonly Diagnostic[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && next.steps.length > 0; attempt++) {
    const ran = (attempt === 0 && begun?.ran) || (await runSteps(next.steps, target));
    const { refused } = ran;
    ({ partly, warnings } = ran);
    after = await read();
    const all = plan(after, desired, options);
    const rest = warnings.length > 0 ? without(all, isOptional) : all;
    if (refused && (attempt === ATTEMPTS - 1 || isSame(rest, next))) {
      const diagnostics = await giveUp(target, before, rest, refused, options);
      after = await read();
      return {
        before,
        after,
        plan: first,
        rest: plan(after, desired, options),
        diagnostics: [...diagnostics, ...partly, ...warnings],
      };
    }
    next = rest;
    // A program that changes rules as fast as vipc would keep it busy for ever, so no third plan is run unless a tool refused.
    if (!refused && attempt > 0) break;
  }
  return {
    before,
    after,
    // An optional tool that failed is in the diagnostics, and left out of the plan.
    plan: warnings.length > 0 ? without(first, isOptional) : first,
    rest: next,
    diagnostics: [...partly, ...warnings],
  };
}

function isOptional({ optional }: AnyTool): boolean {
  return optional !== undefined;
}

function isSame(a: Plan, b: Plan): boolean {
  const text = ({ steps }: Plan) =>
    steps.map(({ program, input }) => [program, ...input.map((line) => line.text)].join('\n'));
  return text(a).join('\n') === text(b).join('\n');
}

/** Restores the rules: the old ones serve better than half of the new. Explains what was `refused`, and the outcome. */
async function giveUp(
  target: Target,
  before: ObservedState,
  { steps: left }: Plan,
  refused: Diagnostic,
  options: PlanOptions,
): Promise<readonly Diagnostic[]> {
  const [failed] = left;
  const explained = failed ? await toolOf(failed).explain?.(failed, target.host.run) : [];
  const why = explained && explained.length > 0 ? explained : [refused];
  if (left.every((step) => toolOf(step).isHarmless)) return why;
  const { refused: again } = await runSteps(await undo(target, before, options), target);
  const outcome = again ? { ...again, message: `the rules could not be restored: ${again.message}` } : RULES_AS_BEFORE;
  return [...why, outcome];
}

const RULES_AS_BEFORE: Diagnostic = {
  code: 'rules-kept',
  severity: 'warning',
  message: 'the rules are what they were before',
};

/** The steps back to the state `before`, of the tools that can go back. */
async function undo(target: Target, before: ObservedState, options: PlanOptions): Promise<readonly Step[]> {
  const tools = (TOOLS as readonly AnyTool[]).filter(({ own }) => own !== undefined);
  const [there, ours] = [byTool(before), byTool(oursIn(before))];
  const desired: DesiredState = Object.fromEntries(
    tools.map((tool) => [tool.name, tool.own?.(there[tool.name] ?? tool.nothing, ours[tool.name])]),
  );
  const now = await readState(target.host, target.detected, {}, tools);
  return plan({ ...before, ...now }, desired, options, tools).steps;
}
