/**
 * assume: what a node is taken for between two reads: what others had when it was read last, and of ours what was
 * programmed since. Reading a large node takes a second; this takes none.
 */
import { oursIn } from '../backends/ours.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** `observed` without what is ours; made once for each read. */
export function othersOf(observed: ObservedState, tools: readonly AnyTool[] = TOOLS): ObservedState {
  const [there, ours] = [byTool(observed), byTool(oursIn(observed))];
  return Object.fromEntries(
    tools.map((tool) => [tool.name, tool.foreign(there[tool.name] ?? tool.nothing, ours[tool.name])]),
  );
}

/** The node on which `desired` was programmed beside `others`; what changes by itself was `read` now. */
export function assume(
  others: ObservedState,
  desired: DesiredState,
  read: ObservedState,
  tools: readonly AnyTool[] = TOOLS,
): ObservedState {
  const [foreign, wanted] = [byTool(others), byTool(desired)];
  const assumed = tools.map((tool) => [tool.name, tool.assume(foreign[tool.name] ?? tool.nothing, wanted[tool.name])]);
  return { ...Object.fromEntries(assumed), ...read };
}
