/**
 * assume: the presumed state of a node between two reads: the foreign part as it was at the last read, ours as it was
 * programmed since. Reading a large node takes a second; this takes no time.
 */
import { oursIn } from '../backends/ours.js';
import type { Owner } from '../owner.js';
import type { Ask } from '../tools/ask.js';
import type { AnyTool } from '../tools/tool.js';
import { type DesiredState, type Differences, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** The foreign part of `observed`; computed once for each read. */
export function othersOf(observed: ObservedState, tools: readonly AnyTool[] = TOOLS): ObservedState {
  const [there, ours] = [byTool(observed), byTool(oursIn(observed))];
  return Object.fromEntries(
    tools.map((tool) => [tool.name, tool.foreign(there[tool.name] ?? tool.nothing, ours[tool.name])]),
  );
}

/** The foreign part after `differences` were carried out on a node that had `others`. */
export function settledOthers(
  others: ObservedState,
  differences: Differences,
  tools: readonly AnyTool[] = TOOLS,
): ObservedState {
  const [foreign, different] = [byTool(others), byTool(differences)];
  return Object.fromEntries(
    tools.map(({ name, nothing, settled }) => {
      const there = foreign[name] ?? nothing;
      return [name, settled && different[name] !== undefined ? settled(there, different[name]) : there];
    }),
  );
}

/** The node on which `desired` was programmed beside `others`. */
export function assume(others: ObservedState, desired: DesiredState, tools: readonly AnyTool[] = TOOLS): ObservedState {
  const [foreign, desiredByTool] = [byTool(others), byTool(desired)];
  return Object.fromEntries(
    tools.map((tool) => [tool.name, tool.assume(foreign[tool.name] ?? tool.nothing, desiredByTool[tool.name])]),
  );
}

/** `assumed`, read again as far as a plan depends on what changes by itself; the very same when it does not. */
export async function recheck(
  ask: Ask,
  assumed: ObservedState,
  differences: Differences,
  tools: readonly AnyTool[] = TOOLS,
): Promise<ObservedState> {
  const [there, different] = [byTool(assumed), byTool(differences)];
  const read = await Promise.all(
    tools.map(async ({ name, nothing, recheck: again }) => {
      const known = there[name] ?? nothing;
      const now = again ? await again(ask, known, different[name]) : known;
      return now === known ? [] : [[name, now] as const];
    }),
  );
  const changed = read.flat();
  return changed.length === 0 ? assumed : { ...assumed, ...Object.fromEntries(changed) };
}

/** What a carried out plan leaves until it ends by itself, in the place of what was left before; and whose it is. */
export function leftBy(
  others: ObservedState,
  differences: Differences,
  tools: readonly AnyTool[] = TOOLS,
): { readonly others: ObservedState; readonly owners: readonly Owner[] } {
  const different = byTool(differences);
  const left = tools.flatMap(({ name, left: leftOf }) => {
    return leftOf && different[name] !== undefined ? [[name, leftOf(different[name])] as const] : [];
  });
  return {
    others: { ...others, ...Object.fromEntries(left.map(([name, { foreign }]) => [name, foreign])) },
    owners: left.flatMap(([, { owners }]) => owners),
  };
}
