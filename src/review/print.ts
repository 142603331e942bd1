/**
 * review: a Review → its text: a line for each change, a summary of the rules, then the tables and rules by Service and
 * chain.
 */
import type { DiffLine, ServiceChange } from './compare.js';
import { listed, type Paint, summaryLine } from './line.js';
import type { Group, Meaning, Review } from './review.js';
import { asLines } from './rows.js';

/** `2 ServicePorts: 3 lines added, 1 removed` */
export function summarise(changes: readonly ServiceChange[]): string {
  const services = changes.filter((change) => change.service !== undefined).length;
  const lines = changes.flatMap((change) => change.sections.flatMap((section) => section.lines));
  const added = lines.filter((line) => line.kind === '+').length;
  const removed = lines.filter((line) => line.kind === '-').length;
  const shared = services < changes.length ? `${services > 0 ? ' and ' : ''}lines of no Service` : '';
  const who = services > 0 ? `${services} ServicePort${services === 1 ? '' : 's'}` : '';
  return `${who}${shared}: ${added} line${added === 1 ? '' : 's'} added, ${removed} removed`;
}

/** The review as lines; none when nothing differs. */
export function* printReview({ meaning, nodes, groups }: Review, paint: Paint): Generator<string> {
  const several = nodes.length > 1;
  for (const [i, group] of groups.entries()) {
    if (i > 0) yield '';
    if (several) yield paint('bold', nodesLine(group.nodes));
    yield* printGroup(group, meaning, paint);
  }
}

/** `nodes node-a, node-b and 3 more:` */
function nodesLine(nodes: readonly string[]): string {
  return `${nodes.length === 1 ? 'node' : 'nodes'} ${listed(nodes, 5)}:`;
}

function* printGroup({ summary, resolved, rules }: Group, meaning: Meaning, paint: Paint): Generator<string> {
  for (const change of summary) yield* summaryLine(change, meaning, paint);
  if (resolved.length + rules.length === 0) return;
  yield '';
  if (rules.length > 0) yield summarise(rules);
  yield legend(meaning);
  yield* printChanges(asLines(resolved), paint);
  yield* printChanges(rules, paint);
}

/** `+ missing on this node, - not wanted` */
function legend(meaning: Meaning): string {
  return `+ ${meaning['+']}, - ${meaning['-']}`;
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

function printLine({ kind, text }: DiffLine, paint: Paint): string {
  if (kind === ' ') return `  ${text}`;
  return paint(kind === '+' ? 'green' : 'red', `${kind} ${text}`);
}

/** The number of unchanged lines shown around a change. */
const CONTEXT = 2;

/** Changed lines with their context; `…` marks lines that are left out. */
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
