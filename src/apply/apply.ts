/**
 * Apply: brings a node to what is desired by the smallest change, and reads back whether it is there.
 *
 *     read ─ plan ─ run ─ read ─ plan: empty? done
 *                    └ refused: read ─ plan: another? another program was at work, so run that
 *                                            the same? the rules go back to what they were
 */
import { oursIn } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import { byTool, type Plan, type PlanOptions, plan, toolOf, without } from '../diff/plan.js';
import type { AnyTool, Step } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { readState } from './read.js';
import { rehearse, runSteps, type Target } from './run.js';

export interface Applied {
  /** What was there before, and in the end. */
  readonly before: ObservedState;
  readonly after: ObservedState;
  /** What was to be done. */
  readonly plan: Plan;
  /** What still differs in the end; empty when all is as desired. */
  readonly rest: Plan;
  /** What a tool refused, and what became of it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How often a plan is made anew because another program changed things while the one before ran. */
const ATTEMPTS = 4;

/** Makes the node what `desired` says, from what was just `observed`; throws when it cannot be read. */
export async function apply(
  target: Target,
  desired: DesiredState,
  options: PlanOptions,
  observed?: ObservedState,
): Promise<Applied> {
  const read = () => readState(target.host, target.detected, desired);
  const before = observed ?? (await read());
  let after = before;
  const first = plan(before, desired, options);
  await rehearse(first.steps, target);
  let next = first;
  let warnings: readonly Diagnostic[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && next.steps.length > 0; attempt++) {
    const ran = await runSteps(next.steps, target);
    const { refused } = ran;
    warnings = ran.warnings;
    after = await read();
    const all = plan(after, desired, options);
    const rest = warnings.length > 0 ? without(all, isOptional) : all;
    const settled = isSame(rest, next) || attempt === ATTEMPTS - 1;
    if (refused && settled) {
      const diagnostics = await giveUp(target, before, rest, refused, options);
      after = await read();
      return {
        before,
        after,
        plan: first,
        rest: plan(after, desired, options),
        diagnostics: [...diagnostics, ...warnings],
      };
    }
    next = rest;
    // A program that changes rules as fast as vipc would keep it busy for ever; a second read tells.
    if (!refused && attempt > 0) break;
  }
  return {
    before,
    after,
    // What cannot be set is said, and then left out.
    plan: warnings.length > 0 ? without(first, isOptional) : first,
    rest: next,
    diagnostics: warnings,
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

/** The rules that were there serve better than half of the new ones; what was `refused`, and what became of it. */
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
  const outcome = again
    ? { ...again, message: `the rules could not be put back to what they were: ${again.message}` }
    : RULES_AS_BEFORE;
  return [...why, outcome];
}

const RULES_AS_BEFORE: Diagnostic = {
  code: 'rules-kept',
  severity: 'warning',
  message: 'the iptables rules are what they were before',
};

/** How to get back what was there, of the tools that can. */
async function undo(target: Target, before: ObservedState, options: PlanOptions): Promise<readonly Step[]> {
  const tools = (TOOLS as readonly AnyTool[]).filter(({ own }) => own !== undefined);
  const [there, ours] = [byTool(before), byTool(oursIn(before))];
  const desired: DesiredState = Object.fromEntries(
    tools.map((tool) => [tool.name, tool.own?.(there[tool.name] ?? tool.nothing, ours[tool.name])]),
  );
  const now = await readState(target.host, target.detected, {}, tools);
  return plan({ ...before, ...now }, desired, options, tools).steps;
}
