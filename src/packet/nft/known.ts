/**
 * known: a table of nftables as the evaluator looks things up in it.
 */
import type { Expression, NamedSet, Table } from '../../tools/nft/types.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { indexElements, type Lookup, lookupOf, sharedIndex } from './elements.js';

export interface KnownTable {
  readonly node: NodeRules;
  readonly table: Table;
  readonly set: (name: string) => KnownSet | undefined;
}

export interface KnownSet {
  readonly named: NamedSet;
  /** Looks a key up; the rules that look up the same share what was found for a packet. */
  readonly lookup: (key: Expression) => Lookup;
  /** Whether it has the client of the flow from before. */
  readonly remembers: (flow: Flow) => boolean;
}

/** A table with its sets, each indexed at its first use. */
export function knownTable(table: Table, node: NodeRules): KnownTable {
  const byName = new Map(table.sets.map((set) => [set.name, set]));
  const made = new Map<string, KnownSet>();
  const indexes = new Map<string, ReturnType<typeof sharedIndex>>();
  const indexOf = ({ key, data = '' }: NamedSet) => {
    const types = `${key} : ${data}`;
    const index = indexes.get(types) ?? sharedIndex();
    indexes.set(types, index);
    return index();
  };
  return {
    node,
    table,
    set: (name) => {
      const named = byName.get(name);
      const before = made.get(name);
      if (before || !named) return before;
      const set = knownSet({ named, isOurs: table.name === 'kube-proxy' }, indexOf(named), node);
      made.set(name, set);
      return set;
    },
  };
}

/**
 * What packets added to a set of another program is there, such as clients that it blocks. The clients in the sets of
 * kube-proxy are left out: a packet is that of a new client, unless it says which list remembers it.
 */
function knownSet(
  { named, isOurs }: { readonly named: NamedSet; readonly isOurs: boolean },
  exact: ReturnType<ReturnType<typeof sharedIndex>>,
  node: NodeRules,
): KnownSet {
  const isDynamic = named.flags.includes('dynamic');
  const { name, timeout = Number.POSITIVE_INFINITY } = named;
  // nft 1.0.6 leaves the flag out of JSON.
  const isOfClients = isOurs && (isDynamic || named.timeout !== undefined);
  const find = isOfClients ? () => undefined : indexElements(named.elements(), exact);
  const lookups = new Map<string, Lookup>();
  return {
    named,
    lookup: (key) => {
      const name = JSON.stringify(key);
      const lookup = lookups.get(name) ?? lookupOf(key, find, node);
      lookups.set(name, lookup);
      return lookup;
    },
    remembers: ({ remembered }) => remembered?.list === name && remembered.seconds <= timeout,
  };
}
