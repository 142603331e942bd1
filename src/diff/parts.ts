/**
 * parts: a desired state as a set of parts, and what is left of it; see Look in tools/tool.ts.
 */
import { oursIn } from '../backends/ours.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** The parts of all tools; those of which `but` has the very same may be left out. */
export function* partsOf(
  desired: DesiredState,
  but: DesiredState = {},
  tools: readonly AnyTool[] = TOOLS,
): Generator<string> {
  const [of, without, ours] = [byTool(desired), byTool(but), byTool(oursIn({}))];
  for (const { name, look } of tools)
    if (look && of[name] !== undefined) yield* look.parts(of[name], ours[name], without[name]);
}

/** What is compared itself. */
export function restOf(desired: DesiredState, tools: readonly AnyTool[] = TOOLS): DesiredState {
  const [of, ours] = [byTool(desired), byTool(oursIn({}))];
  const used = tools.filter(({ name }) => of[name] !== undefined);
  return Object.fromEntries(used.map(({ name, look }) => [name, look ? look.rest(of[name], ours[name]) : of[name]]));
}
