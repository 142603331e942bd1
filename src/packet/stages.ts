/**
 * stages: everything that sees packets of a family at a hook, in the order of priorities: tables of iptables, base
 * chains of nftables, and IPVS.
 */
import type { Variant } from '../tools/detected.js';
import type { TableName } from '../tools/iptables/types.js';
import type { Tables } from './chains.js';
import { type Hook, PRIORITIES } from './hooks.js';
import type { Entrance } from './nft/tables.js';
import type { Asker } from './turns.js';

/** What is asked at one hook: rules of one priority in an order that is not known, rules for translation, or IPVS. */
export type Stage =
  | { readonly kind: 'rules'; readonly where: string; readonly askers: readonly Asker[] }
  /** By priority; the first to decide decides for the connection. */
  | { readonly kind: 'nat'; readonly where: string; readonly turns: readonly (readonly Asker[])[] }
  | { readonly kind: 'ipvs' };

/** The tables of a family: of the node's variant of iptables, of the other one if it has rules, and of nftables. */
export interface AllTables {
  readonly own: Tables;
  readonly beside: { readonly variant: Variant; readonly tables: Tables } | undefined;
  readonly entrances: readonly Entrance[];
}

interface Placed extends Asker {
  readonly priority: number;
}

/** The stages of a hook; a table of iptables without rules there is left out. */
export function stagesAt(hook: Hook, { own, beside, entrances }: AllTables): readonly Stage[] {
  const here = entrances.filter((entrance) => entrance.hook === hook);
  const variant = beside?.variant === 'nft' ? 'legacy' : 'nft';
  const tables = (name: string, priority: number): readonly Placed[] => [
    ...placed(own, name as TableName, hook, priority, `iptables-${variant}`),
    ...(beside ? placed(beside.tables, name as TableName, hook, priority, `iptables-${beside.variant}`) : []),
  ];
  /** `filter FORWARD` */
  const whereIs = (priority: number) => {
    const [table] = Object.entries(PRIORITIES[hook]).find(([, each]) => each === priority) ?? [];
    return table === undefined ? hook : `${table} ${hook}`;
  };
  const { nat, ipvs, ...others } = PRIORITIES[hook];
  const rules = [
    ...Object.entries(others).flatMap(([name, priority]) => tables(name, priority)),
    ...here.filter(({ isNat }) => !isNat),
  ];
  const translating = nat === undefined ? [] : [...tables('nat', nat), ...here.filter(({ isNat }) => isNat)];
  const stages: readonly (readonly [number, Stage])[] = [
    ...byPriority(rules).map(
      ([priority, askers]) => [priority, { kind: 'rules', where: whereIs(priority), askers }] as const,
    ),
    ...(nat === undefined || translating.length === 0
      ? []
      : [
          [
            nat,
            { kind: 'nat', where: whereIs(nat), turns: byPriority(translating).map(([, askers]) => askers) },
          ] as const,
        ]),
    ...(ipvs === undefined ? [] : [[ipvs, { kind: 'ipvs' }] as const]),
  ];
  return [...stages].sort(([a], [b]) => a - b).map(([, stage]) => stage);
}

function placed(tables: Tables, table: TableName, hook: Hook, priority: number, name: string): readonly Placed[] {
  return tables.has(table, hook) ? [{ priority, name, walk: (branch) => tables.walk(table, hook, branch) }] : [];
}

function byPriority(list: readonly Placed[]): readonly (readonly [number, readonly Placed[]])[] {
  const found = new Map<number, Placed[]>();
  for (const each of list) found.set(each.priority, [...(found.get(each.priority) ?? []), each]);
  return [...found].sort(([a], [b]) => a - b);
}
