/**
 * walk: the way of a packet through a base chain of nftables and the chains that it leads to.
 */
import type { Chain } from '../../tools/nft/types.js';
import { type Branch, type Did, type Site, stepped } from '../branch.js';
import { times } from '../fraction.js';
import { settled } from '../interfaces.js';
import type { Flow } from '../packet.js';
import { apart, bound, parted } from '../twins.js';
import { leftOf, takenOf, type Walked } from '../walk.js';
import type { Effect } from './actions.js';
import { withElement } from './brief.js';
import type { KnownTable } from './known.js';
import { type MadeRule, madeRule, type Part } from './rules.js';

/** A chain whose rules are ready for packets. */
export interface MadeChain {
  readonly chain: Chain;
  readonly rules: readonly MadeRule[];
}

/** The context of a walk: where its rules are, the table's chains, and the branches with a verdict so far. */
export interface Place {
  readonly at: Pick<Site, 'table' | 'hook'>;
  readonly find: (chain: string) => MadeChain | undefined;
  readonly done: Walked[];
}

/** Makes the chains of a table, each at its first use. */
export function chainsOf(known: KnownTable): (name: string) => MadeChain | undefined {
  const chains = new Map(known.table.chains.map((chain) => [chain.name, chain]));
  const made = new Map<string, MadeChain>();
  return (name) => {
    const before = made.get(name);
    const chain = before ? undefined : chains.get(name);
    if (!chain) return before;
    const now = { chain, rules: chain.rules().map((rule, place) => madeRule(rule, place, known)) };
    made.set(name, now);
    return now;
  };
}

/** A guard against loops in a dump; the kernel allows 16 jumps. */
const DEEPEST = 64;

/** Far more than a Service has endpoints: chains of a dump that lead to each other twice have endless ways. */
const MOST_BRANCHES = 50_000;

/** Follows a branch from the rule at `from` on; returns the branches that leave the chain without a verdict. */
export function follow(place: Place, chain: MadeChain, start: Branch, from = 0, depth = 0): readonly Branch[] {
  let inside: readonly Branch[] = [start];
  const out: Branch[] = [];
  for (let at = from; at < chain.rules.length && inside.length > 0; at++) {
    const rule = chain.rules[at];
    if (!rule) continue;
    const stay: Branch[] = [];
    for (const branch of inside) {
      pass({ place, chain, rule, depth, flow: branch.flow, stay, out }, branch);
      if (stay.length + out.length > MOST_BRANCHES)
        throw new Error(`table ${place.at.table}: too many ways of a packet through chain ${chain.chain.name}`);
    }
    inside = stay;
  }
  return out.length === 0 ? inside : [...inside, ...out];
}

interface Visit {
  readonly place: Place;
  readonly chain: MadeChain;
  readonly rule: MadeRule;
  readonly depth: number;
  /** The packet as it came to the rule. */
  readonly flow: Flow;
  /** The branches that go on with the next rule. */
  readonly stay: Branch[];
  /** The branches that leave the chain. */
  readonly out: Branch[];
}

/** Sends a branch through the statements of a rule, from the one at `from` on. */
function pass(visit: Visit, branch: Branch, from = 0): void {
  const { stay, rule } = visit;
  const { parts } = rule;
  let now = branch;
  for (let i = from; i < parts.length; i++) {
    const part = parts[i];
    if (part?.tells && now.twins) {
      const twins = toldApart(part, now);
      if (twins[0] !== now) {
        const came = ({ flow }: Branch) => (visit.flow === now.flow ? flow : bound(visit.flow, flow));
        for (const each of twins) pass({ ...visit, flow: came(each) }, each, i);
        return;
      }
    }
    if (part?.kind === 'test') {
      const tri = settled(now, part.test(now.flow));
      if (tri.kind === 'no') {
        stay.push(now);
        return;
      }
      if (tri.kind === 'yes') continue;
      const left = leftOf(now, tri);
      if (left) stay.push(left);
      now = takenOf(now, tri);
    } else if (part) {
      const effects = part.act(now.flow);
      const [only] = effects;
      if (effects.length > 1 || only?.to.kind !== 'next') {
        for (const effect of effects) apply(visit, now, effect, i);
        return;
      }
      now = { ...now, flow: only.flow };
    }
  }
  stay.push(stepAt(visit, now));
}

