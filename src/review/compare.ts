/**
 * review: two texts of one artifact → the changes, by Service and chain. Comparing section by section takes linear
 * time; a line diff of the whole text would take minutes when thousands of lines changed.
 */
import { diffArrays } from 'diff';
import type { Section } from '../text.js';

/** A line of both texts, or of only one. */
export interface DiffLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

export interface SectionChange {
  readonly title: string;
  readonly lines: readonly DiffLine[];
}

/** All changes of one Service; `service` is absent for sections that belong to no Service. */
export interface ServiceChange {
  readonly service?: string;
  readonly sections: readonly SectionChange[];
}

/** The changes from `before` to `after`, sorted by Service; sections of no Service come last. */
export function compare(before: readonly Section[], after: readonly Section[]): readonly ServiceChange[] {
  const key = (section: Section) => `${section.title} ${section.service ?? ''}`;
  const old = new Map(before.map((section) => [key(section), section]));
  const now = new Map(after.map((section) => [key(section), section]));
  const byService = new Map<string, SectionChange[]>();
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const [from, to] = [old.get(id), now.get(id)];
    const lines = diffLines(from?.lines ?? [], to?.lines ?? []);
    if (lines.every((line) => line.kind === ' ')) continue;
    const { title = '', service = '' } = to ?? from ?? {};
    const sections = byService.get(service);
    if (sections) sections.push({ title, lines });
    else byService.set(service, [{ title, lines }]);
  }
  return [...byService].sort(byServiceName).map(([service, sections]) => ({
    ...(service === '' ? {} : { service }),
    sections: sections.sort((a, b) => (a.title < b.title ? -1 : 1)),
  }));
}

/** The changes in the opposite direction: added lines become removed ones, and the other way round. */
export function reversed(changes: readonly ServiceChange[]): readonly ServiceChange[] {
  return changes.map((change) => ({
    ...change,
    sections: change.sections.map(({ title, lines }) => ({ title, lines: swapped(lines) })),
  }));
}

const SWAPPED = { '+': '-', '-': '+', ' ': ' ' } as const;

/** In each place, removed lines come before added ones. */
function swapped(lines: readonly DiffLine[]): readonly DiffLine[] {
  const result: DiffLine[] = [];
  const added: DiffLine[] = [];
  for (const { kind, text } of lines) {
    if (kind === '-') added.push({ kind: SWAPPED[kind], text });
    else {
      if (kind === ' ') result.push(...added.splice(0));
      result.push({ kind: SWAPPED[kind], text });
    }
  }
  return [...result, ...added];
}

/** Above this many edits a line diff does not help a reader: the section is shown as removed and added. */
export const MAX_EDITS = 2000;

/** The line diff of two short texts. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: MAX_EDITS });
  if (!parts) return [...lines('-', before), ...lines('+', after)];
  return parts.flatMap((part) => lines(part.added ? '+' : part.removed ? '-' : ' ', part.value));
}

function lines(kind: DiffLine['kind'], texts: readonly string[]): readonly DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

function byServiceName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if ((a === '') !== (b === '')) return a === '' ? 1 : -1;
  return a < b ? -1 : 1;
}
