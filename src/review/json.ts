/**
 * review: a Review → one JSON object.
 *
 *     same       true when nothing differs
 *     synthetic  true when addresses or endpoints are synthetic, the same on both sides
 *     meaning    the meaning of "+" and "-"
 *     nodes      the names of all compared nodes
 *     summary    one entry per change: change (+, -, ~), service or node or file, fields, lines, and the same as text
 *     resolved   removed and added rows of resolved.txt, their cells separated by two blanks
 *     changes    removed and added lines of rules: service, what (file and chain, set or server), removed, added
 *
 * If several nodes were compared, each entry of the last three lists its nodes.
 */
import type { DiffLine, ServiceChange } from './compare.js';
import { changeTexts } from './line.js';
import type { Group, Review } from './review.js';
import type { RowChange, TablesChange } from './rows.js';

/** One changed section. */
export interface ChangeData {
  readonly service?: string;
  readonly what: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The changes as data: removed and added lines, in the order of the text. */
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
