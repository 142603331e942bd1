/**
 * variants: a table of iptables-nft and the same table of iptables-legacy, both of which the kernel asks at their hook.
 *
 * Which one is first is the order in which they were registered: nf_hook_entries_grow puts the later one before another of
 * the same priority. No dump has that order, so both are followed, unless they come to the same.
 */
import type { Family } from '../ip.js';
import type { RuleSet, TableName } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import { type Tables, tablesOf } from './chains.js';
import type { Known } from './conditions.js';
import type { Hook } from './hooks.js';
import type { NodeRules } from './node.js';
import type { Flow } from './packet.js';
import type { Verdict } from './targets.js';

/** The tables of a family: of the node's variant of iptables, and of the other one if it has rules. */
export interface Variants {
  readonly own: Tables;
  readonly beside: Tables | undefined;
}

export function variantsOf({ ruleSets, beside }: NodeRules, family: Family, known: Known): Variants {
  const isOf = (each: RuleSet) => each.family === family;
  const other = beside?.ruleSets.find(isOf);
  return {
    own: tablesOf(ruleSets.find(isOf) ?? { family, tables: [] }, known),
    beside: other && tablesOf(other, known, beside?.variant),
  };
}

/** What becomes of a branch in a table: branches that are accepted, and those that end there. */
export interface Answered {
  readonly accepted: readonly Branch[];
  readonly ended: readonly Ended[];
}

interface Ended {
  readonly branch: Branch;
  readonly verdict: Exclude<Verdict, 'accept' | 'return'>;
}

/** Asks a table at a hook, of both variants if both have rules for it. */
export function asked({ own, beside }: Variants, table: TableName, hook: Hook, branch: Branch): Answered {
  const at = { table, hook };
  const first = own.has(table, hook) ? own : undefined;
  const second = beside?.has(table, hook) ? beside : undefined;
  if (!first || !second) return ask(first ?? second, at, branch);
  const one = ask(first, at, branch);
  const other = ask(second, at, branch);
  if (keeps(one, branch) && keeps(other, branch) && (one.ended.length === 0 || other.ended.length === 0))
    return then(one, second, at, branch);
  const condition = `which of iptables-nft and iptables-legacy is first in ${table} ${hook}`;
  const isThis = { ...branch, depends: [...branch.depends, condition] };
  const isThat = { ...branch, depends: [...branch.depends, `not ${condition}`] };
  const ways = [then(ask(first, at, isThis), second, at, isThis), then(ask(second, at, isThat), first, at, isThat)];
  return { accepted: ways.flatMap((way) => way.accepted), ended: ways.flatMap((way) => way.ended) };
}

interface At {
  readonly table: TableName;
  readonly hook: Hook;
}

function ask(tables: Tables | undefined, { table, hook }: At, branch: Branch): Answered {
  if (!tables) return { accepted: [branch], ended: [] };
  const accepted: Branch[] = [];
  const ended: Ended[] = [];
  for (const { branch: walked, verdict } of tables.walk(table, hook, branch)) {
    if (verdict === 'accept') accepted.push(walked);
    else ended.push({ branch: walked, verdict });
  }
  return { accepted, ended };
}

/** Asks the other variant about what the first accepts; nf_nat_inet_fn does not, once an address is translated. */
function then(one: Answered, other: Tables, at: At, before: Branch): Answered {
  const more = one.accepted.map((branch) =>
    at.table === 'nat' && isTranslated(branch.flow, before.flow)
      ? { accepted: [branch], ended: [] }
      : ask(other, at, branch),
  );
  return {
    accepted: more.flatMap(({ accepted }) => accepted),
    ended: [...one.ended, ...more.flatMap(({ ended }) => ended)],
  };
}

function isTranslated(after: Flow, before: Flow): boolean {
  return after.isDestinationSet !== before.isDestinationSet || after.sourceNat !== before.sourceNat;
}

/** Whether the packet is the same for all that come behind. */
function keeps({ accepted }: Answered, { flow }: Branch): boolean {
  return accepted.every((each) => each.flow === flow);
}
