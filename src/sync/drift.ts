/**
 * drift: what other programs changed. After a refusal the node is somewhere between two states; only what differs from
 * both is certain to be drift.
 */
import { changesOf } from '../diff/changes.js';
import type { Plan } from '../diff/plan.js';
import type { DiffLine, ServiceChange } from '../review/compare.js';
import type { ObservedState } from '../tools/tools.js';

/** The lines by which the observed state differs from each of the programmed ones; `plans` lead back to these. */
export function driftFrom(plans: readonly Plan[], observed: ObservedState): readonly ServiceChange[] {
  const found = plans.map(({ differences }) => changesOf(differences, observed));
  return found.length === 0 ? [] : found.reduce(common);
}

/** `changes` without the lines that `others` lack. */
export function common(changes: readonly ServiceChange[], others: readonly ServiceChange[]): readonly ServiceChange[] {
  const key = (title: string, { kind, text }: DiffLine) => JSON.stringify([title, kind, text]);
  const there = new Set(
    others.flatMap(({ sections }) => sections.flatMap(({ title, lines }) => lines.map((line) => key(title, line)))),
  );
  return changes.flatMap((change) => {
    const sections = change.sections
      .map(({ title, lines }) => ({ title, lines: lines.filter((line) => there.has(key(title, line))) }))
      .filter(({ lines }) => lines.some(({ kind }) => kind !== ' '));
    return sections.length === 0 ? [] : [{ ...change, sections }];
  });
}
