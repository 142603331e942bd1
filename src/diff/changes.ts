/**
 * changes: Differences → before and after as texts, split for review: by tool, and by Service where that is known.
 */
import { oursIn } from '../backends/ours.js';
import { compare, type SectionChange, type ServiceChange } from '../review/compare.js';
import type { AnyTool } from '../tools/tool.js';
import { type Differences, type ObservedState, TOOLS } from '../tools/tools.js';
import { byTool } from './plan.js';

/** The changes to a node in state `observed`, by Service. */
export function changesOf(
  differences: Differences,
  observed: ObservedState,
  tools: readonly AnyTool[] = TOOLS,
): readonly ServiceChange[] {
  const [found, there, ours] = [byTool(differences), byTool(observed), byTool(oursIn(observed))];
  const changes = tools
    .filter(({ name }) => found[name] !== undefined)
    .map((tool) => tool.changes(found[tool.name], there[tool.name] ?? tool.nothing, ours[tool.name]));
  const compared = compare(
    changes.flatMap(({ before }) => before),
    changes.flatMap(({ after }) => after),
  );
  return withShared(
    compared,
    changes.flatMap(({ edits }) => edits),
  );
}

/** `changes` with more sections that belong to no Service, which come last. */
function withShared(changes: readonly ServiceChange[], more: readonly SectionChange[]): readonly ServiceChange[] {
  const shared = [
    ...changes.filter(({ service }) => service === undefined).flatMap(({ sections }) => sections),
    ...more,
  ];
  const sections = shared.sort((a, b) => (a.title < b.title ? -1 : 1));
  return [...changes.filter(({ service }) => service !== undefined), ...(sections.length > 0 ? [{ sections }] : [])];
}

/** What waits for its end, in words. */
export function notesOf(differences: Differences, tools: readonly AnyTool[] = TOOLS): readonly string[] {
  const found = byTool(differences);
  return tools.flatMap((tool) => (found[tool.name] === undefined ? [] : (tool.notes?.(found[tool.name]) ?? [])));
}
