/**
 * known: a table of nftables as the evaluator looks things up in it.
 */
import type { NamedSet, Table } from '../../tools/nft/types.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { type Find, indexElements } from './elements.js';

export interface KnownTable {
  readonly node: NodeRules;
  readonly table: Table;
  readonly set: (name: string) => KnownSet | undefined;
}

export interface KnownSet {
  readonly named: NamedSet;
  /** Whether packets add its elements. */
  readonly isDynamic: boolean;
  readonly find: Find;
  /** Whether it has the client of the flow from before. */
  readonly remembers: (flow: Flow) => boolean;
}

/** A table with its sets, each indexed at its first use. */
export function knownTable(table: Table, node: NodeRules): KnownTable {
  const byName = new Map(table.sets.map((set) => [set.name, set]));
  const made = new Map<string, KnownSet>();
  return {
    node,
    table,
    set: (name) => {
      const named = byName.get(name);
      const before = made.get(name);
      if (before || !named) return before;
      const set = knownSet(named);
      made.set(name, set);
      return set;
    },
  };
}

function knownSet(named: NamedSet): KnownSet {
  const isDynamic = named.flags.includes('dynamic');
  const { name, timeout = Number.POSITIVE_INFINITY } = named;
  return {
    named,
    isDynamic,
    find: isDynamic ? () => null : indexElements(named.elements()),
    remembers: ({ remembered }) => remembered?.list === name && remembered.seconds <= timeout,
  };
}
