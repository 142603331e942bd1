/**
 * counts: states, plans and differences → the numbers in the metrics.
 */
import type { Resolved } from '../backends/backend.js';
import type { Family } from '../ip.js';
import type { ServiceChange } from '../review/compare.js';
import { countsOf } from '../tools/counted.js';
import type { Chain } from '../tools/iptables/types.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState } from '../tools/tools.js';

export interface RuleCount {
  readonly family: Family;
  readonly table: string;
  readonly rules: number;
}

/** How many iptables rules a state has, by family and table. */
export function rulesIn({ iptables }: DesiredState): readonly RuleCount[] {
  return (iptables?.ruleSets ?? []).flatMap(({ family, tables }) =>
    tables.map(({ name, chains }) => {
      return { family, table: name, rules: chains.reduce((sum, each) => sum + countOf(each), 0) };
    }),
  );
}

/** How many more iptables rules one state has than another, by family and table. */
export function rulesMore(before: DesiredState, after: DesiredState): readonly RuleCount[] {
  const less = rulesIn(before);
  return rulesIn(after).map((each) => {
    const count = less.find(({ family, table }) => family === each.family && table === each.table)?.rules ?? 0;
    return { ...each, rules: each.rules - count };
  });
}

function countOf({ printed, rules }: Chain): number {
  return (printed?.() ?? rules()).length;
}

/** How many iptables rules `steps` write, by family and table. A table with none is left out. */
export function rulesWritten(steps: readonly Step[]): readonly RuleCount[] {
  const found = new Map<string, RuleCount>();
  for (const step of steps.filter(({ tool }) => tool === 'iptables')) {
    const family = step.program === 'iptables' ? 'ipv4' : 'ipv6';
    for (const [table, rules] of countsOf(step).rules) {
      const key = `${family} ${table}`;
      found.set(key, { family, table, rules: (found.get(key)?.rules ?? 0) + rules });
    }
  }
  return [...found.values()];
}

export interface NoLocalEndpoints {
  readonly family: Family;
  readonly internal: number;
  readonly external: number;
}

/** ServicePorts whose cluster IP (`internal`) or other address drops traffic, as no endpoint is on this node. */
export function noLocalEndpoints(resolved: readonly Resolved[]): readonly NoLocalEndpoints[] {
  return resolved.map(({ node, ports }) => {
    const dropping = (isInternal: boolean) =>
      ports.filter(({ frontends }) =>
        frontends.some(({ kind, whenEmpty }) => whenEmpty === 'drop' && (kind === 'ClusterIP') === isInternal),
      ).length;
    return { family: node.family, internal: dropping(true), external: dropping(false) };
  });
}

/** Lines by their fault: they were missing, foreign, or changed. */
export type Drift = Readonly<Record<'missing' | 'foreign' | 'changed', number>>;

/** The drift that `changes` repair, from the observed state of a node to the desired one. */
export function driftOf(changes: readonly ServiceChange[]): Drift {
  const drift = { missing: 0, foreign: 0, changed: 0 };
  for (const { sections } of changes) {
    for (const { lines } of sections) {
      const added = lines.filter(({ kind }) => kind === '+').length;
      const removed = lines.filter(({ kind }) => kind === '-').length;
      // In one chain, a removed line and an added one are one changed line.
      const changed = Math.min(added, removed);
      drift.changed += changed;
      drift.missing += added - changed;
      drift.foreign += removed - changed;
    }
  }
  return drift;
}
