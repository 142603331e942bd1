/**
 * stages: everything that sees packets of a family at a hook, in the order of priorities: tables of iptables, base
 * chains of nftables, and IPVS.
 */
import type { TableName } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import type { Tables } from './chains.js';
import { type Hook, PRIORITIES } from './hooks.js';
import type { Entrance } from './nft/tables.js';
import type { Walked } from './walk.js';

export type Walk = (branch: Branch) => readonly Walked[];

export type Stage =
  | { readonly kind: 'rules'; readonly walk: Walk }
  /** All that translate: the first to decide decides for the connection. */
  | { readonly kind: 'nat'; readonly walks: readonly Walk[] }
  | { readonly kind: 'ipvs' };

type Placed = { readonly priority: number; readonly stage: Stage };

/** The stages of a hook; a table of iptables without rules there is left out. */
export function stagesAt(hook: Hook, tables: Tables, entrances: readonly Entrance[]): readonly Stage[] {
  const here = entrances.filter((entrance) => entrance.hook === hook);
  const placed = Object.entries(PRIORITIES[hook]).flatMap(([name, priority]): readonly Placed[] => {
    if (name === 'ipvs') return [{ priority, stage: { kind: 'ipvs' } }];
    const table = name as TableName;
    const own = tables.has(table, hook) ? [(branch: Branch) => tables.walk(table, hook, branch)] : [];
    if (name !== 'nat') return own.map((walk) => ({ priority, stage: { kind: 'rules', walk } }));
    const others = here.filter(({ isNat }) => isNat).map((each) => ({ priority: each.priority, walk: each.walk }));
    const all = [...own.map((walk) => ({ priority, walk })), ...others].sort((a, b) => a.priority - b.priority);
    return [{ priority, stage: { kind: 'nat', walks: all.map(({ walk }) => walk) } }];
  });
  const others = here
    .filter(({ isNat }) => !isNat)
    .map(({ priority, walk }): Placed => ({ priority, stage: { kind: 'rules', walk } }));
  return [...placed, ...others].sort((a, b) => a.priority - b.priority).map(({ stage }) => stage);
}
