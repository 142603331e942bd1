/**
 * sets: the elements of a set or map that packets of a destination can have, found without a look at all others.
 */
import type { Element, Expression, NamedSet, Table } from '../../tools/nft/types.js';
import type { Knowledge } from '../may.js';
import { mayHave, partsOf, roleOf } from './roles.js';

export interface IndexedSet {
  readonly named: NamedSet;
  readonly isDynamic: boolean;
  /** The elements whose key packets of `known` may have, when it is read as `key`. */
  readonly candidates: (key: Expression, known: Knowledge) => readonly Element[];
}

/** The sets of a table; each is indexed at its first use. */
export function setsIn({ sets }: Table): (name: string) => IndexedSet | undefined {
  const byName = new Map(sets.map((set) => [set.name, set]));
  const made = new Map<string, IndexedSet>();
  return (name) => {
    const before = made.get(name);
    const named = before ? undefined : byName.get(name);
    if (!named) return before;
    const set = indexed(named);
    made.set(name, set);
    return set;
  };
}

function indexed(named: NamedSet): IndexedSet {
  const isDynamic = named.flags.includes('dynamic');
  const all = isDynamic ? [] : [...named.elements()];
  const byFirst = new Map<string, Element[]>();
  const wide: Element[] = [];
  for (const element of all) {
    const [first = ''] = element.key.split(' . ', 1);
    const list = byFirst.get(first);
    if (/[-*/]/.test(first)) wide.push(element);
    else if (list) list.push(element);
    else byFirst.set(first, [element]);
  }
  return {
    named,
    isDynamic,
    candidates: (key, known) => {
      const parts = partsOf(key);
      const first = firstOf(parts[0], known);
      const near = first === undefined ? all : [...(byFirst.get(first) ?? []), ...wide];
      return near.filter((element) => {
        const fields = parts.length === 1 ? [element.key] : element.key.split(' . ');
        return parts.every((part, i) => mayHave(part, [fields[i] ?? ''], known));
      });
    },
  };
}

function firstOf(part: Expression | undefined, { destination, protocol, port }: Knowledge): string | undefined {
  switch (part && roleOf(part)) {
    case 'destination':
      return destination.text;
    case 'protocol':
      return protocol;
    case 'port':
      return port === undefined ? undefined : String(port);
    default:
      return undefined;
  }
}
