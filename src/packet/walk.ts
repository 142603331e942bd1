/**
 * walk: the way of a packet through the chains of a table.
 */

import type { Family } from '../ip.js';
import { printRule } from '../tools/iptables/print.js';
import type { TableName } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import { testAll } from './conditions.js';
import { rest, times } from './fraction.js';
import type { Hook } from './hooks.js';
import { type IndexedChain, type IndexedRule, nextFor } from './indexed.js';
import { assumed } from './interfaces.js';
import { act, type Verdict } from './targets.js';

/** A branch that has left a chain: with a verdict, or because the chain ended. */
export interface Walked {
  readonly branch: Branch;
  readonly verdict: Exclude<Verdict, 'return'> | undefined;
}

/** Where a walk is: the table, the hook that it was entered by, and how to find chains. */
export interface Place {
  readonly family: Family;
  readonly table: TableName;
  readonly hook: Hook;
  readonly find: (chain: string) => IndexedChain | undefined;
}

interface Taken extends Walked {
  /** It has left the chain without a verdict. */
  readonly leaves: boolean;
}

/** More branches than that would tell nobody anything; the others are said to depend. */
const MOST_UNKNOWN = 6;

/** The kernel refuses rules that are deeper, and loops. */
const DEEPEST = 64;

/** The way of a branch from the rule at `from` on. */
export function follow(place: Place, chain: IndexedChain, start: Branch, from = 0, depth = 0): Walked[] {
  const done: Walked[] = [];
  let branch = start;
  let at = from;
  for (;;) {
    const next = nextFor(chain, branch.flow, at);
    if (!next) return [...done, { branch, verdict: undefined }];
    const tri = testAll(next.conditions, branch.flow);
    at = next.place + 1;
    if (tri.kind === 'no') continue;
    const { taken, left } = split(branch, tri);
    const results = taken ? take(place, chain, next, taken, depth) : [];
    const hasLeft = ({ verdict, leaves }: Taken) => verdict !== undefined || leaves;
    done.push(...results.filter(hasLeft));
    // What comes back, and what the rule is not for, goes on with the next rule.
    const going = [...results.filter((each) => !hasLeft(each)).map((each) => each.branch), ...(left ? [left] : [])];
    const [first, ...others] = going;
    if (!first) return done;
    for (const other of others) done.push(...follow(place, chain, other, at, depth));
    branch = first;
  }
}

/** What becomes of a branch that a rule is for. */
function take(
  { family, table, hook, find }: Place,
  { chain }: IndexedChain,
  { rule, place }: IndexedRule,
  before: Branch,
  depth: number,
): readonly Taken[] {
  const text = `-A ${chain.name}${printRule(rule, family)}`;
  const owner = rule.owner ?? chain.owner;
  const { flow, steps } = before;
  const step = { hook, table, chain: chain.name, rule: place + 1, text, owner, passed: place, flow, before: steps };
  const branch = { ...before, steps: step };
  const goesOn = (changed: Branch): readonly Taken[] => [{ branch: changed, verdict: undefined, leaves: false }];
  const isUnknown = () => goesOn({ ...branch, depends: [...branch.depends, text] });
  const action = act(rule, branch.flow);
  switch (action.kind) {
    case 'continue':
      return goesOn({ ...branch, flow: action.flow });
    case 'verdict': {
      const ended = { ...branch, flow: action.flow };
      if (action.verdict === 'return') return [{ branch: ended, verdict: undefined, leaves: true }];
      return [{ branch: ended, verdict: action.verdict, leaves: false }];
    }
    case 'unknown':
      return isUnknown();
    default: {
      const target = find(action.chain);
      if (!target || depth >= DEEPEST) return isUnknown();
      // A goto does not come back: the end of its chain is the end of this one.
      return follow({ family, table, hook, find }, target, branch, 0, depth + 1).map((each) => ({
        ...each,
        leaves: action.kind === 'goto' && each.verdict === undefined,
      }));
    }
  }
}

/** The part of a branch that a rule is for, and the part that it is not for. */
function split(
  branch: Branch,
  tri: Exclude<ReturnType<typeof testAll>, { kind: 'no' }>,
): { readonly taken?: Branch; readonly left?: Branch } {
  switch (tri.kind) {
    case 'yes':
      return { taken: branch };
    case 'share':
      return {
        taken: { ...branch, weight: times(branch.weight, tri.share) },
        left: { ...branch, weight: times(branch.weight, rest(tri.share)) },
      };
    case 'depends': {
      const holds = assumed(branch, tri.on);
      if (holds !== undefined) return holds ? { taken: branch } : { left: branch };
      const on = [...branch.depends, tri.on];
      // Both ways have the whole weight: which of them it is is not known.
      if (on.length > MOST_UNKNOWN) return { taken: { ...branch, depends: on } };
      return { taken: { ...branch, depends: on }, left: { ...branch, depends: [...branch.depends, `not ${tri.on}`] } };
    }
  }
}
