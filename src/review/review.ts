/**
 * review: two compiled sides, on one node or several → a Review: plain data for text and JSON, with a line for each
 * change, the changed ServicePorts, and the changed rules.
 */
import type { NodeView, PortView } from '../resolve/view.js';
import type { Section } from '../text.js';
import { compare, type ServiceChange } from './compare.js';
import { type FieldChange, fieldChanges, KINDS } from './fields.js';
import { asLines, resolvedChanges, type TablesChange } from './rows.js';

/** The meaning of the signs of a difference. */
export interface Meaning {
  readonly '-': string;
  readonly '+': string;
}

/** One change of a Service, of the node itself, of a file, or of rules that belong to no Service. */
export interface Change {
  readonly change: '+' | '-' | '~';
  readonly service?: string;
  readonly node?: string;
  readonly file?: string;
  /** The changed fields; empty when only rules differ. */
  readonly fields: readonly FieldChange[];
  /** The number of rule lines that the change adds and removes. */
  readonly lines: { readonly added: number; readonly removed: number };
}

/** The difference on one node or on several equal ones. */
export interface Difference {
  readonly summary: readonly Change[];
  /** The tables of resolved.txt. */
  readonly resolved: readonly TablesChange[];
  /** Rules, sets and virtual servers in the language of each tool. */
  readonly rules: readonly ServiceChange[];
}

/** Nodes with the same difference. */
export interface Group extends Difference {
  readonly nodes: readonly string[];
}

export interface Review {
  readonly meaning: Meaning;
  /** Addresses or endpoints are synthetic, the same on both sides. */
  readonly synthetic: boolean;
  /** All compared nodes. */
  readonly nodes: readonly string[];
  /** The nodes that differ. */
  readonly groups: readonly Group[];
}

/** One side of a comparison, for one node. */
export interface Side {
  readonly resolved: readonly NodeView[];
  readonly sections: readonly Section[];
}

/**
 * The difference of two sides; `missing` are files that only the second side has, `left` those that only the first has.
 */
export function difference(
  before: Side,
  after: Side,
  missing: readonly string[] = [],
  left: readonly string[] = [],
): Difference {
  const rules = compare(before.sections, after.sections);
  const lines = countsByService(rules);
  const resolved = resolvedChanges(before.resolved, after.resolved);
  const services = portChanges(before.resolved, after.resolved).map((change) => withLines(change, lines));
  const listed = new Set(services.map(({ service }) => service));
  const changed = [...resolved.map(({ service = '' }) => service), ...lines.keys()];
  const others = [...new Set(changed)].filter((service) => !listed.has(service));
  return {
    summary: [
      ...missing.map((file): Change => ({ change: '+', file, fields: [], lines: NO_LINES })),
      ...left.map((file): Change => ({ change: '-', file, fields: [], lines: NO_LINES })),
      ...nodeChanges(before.resolved, after.resolved),
      ...services,
      ...others.map((service) => withLines({ change: '~', ...(service && { service }), fields: [] }, lines)),
    ],
    resolved,
    rules,
  };
}

/** The same for a live node, which has only rules. */
export function ruleDifference(rules: readonly ServiceChange[]): Difference {
  const lines = countsByService(rules);
  const summary = rules.map(({ service, sections }) => {
    const kinds = new Set(sections.flatMap((section) => section.lines.map(({ kind }) => kind)));
    const [kind] = kinds;
    const change = kinds.size === 1 && (kind === '+' || kind === '-') ? kind : '~';
    return withLines({ change, ...(service === undefined ? {} : { service }), fields: [] }, lines);
  });
  return { summary, resolved: [], rules };
}

/** The difference for a node that only one side has. */
export function loneNode(node: string, change: '+' | '-'): Difference {
  return { summary: [{ change, node, fields: [], lines: NO_LINES }], resolved: [], rules: [] };
}

/** Whether nothing differs. */
export function isSame({ summary, resolved, rules }: Difference): boolean {
  return summary.length + resolved.length + rules.length === 0;
}

/** Groups nodes with the same changes; unchanged lines, such as the places of endpoints, may differ. */
export function grouped(
  found: Iterable<{ readonly node: string; readonly difference: Difference }>,
): Pick<Review, 'nodes' | 'groups'> {
  const nodes: string[] = [];
  const groups = new Map<string, { nodes: string[]; difference: Difference }>();
  for (const { node, difference } of found) {
    nodes.push(node);
    if (isSame(difference)) continue;
    const key = keyOf(difference);
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], difference });
  }
  return { nodes, groups: [...groups.values()].map(({ nodes, difference }) => ({ nodes, ...difference })) };
}

