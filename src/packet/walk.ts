/**
 * walk: the way of a packet through the chains of a table.
 */
import { type Branch, stepped } from './branch.js';
import { type Fraction, rest, times } from './fraction.js';
import {
  actionIn,
  type IndexedChain,
  type IndexedRule,
  nextIn,
  partIn,
  partsAt,
  targetIn,
  test,
  textIn,
} from './indexed.js';
import { settled } from './interfaces.js';
import type { Flow } from './packet.js';
import { type RulePlace, RuleSite } from './site.js';
import type { Verdict } from './targets.js';
import type { Tri } from './tri.js';

/** A branch on which a rule has decided. */
export interface Walked {
  readonly branch: Branch;
  readonly verdict: Exclude<Verdict, 'return'>;
}

/** The context of a walk: where its rules are, the table's chains, and the branches with a verdict so far. */
export interface Place {
  readonly at: RulePlace;
  readonly find: (chain: string) => IndexedChain | undefined;
  readonly done: Walked[];
}

/** The most unknown conditions of a branch; beyond them only the case in which a condition holds is followed. */
const MOST_UNKNOWN = 6;

/** A guard against loops in a dump; the kernel refuses a rule set that has one. */
const DEEPEST = 64;

/** Follows a branch from the rule at `from` on; returns the branches that leave the chain without a verdict. */
export function follow(place: Place, chain: IndexedChain, start: Branch, from = 0, depth = 0): readonly Branch[] {
  const out: Branch[] = [];
  let branch = start;
  let at = from;
  for (;;) {
    const next = nextIn(chain, branch, at);
    if (!next) {
      out.push(branch);
      return out;
    }
    const parts = branch.twins && partsAt(chain, next, branch);
    if (parts && parts[0] !== branch) {
      for (const part of parts) out.push(...follow(place, chain, part, next.place, depth));
      return out;
    }
    const tri = settled(branch, test(chain, next, branch.flow));
    at = next.place + 1;
    if (tri.kind === 'no') continue;
    const shares: Shares = (weight, share) => partIn(next, weight, share);
    const left = tri.kind === 'yes' ? undefined : leftOf(branch, tri, shares);
    const back = take(place, chain, next, tri.kind === 'yes' ? branch : takenOf(branch, tri, shares), depth, out);
    // The branches that come back, and the one that does not match, go on with the next rule: the first in this loop.
    const first = back[0] ?? left;
    if (!first) return out;
    for (let i = 1; i < back.length; i++) out.push(...follow(place, chain, back[i] ?? first, at, depth));
    if (left && left !== first) out.push(...follow(place, chain, left, at, depth));
    branch = first;
  }
}

const NOTHING: readonly Branch[] = [];

/** Applies a rule to a branch that it matches. Returns the branches that stay in the chain; `out` gets the others. */
function take(
  place: Place,
  chain: IndexedChain,
  rule: IndexedRule,
  before: Branch,
  depth: number,
  out: Branch[],
): readonly Branch[] {
  const action = actionIn(chain, rule, before.flow);
  switch (action.kind) {
    case 'continue':
      return [after(place, chain, rule, before, action.flow)];
    case 'verdict': {
      const branch = after(place, chain, rule, before, action.flow);
      if (action.verdict === 'return') out.push(branch);
      else place.done.push({ branch, verdict: action.verdict });
      return NOTHING;
    }
    case 'jump':
    case 'goto': {
      const branch = after(place, chain, rule, before, before.flow);
      const target = targetIn(rule, action.chain, place.find);
      if (target?.rules.length === 0 && action.kind === 'jump') return [branch];
      if (!target || depth >= DEEPEST) return [unknown(branch, textIn(chain, rule))];
      const back = follow(place, target, branch, 0, depth + 1);
      if (action.kind === 'jump') return back;
      // After a goto the end of the target chain returns to the caller of this chain.
      out.push(...back);
      return NOTHING;
    }
    case 'unknown':
      return [unknown(after(place, chain, rule, before, before.flow), textIn(chain, rule))];
  }
}

function unknown(branch: Branch, text: string): Branch {
  return { ...branch, depends: [...branch.depends, text] };
}

/** The branch after a step at the rule. */
function after(place: Place, chain: IndexedChain, rule: IndexedRule, before: Branch, flow: Flow): Branch {
  const trail = stepped(new RuleSite(place.at, chain, rule), before);
  return { flow, weight: before.weight, trail, depends: before.depends, twins: before.twins };
}

/** The part of a branch that a rule matches. */
export function takenOf(branch: Branch, tri: Uncertain, shares: Shares = sharesOf): Branch {
  const { flow, weight, trail, depends, twins } = branch;
  if (tri.kind === 'depends') return { flow, weight, trail, depends: [...depends, tri.on], twins };
  return { flow, weight: shares(weight, tri.share).taken, trail, depends, twins };
}

/** The part that it does not match. If the match depends, both parts have the whole weight: either may be real. */
export function leftOf(branch: Branch, tri: Uncertain, shares: Shares = sharesOf): Branch | undefined {
  const { flow, weight, trail, depends, twins } = branch;
  if (tri.kind === 'share') return { flow, weight: shares(weight, tri.share).left, trail, depends, twins };
  if (depends.length >= MOST_UNKNOWN) return undefined;
  return { flow, weight, trail, depends: [...depends, `not ${tri.on}`], twins };
}

type Uncertain = Exclude<Tri, { kind: 'yes' | 'no' }>;

/** The parts of a branch's weight that a share of connections is, and the rest. */
type Shares = (weight: Fraction, share: Fraction) => { readonly taken: Fraction; readonly left: Fraction };

const sharesOf: Shares = (weight, share) => ({ taken: times(weight, share), left: times(weight, rest(share)) });
