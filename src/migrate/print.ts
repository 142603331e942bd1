/**
 * print: a migration → a page for people, or a checklist in Markdown. Texts are raw: printers make them safe.
 */
import { aligned, LAYOUTS } from '../table.js';
import type { Difference } from './differences.js';
import { type Kind, kindOf } from './kinds.js';

/** All that is known of a migration. */
export interface Migration {
  readonly from: string;
  readonly to: string;
  readonly differences: readonly Difference[];
  /** What the node lacks, with the worst first; absent without a node. */
  readonly node?: readonly Ready[];
}

/** A finding about the node. */
export interface Ready {
  readonly check: string;
  readonly state: 'problem' | 'warning' | 'unseen' | 'ok';
  readonly message: string;
  readonly hint?: string;
}

/** Whether a client loses an answer, or the node cannot load the rules of the new mode. */
export function isBroken({ differences, node = [] }: Migration): boolean {
  const lacks = node.some(({ check, state }) => state === 'problem' && LOADING.has(check));
  return lacks || differences.some(({ breaks }) => breaks);
}

/** Checks of vipc doctor on which loading rules depends. */
const LOADING: ReadonlySet<string> = new Set(['tools', 'kernel']);

interface Group {
  readonly kind: Kind;
  readonly breaks: boolean;
  readonly differences: readonly Difference[];
}

function groupsOf(differences: readonly Difference[]): readonly Group[] {
  const groups = new Map<string, Difference[]>();
  for (const each of differences) {
    const key = `${each.breaks} ${each.name}`;
    const list = groups.get(key);
    if (list) list.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    return first ? [{ kind: kindOf(first.name), breaks: first.breaks, differences: list }] : [];
  });
}

/** Rows of a kind that are shown; all with `isWhole`. */
const MOST_ROWS = 5;
const MOST_PLACES = 2;

/** The page. */
export function* textLines(migration: Migration, isWhole: boolean): Generator<string> {
  const groups = groupsOf(migration.differences);
  yield sentenceOf(migration, groups);
  for (const [title, wanted] of TITLES) {
    const found = groups.filter(({ breaks }) => breaks === wanted);
    if (found.length === 0) continue;
    yield '';
    yield title;
    for (const group of found) {
      yield `  ${group.kind.title}`;
      for (const row of rowsOf(group, isWhole)) yield `      ${row}`;
      if (group.kind.todo !== NOTHING) yield `    → ${group.kind.todo}`;
    }
  }
  const node = (migration.node ?? []).filter(({ state }) => state !== 'ok');
  if (migration.node) yield* ['', 'this node'];
  if (migration.node && node.length === 0) yield '  has what nftables mode needs';
  for (const { state, message, hint } of node) {
    yield `  ${state}: ${message}`;
    if (hint !== undefined) yield `    → ${hint}`;
  }
}

const NOTHING = 'nothing';

const TITLES: readonly (readonly [string, boolean])[] = [
  ['breaks', true],
  ['notes', false],
];

function sentenceOf({ from, to }: Migration, groups: readonly Group[]): string {
  const broken = groups.filter(({ breaks }) => breaks).length;
  const notes = groups.length - broken;
  const way = `from ${from} to ${to}:`;
  if (groups.length === 0) return `${way} no packet is treated differently`;
  const rest = notes === 0 ? '' : `${notes} ${notes === 1 ? 'difference' : 'differences'} to know`;
  if (broken === 0) return `${way} nothing breaks; ${rest}`;
  return `${way} ${broken} ${broken === 1 ? 'thing breaks' : 'things break'}${rest === '' ? '' : `, and ${rest}`}`;
}

/** One row for each ServicePort; for packets to none an example. */
function rowsOf({ differences }: Group, isWhole: boolean): readonly string[] {
  const shown = isWhole ? differences : differences.slice(0, MOST_ROWS);
  const rows = shown.map(({ service, places, clients }) => [
    service ?? 'for example',
    service === undefined ? (places[0] ?? '') : placesText(places, isWhole),
    `from ${clients.join(', ')}`,
  ]);
  const left = differences.length - shown.length;
  return [...aligned(rows, LAYOUTS.resolved), ...(left > 0 ? [`and ${left} more (-v shows all)`] : [])];
}

function placesText(places: readonly string[], isWhole: boolean): string {
  const shown = isWhole ? places : places.slice(0, MOST_PLACES);
  const left = places.length - shown.length;
  return shown.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** The checklist: what to do before the migration, and what to know. */
export function* markdownLines(migration: Migration): Generator<string> {
  const groups = groupsOf(migration.differences);
  yield `# From ${migration.from} to ${migration.to}`;
  yield '';
  yield `${capital(sentenceOf(migration, groups))}.`;
  const problems = (migration.node ?? []).filter(({ state }) => state !== 'ok');
  const todo = groups.filter(({ breaks, kind }) => breaks || kind.todo !== NOTHING);
  if (todo.length + problems.length > 0) yield* ['', '## Before', ''];
  for (const { state, message, hint } of problems)
    yield `- [ ] this node: **${state}**: ${escaped(message)}${hint === undefined ? '' : ` (${escaped(hint)})`}`;
  for (const group of todo) {
    yield `- [ ] ${group.breaks ? '**breaks**: ' : ''}${group.kind.title}: ${group.kind.todo}`;
    for (const row of listed(group)) yield `  - ${row}`;
  }
  const rest = groups.filter((group) => !todo.includes(group));
  if (rest.length > 0) yield* ['', '## To know', ''];
  for (const group of rest) {
    yield `- ${group.kind.title}`;
    for (const row of listed(group)) yield `  - ${row}`;
  }
}

function listed({ differences }: Group): readonly string[] {
  return differences
    .filter(({ service }) => service !== undefined)
    .map(
      ({ service = '', places, clients }) =>
        `${escaped(service)}: ${escaped(placesText(places, false))}, from ${clients.join(', ')}`,
    );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
