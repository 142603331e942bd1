/**
 * cli: effects of a difference → standard output.
 */
import type { Effects } from '../effect/between.js';
import { effectAnnotations, effectLines, effectMarkdown, type NodesEffects } from '../effect/print.js';
import { reviewData } from '../review/json.js';
import { listed } from '../review/line.js';
import type { Review } from '../review/review.js';
import { type Io, painter, writeJson, writeLines } from './io.js';

/** The formats of `diff`; the last two are only of effects. */
export type DiffFormat = 'text' | 'json' | 'markdown' | 'github';

/** Nodes with the same effects together. */
export function effectGroups(
  found: Iterable<{ readonly node: string; readonly effects: Effects }>,
): readonly NodesEffects[] {
  const groups = new Map<string, { nodes: string[]; effects: Effects }>();
  for (const { node, effects } of found) {
    const key = JSON.stringify(effects);
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], effects });
  }
  return [...groups.values()].map(({ nodes, effects }) => ({ ...effects, nodes }));
}

/** Prints effects of the nodes that differ; `review` is the same difference by rule. */
export async function printEffects(
  found: readonly NodesEffects[],
  review: Review,
  format: DiffFormat,
  io: Io,
): Promise<void> {
  // The only node needs no name.
  const groups = review.nodes.length > 1 ? found : found.map((group) => ({ ...group, nodes: [] }));
  if (format === 'json') return writeJson(io.stdout, { ...reviewData(review), effects: effectData(groups) });
  if (format === 'markdown') return writeLines(io.stdout, effectMarkdown(groups));
  if (format === 'github') return writeLines(io.stdout, effectAnnotations(groups));
  const paint = painter(io.stdout, io.env);
  for (const [i, group] of groups.entries()) {
    if (i > 0) await writeLines(io.stdout, ['']);
    const { nodes } = group;
    if (nodes.length > 0)
      await writeLines(io.stdout, [paint('bold', `${nodes.length === 1 ? 'node' : 'nodes'} ${listed(nodes, 5)}:`)]);
    await writeLines(io.stdout, effectLines(group));
  }
}

function effectData(groups: readonly NodesEffects[]): readonly object[] {
  return groups.flatMap(({ nodes, effects }) => {
    return effects.map((effect) => ({ ...effect, ...(nodes.length > 0 && { nodes }) }));
  });
}
