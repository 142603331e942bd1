/**
 * accept: groups and the reviewed lines of --accept → accepted groups, open groups, and lines without a group.
 */
import type { Group } from './groups.js';

/** The line that accepts all by-design differences. */
export const BY_DESIGN = 'by-design';

export interface Accepted {
  readonly open: readonly Group[];
  readonly accepted: readonly Group[];
  /** Lines that match no group: the accepted difference has gone, or has changed. */
  readonly stale: readonly string[];
}

/** The lines of a list. `#` alone, between blanks or line ends, begins a comment: ids contain ` #<digest>`. */
export function parseAccepted(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const wanted = line.replace(/(?:^|\s)#(?:\s.*|$)/, '').trim();
    return wanted === '' ? [] : [wanted];
  });
}

/** Divides the groups; undecided groups are never accepted. */
export function accept(groups: readonly Group[], lines: readonly string[]): Accepted {
  const wanted = new Set(lines);
  const isMeant = (group: Group) =>
    group.kind !== 'undecided' &&
    (wanted.has(group.id) ||
      (group.byDesign.length > 0 &&
        (wanted.has(BY_DESIGN) || group.byDesign.every((name) => wanted.has(`${BY_DESIGN}:${name}`)))));
  const accepted = groups.filter(isMeant);
  const used = new Set([
    BY_DESIGN,
    ...accepted.flatMap(({ id, byDesign }) => [id, ...byDesign.map((name) => `${BY_DESIGN}:${name}`)]),
  ]);
  return {
    open: groups.filter((group) => !isMeant(group)),
    accepted,
    stale: [...wanted].filter((line) => !used.has(line)),
  };
}
