/**
 * Sets as text → sections for review, one per set.
 */
import type { Section } from '../../text.js';

/** The sets of `ipset save` text. */
export function sections(text: string): readonly Section[] {
  const bySet = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const set = /^(?:create|add) (\S+)/.exec(line)?.[1];
    if (set === undefined) continue;
    const lines = bySet.get(set);
    if (lines) lines.push(line);
    else bySet.set(set, [line]);
  }
  return [...bySet].map(([title, lines]) => ({ title, lines }));
}
