/**
 * changes: differences in tables → before and after as texts, split for review as the files of the mode are. An element
 * that was compiled has an owner; one that was read from a node is known by its key, or by its address.
 */
import { ownerName } from '../../owner.js';
import { render, type Section } from '../../text.js';
import { type Changes, section, sides } from '../tool.js';
import type { TableDiff } from './diff.js';
import { print, printElement, printTableName } from './print.js';
import type { Chain, Element, NamedSet, Table } from './types.js';

/** Splits a text that print() made. */
export type Sections = (text: string) => readonly Section[];

export function changesOf(differences: readonly TableDiff[], sections: Sections): Changes {
  // Of a table that goes as a whole, the content says nothing new.
  const gone = differences.filter(({ after }) => !after);
  const side = (which: 'before' | 'after') =>
    differences.flatMap((table) => (table.after && table[which] ? sideOf(table, table[which], which, sections) : []));
  const removed = gone.length === 0 ? [] : [section('nft', gone.map(printTableName))];
  return sides([...removed, ...side('before')], side('after'));
}

function sideOf(table: TableDiff, there: Table, which: 'before' | 'after', sections: Sections): readonly Section[] {
  const { family, name, isRemade } = table;
  const serviceOf = servicesOf(table);
  const found: Section[] = isRemade ? [section(printTableName(there), propertiesOf(there))] : [];
  const unknown = new Map<string, readonly Element[]>();
  for (const set of table.sets) {
    const elements = which === 'before' ? set.removed : set.added;
    const byService = groups(elements, serviceOf);
    for (const [service, some] of byService)
      if (service !== undefined) found.push(section(`${family} ${name} ${set.name}`, some.map(printElement), service));
    unknown.set(set.name, byService.get(undefined) ?? []);
  }
  const rest = sections(render(print([partOf(table, there, which, unknown)])));
  return [...found, ...rest].map((part) => ({ ...part, title: `nft ${part.title}` }));
}

function groups<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group) group.push(item);
    else found.set(key, [item]);
  }
  return found;
}

function propertiesOf({ comment, others = [] }: Table): readonly string[] {
  return [...(comment === undefined ? [] : [`comment ${comment}`]), ...others];
}

/** What differs of a table; of its sets only the elements in `elements`. */
function partOf(
  { chains }: TableDiff,
  { family, name, sets }: Table,
  which: 'before' | 'after',
  elements: ReadonlyMap<string, readonly Element[]>,
): Table {
  return {
    family,
    name,
    sets: sets.flatMap((set): readonly NamedSet[] => {
      const some = elements.get(set.name);
      return some ? [{ ...set, elements: () => some }] : [];
    }),
    chains: chains.flatMap((chain): readonly Chain[] => {
      const there = chain[which];
      return there ? [there] : [];
    }),
  };
}

/** The Service of an element: its owner's, or that of the desired element with its key or at its address. */
function servicesOf({ after }: TableDiff): (element: Element) => string | undefined {
  let known: ReadonlyMap<string, string> | undefined;
  return ({ key, owner }) => {
    if (owner) return ownerName(owner);
    known ??= servicesByKey(after?.sets ?? []);
    return known.get(key) ?? known.get(addressOf(key));
  };
}

function servicesByKey(sets: readonly NamedSet[]): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  for (const set of sets)
    for (const { key, owner } of set.elements())
      for (const each of owner ? [key, addressOf(key)] : [])
        if (owner && !services.has(each)) services.set(each, ownerName(owner));
  return services;
}

/** `10.96.0.10` of `10.96.0.10 . udp . 53`; of a node port its whole key. */
function addressOf(key: string): string {
  const [first = key] = key.split(' . ', 1);
  return /[.:]/.test(first) ? first : key;
}
