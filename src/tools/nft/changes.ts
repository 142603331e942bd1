/**
 * changes: differences in tables → before and after as texts, split for review as the files of the mode are.
 */
import { render, type Section } from '../../text.js';
import { type Changes, section, sides } from '../tool.js';
import type { TableDiff } from './diff.js';
import { print, printTableName } from './print.js';
import type { Chain, Element, NamedSet, Table } from './types.js';

/** Splits a text that print() made. */
export type Sections = (text: string) => readonly Section[];

export function changesOf(differences: readonly TableDiff[], sections: Sections): Changes {
  // Of a table that goes as a whole, the content says nothing new.
  const gone = differences.filter(({ after }) => !after);
  const side = (which: 'before' | 'after') =>
    differences.flatMap((table) => {
      const there = table[which];
      if (!table.after || !there) return [];
      const properties = table.isRemade ? [section(`nft ${printTableName(table)}`, [...propertiesOf(there)])] : [];
      const parts = sections(render(print([partOf(table, there, which)])));
      return [...properties, ...parts.map((part) => ({ ...part, title: `nft ${part.title}` }))];
    });
  const removed = gone.length === 0 ? [] : [section('nft', gone.map(printTableName))];
  return sides([...removed, ...side('before')], side('after'));
}

function propertiesOf({ comment, others = [] }: Table): readonly string[] {
  return [...(comment === undefined ? [] : [`comment ${comment}`]), ...others];
}

/** What differs of a table. */
function partOf({ sets, chains }: TableDiff, { family, name, sets: all }: Table, which: 'before' | 'after'): Table {
  const differing = new Map(sets.map((set) => [set.name, set]));
  const parts = all.flatMap((set): readonly NamedSet[] => {
    const found = differing.get(set.name);
    if (!found) return [];
    const elements: readonly Element[] = which === 'before' ? found.removed : found.added;
    return [{ ...set, elements: () => elements }];
  });
  return {
    family,
    name,
    sets: parts,
    chains: chains.flatMap((chain): readonly Chain[] => {
      const there = chain[which];
      return there ? [there] : [];
    }),
  };
}
