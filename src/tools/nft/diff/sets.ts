/**
 * diff, part: the sets and maps of a table, element by element.
 */
import { printElement, printSetHead } from '../print.js';
import type { Element, NamedSet } from '../types.js';

/** A set to create (no `before`), change, or delete (no `after`). */
export interface SetDiff {
  readonly name: string;
  readonly before?: NamedSet;
  readonly after?: NamedSet;
  /** Set when its type or another property changes: it is deleted and created. */
  readonly isRemade: boolean;
  /** Elements to add, among them those with other data. */
  readonly added: readonly Element[];
  /** Elements to delete, among them those with other data. */
  readonly removed: readonly Element[];
}

export function diffSets(before: readonly NamedSet[], after: readonly NamedSet[]): readonly SetDiff[] {
  const there = new Map(before.map((set) => [set.name, set]));
  const kept = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap((set) => diffSet(there.get(set.name), set)),
    ...before.filter(({ name }) => !kept.has(name)).flatMap((set) => diffSet(set, undefined)),
  ];
}

function diffSet(before: NamedSet | undefined, after: NamedSet | undefined): readonly SetDiff[] {
  if (before === after) return [];
  const { name } = (after ?? before) as NamedSet;
  const isRemade = before !== undefined && after !== undefined && head(before) !== head(after);
  const { added, removed } =
    before && after && !isRemade
      ? diffElements(elementsOf(before), elementsOf(after))
      : { added: listed(after), removed: listed(before) };
  if (before && after && !isRemade && added.length + removed.length === 0) return [];
  return [{ name, ...(before && { before }), ...(after && { after }), isRemade, added, removed }];
}

function head(set: NamedSet): string {
  return [set.kind, ...printSetHead(set)].join('\n');
}

type Elements = ReadonlyMap<string, Element>;

function diffElements(before: Elements, after: Elements): Pick<SetDiff, 'added' | 'removed'> {
  const added: Element[] = [];
  const removed: Element[] = [];
  let kept = 0;
  for (const [key, element] of after) {
    const old = before.get(key);
    if (old) kept++;
    if (old && isSame(old, element)) continue;
    // The kernel changes no element, so one with other data is deleted first.
    if (old) removed.push(old);
    added.push(element);
  }
  if (kept < before.size) for (const [key, element] of before) if (!after.has(key)) removed.push(element);
  return { added, removed };
}

function isSame(a: Element, b: Element): boolean {
  return a === b || printElement(a) === printElement(b);
}

/** All elements of a set that is made or goes as a whole. */
function listed(set: NamedSet | undefined): readonly Element[] {
  return set && !set.flags.includes('dynamic') ? [...set.elements()] : [];
}

const NONE: Elements = new Map();
const known = new WeakMap<NamedSet, Elements>();

/** By key; kept, because the desired state of one sync is the presumed state of the next. */
function elementsOf(set: NamedSet): Elements {
  if (set.flags.includes('dynamic')) return NONE;
  const found = known.get(set) ?? new Map([...set.elements()].map((element) => [element.key, element]));
  known.set(set, found);
  return found;
}
