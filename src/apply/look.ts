/**
 * Look: a node → its observed state without the parts that are as programmed, read so that everything else in this
 * process has its turn meanwhile.
 */
import { oursIn } from '../backends/ours.js';
import { byTool } from '../diff/plan.js';
import type { Detected } from '../tools/detected.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type ObservedState, TOOLS } from '../tools/tools.js';
import type { Host } from './host.js';

/**
 * The observed state beside the parts that are known; undefined when a tool has other parts. `rest` is what is desired
 * beside all parts. Throws when the node cannot be read. One tool is read after the other: to start a program holds a
 * large process up for milliseconds.
 */
export async function lookAt(
  { run }: Host,
  detected: Detected,
  rest: DesiredState,
  isKnown: (part: string) => boolean,
  tools: readonly AnyTool[] = TOOLS,
): Promise<ObservedState | undefined> {
  const [desired, ours] = [byTool(rest), byTool(oursIn({}))];
  const read: (readonly [string, unknown])[] = [];
  for (const tool of tools) {
    const scope = { ...detected, desired: desired[tool.name], ours: ours[tool.name] };
    const isInParts = tool.look && scope.desired !== undefined;
    const looked = isInParts ? await tool.look.read(run, scope, isKnown) : { observed: await tool.read(run, scope) };
    if (!looked) return undefined;
    read.push([tool.name, looked.observed]);
  }
  return Object.fromEntries(read);
}
