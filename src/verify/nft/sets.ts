/**
 * sets: the elements of a set or map that packets of a destination can have, found without a look at all others.
 */

import { isRest } from '../../packet/nft/elements.js';
import type { Element, Expression, NamedSet, Table } from '../../tools/nft/types.js';
import type { Knowledge } from '../may.js';
import { mayHave, partsOf, type Role, roleOf } from './roles.js';

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

/** An element with the fields of its key. */
interface Entry {
  readonly element: Element;
  readonly fields: readonly string[];
}

/** Entries by the text of one field, and those whose field is a network, a range or a wildcard. */
interface ByField {
  readonly exact: ReadonlyMap<string, readonly Entry[]>;
  readonly wide: readonly Entry[];
}

function indexed(named: NamedSet): IndexedSet {
  const isDynamic = named.flags.includes('dynamic');
  const elements = isDynamic ? [] : [...named.elements()];
  const rest = elements.filter(isRest);
  const all = elements
    .filter((element) => !isRest(element))
    .map((element) => ({ element, fields: element.key.split(' . ') }));
  const indexes = new Map<number, ByField>();
  const indexAt = (at: number): ByField => {
    const index = indexes.get(at) ?? byField(all, at);
    indexes.set(at, index);
    return index;
  };
  return {
    named,
    isDynamic,
    candidates: (key, known) => {
      const parts = partsOf(key);
      const place = knownPlace(parts, known);
      const { exact, wide } = place ? indexAt(place.at) : { exact: undefined, wide: all };
      const near = place ? [...(exact?.get(place.text) ?? []), ...wide] : wide;
      const found = near
        .filter(({ fields }) => parts.every((part, i) => mayHave(part, [fields[i] ?? ''], known)))
        .map(({ element }) => element);
      return [...found, ...rest];
    },
  };
}

function byField(all: readonly Entry[], at: number): ByField {
  const exact = new Map<string, Entry[]>();
  const wide: Entry[] = [];
  for (const entry of all) {
    const text = entry.fields[at] ?? '';
    const list = exact.get(text);
    if (/[-*/]/.test(text)) wide.push(entry);
    else if (list) list.push(entry);
    else exact.set(text, [entry]);
  }
  return { exact, wide };
}

/** The field of a key by which the fewest elements are left: the destination, the port or the protocol, if it is known. */
function knownPlace(
  parts: readonly Expression[],
  { destination, protocol, port }: Knowledge,
): { readonly at: number; readonly text: string } | undefined {
  const known: readonly (readonly [Role, string | undefined])[] = [
    ['destination', destination.text],
    ['port', port === undefined ? undefined : String(port)],
    ['protocol', protocol],
  ];
  for (const [role, text] of known) {
    const at = text === undefined ? -1 : parts.findIndex((part) => part.kind !== 'masked' && roleOf(part) === role);
    if (at >= 0 && text !== undefined) return { at, text };
  }
  return undefined;
}
