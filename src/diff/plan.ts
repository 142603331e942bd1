/**
 * plan: ObservedState × DesiredState → the differences, and the input of each tool, in order. An empty plan means that
 * the node is in sync. The order is the table of stages in tools/tools.ts.
 */
import { oursIn } from '../backends/ours.js';
import type { Cidr } from '../ip.js';
import { type AnyTool, type How, isEmpty, type Phase, type Step } from '../tools/tool.js';
import { type DesiredState, type Differences, type ObservedState, STAGES, type Stage, TOOLS } from '../tools/tools.js';

export interface Plan {
  readonly differences: Differences;
  readonly steps: readonly Step[];
}

export interface PlanOptions extends How {
  /** Virtual servers in these networks stay, though they are not desired. */
  readonly excludeCIDRs: readonly Cidr[];
}

/** No state of ours. */
export const EMPTY_STATE: DesiredState = {};

/** How to change `observed` into `desired`, by `tools`. */
export function plan(
  observed: ObservedState,
  desired: DesiredState,
  options: PlanOptions,
  tools: readonly AnyTool[] = TOOLS,
): Plan {
  const ours = byTool(oursIn(observed, options));
  const [there, desiredByTool] = [byTool(observed), byTool(desired)];
  const differences = Object.fromEntries(
    tools.map((tool) => [
      tool.name,
      tool.diff(there[tool.name] ?? tool.nothing, desiredByTool[tool.name], ours[tool.name]),
    ]),
  );
  return { differences, steps: stepsOf(differences, desired, options, tools) };
}

/** A record of tools, typed as one of any tools. */
export function byTool(record: object): Readonly<Record<string, unknown>> {
  return record as Readonly<Record<string, unknown>>;
}

/** The steps of a plan, except those of some tools. */
export function without({ differences, steps }: Plan, isLeftOut: (tool: AnyTool) => boolean): Plan {
  const names = new Set<string>((TOOLS as readonly AnyTool[]).filter(isLeftOut).map(({ name }) => name));
  return {
    differences: Object.fromEntries(Object.entries(differences).filter(([name]) => !names.has(name))),
    steps: steps.filter(({ tool }) => !names.has(tool)),
  };
}

/** The tool of a step. */
export function toolOf({ tool: name }: Step): AnyTool {
  const found = (TOOLS as readonly AnyTool[]).find((tool) => tool.name === name);
  if (!found) throw new Error(`no tool ${name}`);
  return found;
}

function stepsOf(
  differences: Readonly<Record<string, unknown>>,
  desired: DesiredState,
  how: How,
  tools: readonly AnyTool[],
): readonly Step[] {
  const known = new Set(STAGES.map(({ tool }) => tool));
  const last = tools.filter(({ name }) => !known.has(name)).map(({ name }): Stage => ({ tool: name, phase: 'whole' }));
  const stages = [...STAGES, ...last].flatMap((stage) => {
    const tool = tools.find(({ name }) => name === stage.tool);
    return tool ? [{ ...stage, tool }] : [];
  });
  const run = (tool: AnyTool, phase: Phase) =>
    tool.steps(differences[tool.name], phase, byTool(desired)[tool.name], how).filter((step) => !isEmpty(step));
  const made = new Map(
    stages.filter(({ tool }) => !tool.isAtomic).map((stage) => [stage, run(stage.tool, stage.phase)]),
  );
  const isMoved = stages.some((stage) => stage.moves && (made.get(stage) ?? []).length > 0);
  /** An atomic tool changes in one step, at its first stage, unless other steps must run between its two halves. */
  const atomic = ({ tool, phase }: (typeof stages)[number]) =>
    isMoved ? run(tool, phase) : phase === 'grow' ? run(tool, 'whole') : [];
  return stages.flatMap((stage) => made.get(stage) ?? atomic(stage));
}
