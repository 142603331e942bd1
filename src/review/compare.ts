/**
 * review: two texts of one artifact → what changed, by Service and chain. Comparing section by section takes time in
 * proportion to the text; a line diff of the whole would take minutes where thousands of lines changed.
 */
import { diffArrays } from 'diff';
import type { Section } from '../text.js';

/** A line that both texts have, or only one of them. */
export interface DiffLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

export interface SectionChange {
  readonly title: string;
  readonly lines: readonly DiffLine[];
}

/** All changes of one Service; `service` is absent for what no Service owns. */
export interface ServiceChange {
  readonly service?: string;
  readonly sections: readonly SectionChange[];
}

/** What to do to `before` to get `after`, grouped by Service in order of name, Services first. */
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

/** The way back: what comes goes, and what goes comes; the lines that stay are the same. */
export function reversed(changes: readonly ServiceChange[]): readonly ServiceChange[] {
  return changes.map((change) => ({
    ...change,
    sections: change.sections.map(({ title, lines }) => ({ title, lines: swapped(lines) })),
  }));
}

const SWAPPED = { '+': '-', '-': '+', ' ': ' ' } as const;

/** Of lines that change in one place, those that go come first. */
function swapped(lines: readonly DiffLine[]): readonly DiffLine[] {
  const told: DiffLine[] = [];
  const come: DiffLine[] = [];
  for (const { kind, text } of lines) {
    if (kind === '-') come.push({ kind: SWAPPED[kind], text });
    else {
      if (kind === ' ') told.push(...come.splice(0));
      told.push({ kind: SWAPPED[kind], text });
    }
  }
  return [...told, ...come];
}

/** Past this many edits a diff of lines is no help to a reader; the section is shown as removed and added. */
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
