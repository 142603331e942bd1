/**
 * assume: the presumed state of a node between two reads: the foreign part as it was at the last read, ours as it was
 * programmed since. Reading a large node takes a second; this takes no time.
 */
import { oursIn } from '../backends/ours.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** The foreign part of `observed`; computed once for each read. */
export function othersOf(observed: ObservedState, tools: readonly AnyTool[] = TOOLS): ObservedState {
  const [there, ours] = [byTool(observed), byTool(oursIn(observed))];
  return Object.fromEntries(
    tools.map((tool) => [tool.name, tool.foreign(there[tool.name] ?? tool.nothing, ours[tool.name])]),
  );
}

/** The node on which `desired` was programmed beside `others`; `read` holds the tools that were read again just now. */
export function assume(
  others: ObservedState,
  desired: DesiredState,
  read: ObservedState,
  tools: readonly AnyTool[] = TOOLS,
): ObservedState {
  const [foreign, desiredByTool] = [byTool(others), byTool(desired)];
  const assumed = tools.map((tool) => [
    tool.name,
    tool.assume(foreign[tool.name] ?? tool.nothing, desiredByTool[tool.name]),
  ]);
  return { ...Object.fromEntries(assumed), ...read };
}
