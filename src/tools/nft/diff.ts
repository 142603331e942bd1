/**
 * diff: observed tables × desired tables → the difference, by table, set, element and chain. Names identify everything,
 * so the order of chains, sets and elements is no difference; that of the rules of a chain is one. The elements of dynamic
 * sets are the packets'.
 */
import { type ChainDiff, diffChains } from './diff/chains.js';
import { diffSets, type SetDiff } from './diff/sets.js';
import type { Table, TableName } from './types.js';

export type { ChainDiff } from './diff/chains.js';
export type { SetDiff } from './diff/sets.js';

/** A table to create (no `before`), change, or delete (no `after`). */
export interface TableDiff extends TableName {
  readonly before?: Table;
  readonly after?: Table;
  /** Set when it cannot be changed in place: it is deleted and created in one transaction. */
  readonly isRemade: boolean;
  /** The sets that differ. */
  readonly sets: readonly SetDiff[];
  /** The chains that differ, or that must be written again because a set of theirs is remade. */
  readonly chains: readonly ChainDiff[];
}

/** The tables that differ; all of `observed` are ours. */
export function diff(observed: readonly Table[], desired: readonly Table[]): readonly TableDiff[] {
  const there = new Map(observed.map((table) => [keyOf(table), table]));
  const kept = new Set(desired.map(keyOf));
  return [
    ...desired.flatMap((table) => diffTable(there.get(keyOf(table)), table)),
    ...observed.filter((table) => !kept.has(keyOf(table))).flatMap((table) => diffTable(table, undefined)),
  ];
}

function diffTable(before: Table | undefined, after: Table | undefined): readonly TableDiff[] {
  const { family, name } = (after ?? before) as TableName;
  const sets = diffSets(before?.sets ?? [], after?.sets ?? []);
  const remade = new Set(sets.filter(({ isRemade }) => isRemade).map((set) => set.name));
  const chains = diffChains(before, after, remade);
  const isRemade = before !== undefined && after !== undefined && (isOtherwise(before, after) || chains.some(isStuck));
  const isThere = before !== undefined && after !== undefined;
  if (isThere && !isRemade && sets.length + chains.length === 0) return [];
  return [{ family, name, ...(before && { before }), ...(after && { after }), isRemade, sets, chains }];
}

/** The kernel changes no comment of a table; other objects in it, and flags such as `dormant`, must go. */
function isOtherwise(before: Table, after: Table): boolean {
  const others = ({ others = [] }: Table) => others.join('\n');
  return before.comment !== after.comment || others(before) !== others(after);
}

/** A chain that must be created anew, though others may lead to it. */
function isStuck({ isRemade, before, after }: ChainDiff): boolean {
  return isRemade && !(before?.base && after?.base);
}

function keyOf({ family, name }: TableName): string {
  return `${family} ${name}`;
}
