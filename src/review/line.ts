/**
 * review: one change → its line: `~ default/shop:http  port 80 → 8081`. Long ones continue below, indented.
 */
import { inWords } from '../resolve/view.js';
import type { FieldChange } from './fields.js';
import type { Change, Meaning } from './review.js';

/** Colours a text; returns it unchanged for output without colour. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;

/** The minimum width of a terminal. */
const WIDTH = 80;
const INDENT = '    ';

const COLOUR = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

/** The change as one or more lines. */
export function* summaryLine(change: Change, meaning: Meaning, paint: Paint): Generator<string> {
  const subject = `${change.change} ${subjectOf(change)}`;
  const parts = changeTexts(change, meaning);
  const [first = '', ...rest] = wrapped(parts, subject.length + 2);
  yield `${paint(COLOUR[change.change], subject)}${first === '' ? '' : `  ${first}`}`;
  for (const line of rest) yield `${INDENT}${line}`;
}

function subjectOf({ change, service, node, file }: Change): string {
  if (file !== undefined) return change === '+' ? `${file} is missing` : `${file} is not compiled any more: delete it`;
  if (node !== undefined) return `node ${node}`;
  return service ?? '(no Service)';
}

/** The change in words, one text for each field; if only rules differ, their lines are counted. */
export function changeTexts({ change, file, node, fields, lines }: Change, meaning: Meaning): readonly string[] {
  if (file !== undefined || (node !== undefined && fields.length === 0)) return [];
  if (fields.length > 0) return fields.map((field) => (change === '~' ? changedText(field) : wholeText(field)));
  const { added, removed } = lines;
  const counts = [
    ...(added > 0 ? [`${lineCount(added)} ${meaning['+']}`] : []),
    ...(removed > 0 ? [`${lineCount(removed)} ${meaning['-']}`] : []),
  ];
  return counts.length === 0 ? ['other words in resolved.txt'] : [`rules: ${counts.join(', ')}`];
}

/** `a, b and 3 more` */
export function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function lineCount(n: number): string {
  return `${n} line${n === 1 ? '' : 's'}`;
}

/** The number of members that a line names at most. */
const NAMED = 3;

/** `port 80 → 8081`, `endpoints + 10.0.0.1:80 - 10.0.0.2:80`, `policy Cluster → Local (NodePort)` */
function changedText({ field, of, before, after, added = [], removed = [] }: FieldChange): string {
  const lists = [
    ...(added.length > 0 ? [`+ ${listed(added, NAMED)}`] : []),
    ...(removed.length > 0 ? [`- ${listed(removed, NAMED)}`] : []),
  ];
  const values =
    before !== undefined && after !== undefined
      ? [`${before} → ${after}`]
      : [...(after === undefined ? [] : [`+ ${after}`]), ...(before === undefined ? [] : [`- ${before}`])];
  return [field, ...values, ...lists, ...(of ? [`(${listed(of, NAMED)})`] : [])].join(' ');
}

/** A field of an added or removed ServicePort: `10.96.0.41:80`, `node port *:30080`, `2 endpoints`. */
function wholeText({ field, before, after, added, removed }: FieldChange): string {
  const members = added ?? removed ?? [];
  if (field === 'endpoints') return `${members.length} endpoint${members.length === 1 ? '' : 's'}`;
  if (field === 'traffic') return inWords(after ?? before ?? '');
  if (field === 'cluster IP') return members.join(', ');
  return `${field} ${listed(members, NAMED).replace(/^\*:/, '')}`;
}

/** Texts joined by `; `, with a new line where they do not fit; the first begins at column `start`. */
function wrapped(texts: readonly string[], start: number): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const room = WIDTH - (lines.length === 1 ? start : INDENT.length);
    if (last !== undefined && last.length + 2 + text.length <= room) lines[lines.length - 1] = `${last}; ${text}`;
    else lines.push(text);
  }
  return lines;
}
