/**
 * together: the rules that differ node by node → nodes with the same difference together, and of a difference that is too
 * long for a page its beginning.
 */
import type { ServiceChange } from '../review/compare.js';
import type { Rules } from './model.js';

/** About 3 MB, which compress well. */
const MOST_LINES = 20_000;

/** Nodes with the same changes together, and of long ones the beginning. */
export function together(
  found: readonly { readonly node: string; readonly changes: readonly ServiceChange[] }[],
): readonly Rules[] {
  const groups = new Map<string, { nodes: string[]; changes: readonly ServiceChange[] }>();
  for (const { node, changes } of found) {
    if (changes.length === 0) continue;
    const key = JSON.stringify(changes);
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], changes });
  }
  let room = MOST_LINES;
  return [...groups.values()].map(({ nodes, changes }) => {
    const kept = changes.filter((change) => {
      room -= linesOf(change);
      return room >= 0;
    });
    const omitted = sum(changes) - sum(kept);
    return { nodes, changes: kept, omitted };
  });
}

function linesOf({ sections }: ServiceChange): number {
  return sections.reduce((count, { lines }) => count + lines.length, 0);
}

function sum(changes: readonly ServiceChange[]): number {
  return changes.reduce((count, change) => count + linesOf(change), 0);
}
