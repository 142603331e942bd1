/**
 * counts: states, plans and differences → the numbers in the metrics.
 */
import type { Resolved } from '../backends/backend.js';
import type { Family } from '../ip.js';
import type { ServiceChange } from '../review/compare.js';
import type { Chain } from '../tools/iptables/types.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState } from '../tools/tools.js';

export interface RuleCount {
  readonly family: Family;
  readonly table: string;
  readonly rules: number;
}

/** A chain that did not change is the same object in the next state, and making its rules only to count them is costly. */
const counted = new WeakMap<Chain, number>();

/** How many iptables rules a state has, by family and table. */
export function rulesIn({ iptables }: DesiredState): readonly RuleCount[] {
  return (iptables?.ruleSets ?? []).flatMap(({ family, tables }) =>
    tables.map(({ name, chains }) => {
      return { family, table: name, rules: chains.reduce((sum, chain) => sum + countOf(chain), 0) };
    }),
  );
}

function countOf(chain: Chain): number {
  const known = counted.get(chain);
  if (known !== undefined) return known;
  const count = chain.rules().length;
  counted.set(chain, count);
  return count;
}

/** How many iptables rules `steps` write, by family and table. A table with none is left out. */
export function rulesWritten(steps: readonly Step[]): readonly RuleCount[] {
  const found = new Map<string, RuleCount>();
  for (const { tool, program, input } of steps) {
    if (tool !== 'iptables') continue;
    const family = program === 'iptables' ? 'ipv4' : 'ipv6';
    let table = '';
    for (const { text } of input) {
      if (text.startsWith('*')) table = text.slice(1);
      if (!text.startsWith('-A ') && !text.startsWith('-I ')) continue;
      const key = `${family} ${table}`;
      found.set(key, { family, table, rules: (found.get(key)?.rules ?? 0) + 1 });
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
