/**
 * accept: a reviewed list of differences that are meant → which groups are among them, and which lines have none.
 */
import type { Group } from './groups.js';

/** Takes all that differs by design. */
export const BY_DESIGN = 'by-design';

export interface Accepted {
  readonly open: readonly Group[];
  readonly accepted: readonly Group[];
  /** Lines that no group has: what was accepted is no more, or is another by now. */
  readonly stale: readonly string[];
}

/** The lines of a list; `#` begins a comment where it has a blank behind it or begins the line. */
export function parseAccepted(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const wanted = line.replace(/(?:^|\s)#(?:\s.*|$)/, '').trim();
    return wanted === '' ? [] : [wanted];
  });
}

/** What could not be decided is never accepted. */
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
