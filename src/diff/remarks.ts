/**
 * Remarks: facts about a node, beside the differences, that its administrator should know.
 */
import { oursIn } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** Warnings about `observed`, which is about to become `desired`. */
export function remarks(
  observed: ObservedState,
  desired: DesiredState,
  tools: readonly AnyTool[] = TOOLS,
): readonly Diagnostic[] {
  const [there, desiredByTool, ours] = [byTool(observed), byTool(desired), byTool(oursIn(observed))];
  return tools.flatMap((tool) => tool.remarks?.(there[tool.name], desiredByTool[tool.name], ours[tool.name]) ?? []);
}