/** The place of an endpoint in the tables: `this node` depends on the node. */
const WHERE = /\b(?:this node|node [a-z0-9.-]+)/g;

/** The key of a group: one text is printed for all its nodes, so changed lines must be equal, including blanks. */
function keyOf({ summary, resolved, rules }: Difference): string {
  const changed = [...asLines(resolved), ...rules].map(({ service, sections }) => [
    service,
    sections.map(({ title, lines }) => [
      title,
      lines.filter(({ kind }) => kind !== ' ').map(({ kind, text }) => [kind, text.replace(WHERE, 'node')]),
    ]),
  ]);
  return JSON.stringify([summary, changed]);
}

const NO_LINES = { added: 0, removed: 0 };

type Counts = ReadonlyMap<string, Change['lines']>;

function countsByService(rules: readonly ServiceChange[]): Counts {
  return new Map(
    rules.map(({ service = '', sections }) => {
      const kinds = sections.flatMap(({ lines }) => lines.map(({ kind }) => kind));
      const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
      return [service, { added: count('+'), removed: count('-') }];
    }),
  );
}

function withLines(change: Omit<Change, 'lines'>, counts: Counts): Change {
  return { ...change, lines: counts.get(change.service ?? '') ?? NO_LINES };
}

/** Changes by ServicePort, sorted by name; both families are one change. */
function portChanges(before: readonly NodeView[], after: readonly NodeView[]): readonly Omit<Change, 'lines'>[] {
  const [was, is] = [viewsByName(before), viewsByName(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return names.flatMap((service): readonly Omit<Change, 'lines'>[] => {
    const [then, now] = [was.get(service), is.get(service)];
    if (!then && now) return [{ change: '+', service, fields: allOf([...now.values()], 'added') }];
    if (then && !now) return [{ change: '-', service, fields: allOf([...then.values()], 'removed') }];
    const fields = then && now ? familyChanges(then, now) : [];
    return fields.length === 0 ? [] : [{ change: '~', service, fields }];
  });
}

type Views = ReadonlyMap<NodeView['family'], PortView>;

function viewsByName(nodes: readonly NodeView[]): ReadonlyMap<string, Views> {
  const found = new Map<string, Map<NodeView['family'], PortView>>();
  for (const { family, ports } of nodes) {
    for (const port of ports) found.set(port.name, (found.get(port.name) ?? new Map()).set(family, port));
  }
  return found;
}

/** Changes of both families; equal ones are listed once. */
function familyChanges(then: Views, now: Views): readonly FieldChange[] {
  const changes = (['IPv4', 'IPv6'] as const).flatMap((family): readonly FieldChange[] => {
    const [was, is] = [then.get(family), now.get(family)];
    if (was && is) return fieldChanges(was, is);
    if (is) return [{ field: family, added: is.frontends.map(({ address }) => address) }];
    return was ? [{ field: family, removed: was.frontends.map(({ address }) => address) }] : [];
  });
  const byText = new Map(changes.map((change) => [JSON.stringify(change), change]));
  return [...byText.values()];
}

/** The fields of a ServicePort that was added or removed. */
function allOf(views: readonly PortView[], how: 'added' | 'removed'): readonly FieldChange[] {
  const frontends = views.flatMap((view) => view.frontends);
  const kinds = [...new Set(frontends.map(({ kind }) => kind))];
  const endpoints = [...new Set(views.flatMap((view) => view.endpoints.map(({ address }) => address)))];
  const refused = frontends.find(({ goesTo }) => /^(REJECT|DROP)/.test(goesTo));
  return [
    ...kinds.map((kind): FieldChange => {
      const addresses = frontends.filter((frontend) => frontend.kind === kind).map(({ address }) => address);
      return { field: KINDS[kind] ?? 'node port', [how]: [...new Set(addresses)] };
    }),
    ...(endpoints.length > 0 ? [{ field: 'endpoints', [how]: endpoints }] : []),
    ...(refused ? [{ field: 'traffic', [how === 'added' ? 'after' : 'before']: refused.goesTo }] : []),
  ];
}

/** Changes of the node itself: another name or another zone. */
function nodeChanges([before]: readonly NodeView[], [after]: readonly NodeView[]): readonly Change[] {
  if (!before || !after) return [];
  const field = (name: string, then: string, now: string): readonly FieldChange[] =>
    then === now ? [] : [{ field: name, before: then || '(none)', after: now || '(none)' }];
  const fields = [...field('name', before.node, after.node), ...field('zone', before.zone, after.zone)];
  return fields.length === 0 ? [] : [{ change: '~', node: after.node, fields, lines: NO_LINES }];
}
