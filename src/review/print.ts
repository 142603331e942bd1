/**
 * review: changes → what a reviewer reads, one Service after another, one chain at a time.
 */
import type { DiffLine, ServiceChange } from './compare.js';

/** Colours a piece of text; the identity where there is no colour. */
export type Paint = (style: 'red' | 'green' | 'bold' | 'dim', text: string) => string;

/** `2 Services change: 3 lines added, 1 removed` */
export function summarise(changes: readonly ServiceChange[]): string {
  const services = changes.filter((change) => change.service !== undefined).length;
  const lines = changes.flatMap((change) => change.sections.flatMap((section) => section.lines));
  const added = lines.filter((line) => line.kind === '+').length;
  const removed = lines.filter((line) => line.kind === '-').length;
  const shared = services < changes.length ? `${services > 0 ? ' and ' : ''}lines of no Service` : '';
  const who = services > 0 ? `${services} ServicePort${services === 1 ? '' : 's'}` : '';
  return `${who}${shared}: ${added} line${added === 1 ? '' : 's'} added, ${removed} removed`;
}

/** The changes as lines. */
export function* printChanges(changes: readonly ServiceChange[], paint: Paint): Generator<string> {
  for (const { service, sections } of changes) {
    yield '';
    yield paint('bold', service ?? '(no Service)');
    for (const { title, lines } of sections) {
      yield `  ${paint('dim', title)}`;
      for (const line of withContext(lines)) yield `    ${printLine(line, paint)}`.trimEnd();
    }
  }
}

/** One section that changes. */
export interface ChangeData {
  readonly service?: string;
  readonly what: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The changes as data: whole lines that go and that come, in the order of the text. */
export function toJson(changes: readonly ServiceChange[]): readonly ChangeData[] {
  const of = (lines: readonly DiffLine[], wanted: DiffLine['kind']) =>
    lines.filter(({ kind }) => kind === wanted).map(({ text }) => text);
  return changes.flatMap(({ service, sections }) =>
    sections.map(({ title, lines }) => ({
      ...(service === undefined ? {} : { service }),
      what: title,
      removed: of(lines, '-'),
      added: of(lines, '+'),
    })),
  );
}

function printLine({ kind, text }: DiffLine, paint: Paint): string {
  if (kind === ' ') return `  ${text}`;
  return paint(kind === '+' ? 'green' : 'red', `${kind} ${text}`);
}

/** Unchanged lines around a change that are shown. */
const CONTEXT = 2;

/** Changed lines and a few around them, with a mark where lines were left out. */
function withContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set<number>();
  for (const [i, line] of lines.entries()) {
    if (line.kind === ' ') continue;
    for (let j = i - CONTEXT; j <= i + CONTEXT; j++) near.add(j);
  }
  return lines.flatMap((line, i) => {
    if (near.has(i)) return [line];
    return near.has(i - 1) || i === 0 ? [{ kind: ' ', text: '…' } as const] : [];
  });
}
