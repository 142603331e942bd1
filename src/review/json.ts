/**
 * review: a Review → one JSON object.
 *
 *     same       nothing differs
 *     synthetic  true where addresses or endpoints are made up, alike on both sides
 *     meaning    what "+" and "-" say here
 *     nodes      all that were compared, where they have names
 *     summary    one entry a change: change (+, -, ~), service or node or file, fields, lines, and the same as text
 *     resolved   rows of resolved.txt, their cells with two blanks between, and
 *     changes    lines of rules, that come and go: service, what (file and chain, set or server), removed, added
 *
 * Where several nodes were compared, an entry of the last three says for which of them it holds.
 */
import type { DiffLine, ServiceChange } from './compare.js';
import { changeTexts } from './line.js';
import type { Group, Review } from './review.js';
import type { RowChange, TablesChange } from './rows.js';

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

/** The review as an object for JSON. */
export function reviewData({ meaning, synthetic, nodes, groups }: Review): object {
  const several = nodes.length > 1;
  const all = (entries: (group: Group) => readonly object[]): readonly object[] =>
    groups.flatMap((group) => entries(group).map((entry) => (several ? { ...entry, nodes: group.nodes } : entry)));
  return {
    same: groups.length === 0,
    ...(synthetic && { synthetic }),
    meaning,
    nodes: nodes.filter((name) => name !== ''),
    summary: all(({ summary }) =>
      summary.map((change) => ({ ...change, text: changeTexts(change, meaning).join('; ') })),
    ),
    resolved: all(({ resolved }) => rowsData(resolved)),
    changes: all(({ rules }) => toJson(rules)),
  };
}

function rowsData(changes: readonly TablesChange[]): readonly ChangeData[] {
  const of = (rows: readonly RowChange[], wanted: RowChange['kind']) =>
    rows.filter(({ kind }) => kind === wanted).map(({ cells }) => cells.join('  '));
  return changes.flatMap(({ service, sections }) =>
    sections.map(({ title, rows }) => ({ service, what: title, removed: of(rows, '-'), added: of(rows, '+') })),
  );
}
