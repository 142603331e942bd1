/**
 * apart: a change between two desired states, without what is the very same in both.
 */
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** A change of which everything else is as it was. */
interface Change {
  readonly before: DesiredState;
  readonly after: DesiredState;
}

/** `change` as far as its states may differ, so that nothing after it walks what they share. */
export function apart<T extends Change>(change: T, tools: readonly AnyTool[] = TOOLS): T {
  const [before, after] = [{ ...byTool(change.before) }, { ...byTool(change.after) }];
  for (const { name, apart: separate } of tools) {
    if (!separate || before[name] === undefined || after[name] === undefined) continue;
    [before[name], after[name]] = separate(before[name], after[name]);
  }
  return { ...change, before, after };
}
