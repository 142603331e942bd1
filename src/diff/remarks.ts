/**
 * Remarks: what a node has beside what differs that its owner must know.
 */
import { oursIn } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** Warnings about `observed`, which is to be made `desired`. */
export function remarks(
  observed: ObservedState,
  desired: DesiredState,
  tools: readonly AnyTool[] = TOOLS,
): readonly Diagnostic[] {
  const [there, wanted, ours] = [byTool(observed), byTool(desired), byTool(oursIn(observed))];
  return tools.flatMap((tool) => tool.remarks?.(there[tool.name], wanted[tool.name], ours[tool.name]) ?? []);
}