/** The parts of a branch to which a statement is the same; those to which an action does something, each alone. */
function toldApart(part: Part, branch: Branch): readonly Branch[] {
  if (part.kind === 'test')
    return parted(branch, (flow) => {
      const tri = part.test(flow);
      return tri.kind === 'depends' ? tri.on : tri.kind;
    });
  const isIdle = (flow: Flow) => part.act(flow).every(({ to }) => to.kind === 'leave');
  const parts = parted(branch, isIdle);
  return parts.flatMap((each) => (isIdle(each.flow) ? [each] : apart(each)));
}

/** Applies an effect to a share of the branch. */
function apply(visit: Visit, before: Branch, effect: Effect, at: number): void {
  const { place, depth, stay, out } = visit;
  const { flow, to } = effect;
  const { trail, depends, twins } = before;
  const weight = times(before.weight, effect.share);
  if (to.kind === 'leave') {
    stay.push({ flow: before.flow, weight, trail, depends, twins });
    return;
  }
  const changed = { flow, weight, trail, depends, twins };
  if (to.kind === 'next') {
    pass(visit, changed, at + 1);
    return;
  }
  const branch = stepAt(visit, changed, effect);
  switch (to.kind) {
    case 'continue':
      stay.push(branch);
      return;
    case 'unknown':
      stay.push({ ...branch, depends: [...branch.depends, to.text] });
      return;
    case 'return':
      out.push(branch);
      return;
    case 'accept':
    case 'drop':
    case 'reject':
      place.done.push({ branch, verdict: to.kind });
      return;
    case 'jump':
    case 'goto': {
      const target = place.find(to.chain);
      if (!target || depth >= DEEPEST) {
        const why = target ? 'a loop, or deeper than the kernel goes' : 'a chain that is not there';
        stay.push({ ...branch, depends: [...branch.depends, `${to.kind} ${to.chain}, ${why}`] });
        return;
      }
      // After a goto the end of the target chain returns to the caller of this chain.
      const next = to.kind === 'jump' ? stay : out;
      for (const each of follow(place, target, branch, 0, depth + 1)) next.push(each);
    }
  }
}

/** The branch with the rule as one step more. */
function stepAt(visit: Visit, { flow, weight, trail, depends, twins }: Branch, effect?: Effect): Branch {
  const site = new VisitSite(visit, flow, effect);
  return { flow, weight, trail: stepped(site, { flow: visit.flow, trail }), depends, twins };
}

/** What the rule did in the end. */
function didTo(before: Flow, after: Flow, effect: Effect | undefined): Did {
  const to = effect?.to;
  if (!before.original && after.original)
    return { kind: 'dnat', ip: after.destination.text, port: after.destinationPort };
  if (after.sourceNat !== before.sourceNat) return { kind: after.sourceNat ?? 'none' };
  switch (to?.kind) {
    case 'jump':
    case 'goto':
    case 'unknown':
      return to;
    case 'accept':
    case 'drop':
    case 'return':
    case 'reject':
      return { kind: to.kind };
  }
  if (after.affinity !== before.affinity || after.lists !== before.lists) return { kind: 'remember' };
  return { kind: after.mark === before.mark ? 'none' : 'mark' };
}

/** What a step at a rule says about it. */
class VisitSite implements Site {
  private readonly at: Place['at'];
  private readonly in: Chain;
  private readonly made: MadeRule;
  private readonly before: Flow;
  constructor(
    { place, chain, rule, flow }: Visit,
    private readonly after: Flow,
    private readonly effect: Effect | undefined,
  ) {
    this.at = place.at;
    this.in = chain.chain;
    this.made = rule;
    this.before = flow;
  }
  get hook() {
    return this.at.hook;
  }
  get table() {
    return this.at.table;
  }
  get chain() {
    return this.in.name;
  }
  get rule() {
    return this.made.place + 1;
  }
  get text() {
    return withElement(this.made.text, this.effect?.element);
  }
  get owner() {
    return this.effect?.owner ?? this.made.rule.owner ?? this.in.owner;
  }
  get passed() {
    return this.made.place;
  }
  get did() {
    return didTo(this.before, this.after, this.effect);
  }
}
