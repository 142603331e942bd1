/**
 * scan: all destinations that rules and elements of nftables name.
 */
import type { Family } from '../../ip.js';
import type { NodeRules } from '../../packet/node.js';
import { type Expression, type NamedSet, type Statement, sees, type Table } from '../../tools/nft/types.js';
import { addAddresses } from '../intervals.js';
import type { Tests } from '../tests.js';
import { partsOf, roleOf } from './roles.js';

/** Adds the destinations of all rules that packets of a family see. */
export function scanNft({ nftTables = [] }: NodeRules, family: Family, tests: Tests): void {
  for (const table of nftTables) if (sees(table, family)) scanTable(table, family, tests);
}

function scanTable(table: Table, family: Family, tests: Tests): void {
  const sets = new Map(table.sets.map((set) => [set.name, set]));
  const seen = new Set<string>();
  const addKeys = (key: Expression, keys: Iterable<string>) => {
    const at = partsOf(key).findIndex((part) => roleOf(part) === 'destination');
    if (at < 0) return;
    const isOne = partsOf(key).length === 1;
    for (const text of keys) addAddresses(tests.destinations, isOne ? text : (text.split(' . ')[at] ?? ''), family);
  };
  const addSet = (key: Expression, name: string) => {
    const set = sets.get(name);
    const id = `${name} ${JSON.stringify(key)}`;
    if (!set || seen.has(id) || set.flags.includes('dynamic')) return;
    seen.add(id);
    addKeys(key, keysOf(set));
  };
  const addMap = (key: Expression, map: Extract<Statement, { kind: 'vmap' }>['map']) => {
    if (map.kind === 'named') addSet(key, map.name);
    else
      addKeys(
        key,
        map.entries.map((entry) => entry.key),
      );
  };
  for (const chain of table.chains)
    for (const { statements } of chain.rules())
      for (const statement of statements) {
        if (statement.kind === 'match') addKeys(statement.left, statement.values);
        if (statement.kind === 'lookup') addSet(statement.left, statement.set);
        if (statement.kind === 'vmap') addMap(statement.key, statement.map);
        if (statement.kind !== 'dnat' || statement.to.kind !== 'map') continue;
        addMap(statement.to.key, statement.to.map);
        if (statement.to.port) addMap(statement.to.port.key, statement.to.port.map);
      }
}

function* keysOf(set: NamedSet): Generator<string> {
  for (const { key } of set.elements()) yield key;
}
