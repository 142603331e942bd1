/**
 * indexed: a chain with an index of its rules by destination address and port.
 *
 * A chain that Services share has a rule for each of them; most rules match one destination address, or one port. The
 * index finds those for a packet, so its cost does not grow with the number of Services.
 */
import type { Family } from '../ip.js';
import type { SavedChain } from '../tools/iptables/parse.js';
import { printRule } from '../tools/iptables/print.js';
import type { Chain, Rule } from '../tools/iptables/types.js';
import type { Site } from './branch.js';
import { conditionsOf, type Known, type NamedCondition } from './conditions.js';
import { all, type Condition } from './foreign.js';
import { type Fraction, rest, times } from './fraction.js';
import type { Flow } from './packet.js';
import { type Action, actionOf } from './targets.js';
import type { Tri } from './tri.js';

export interface IndexedRule {
  readonly rule: Rule;
  /** From 0. */
  readonly place: number;
  /** Made when a packet first reaches the rule; most rules are never reached. */
  made: Made | undefined;
}

/** A branch's weight, and its parts that match and do not match a rule with a probability. */
interface Shares {
  readonly weight: Fraction;
  readonly taken: Fraction;
  readonly left: Fraction;
}

interface Made {
  readonly tests: readonly Condition[];
  site: Site | undefined;
  action: ((flow: Flow) => Action) | undefined;
  target: IndexedChain | undefined;
  shares: Shares | undefined;
}

export interface IndexedChain {
  readonly chain: Chain;
  /** The rules as text, if they were read from a dump. */
  readonly lines: readonly string[] | undefined;
  readonly known: Known;
  readonly family: Family;
  readonly rules: readonly IndexedRule[];
  /** Rules with one destination address, rules with one port but no address, and the others; no maps if SHORT. */
  readonly byAddress: ReadonlyMap<string, readonly IndexedRule[]> | undefined;
  readonly byPort: ReadonlyMap<number, readonly IndexedRule[]> | undefined;
  readonly others: readonly IndexedRule[];
}

/** The number of rules below which testing each is as fast as an index. */
const SHORT = 16;

/** The index of a chain. */
export function indexOf(chain: Chain, known: Known, family: Family): IndexedChain {
  const rules = chain.rules().map((rule, place): IndexedRule => ({ rule, place, made: undefined }));
  const { lines }: Partial<SavedChain> = chain;
  const about = { chain, lines, known, family, rules };
  if (rules.length < SHORT) return { ...about, byAddress: undefined, byPort: undefined, others: rules };
  const byAddress = new Map<string, IndexedRule[]>();
  const byPort = new Map<number, IndexedRule[]>();
  const others: IndexedRule[] = [];
  for (const each of rules) {
    const address = addressOf(each.rule);
    const port = address === undefined ? portOf(each.rule) : undefined;
    if (address !== undefined) push(byAddress, address, each);
    else if (port !== undefined) push(byPort, port, each);
    else others.push(each);
  }
  return { ...about, byAddress, byPort, others };
}

/** The conditions of a rule of the chain, each with its text. */
export function conditionsIn({ known }: IndexedChain, { rule }: IndexedRule): readonly NamedCondition[] {
  return conditionsOf(rule, known);
}

/** Whether a rule of the chain matches a flow. */
export function test(chain: IndexedChain, indexed: IndexedRule, flow: Flow): Tri {
  return all(madeOf(chain, indexed).tests, flow);
}

/** A rule of the chain as iptables -S prints it. */
export function textIn(chain: IndexedChain, indexed: IndexedRule): string {
  return `-A ${chain.chain.name}${chain.lines?.[indexed.place] ?? printRule(indexed.rule, chain.family)}`;
}

/** What a step at a rule of the chain says about it. Nearly all rules are reached from one hook only. */
export function siteIn(
  { table, hook, variant }: Pick<Site, 'table' | 'hook' | 'variant'>,
  chain: IndexedChain,
  indexed: IndexedRule,
): Site {
  const made = madeOf(chain, indexed);
  if (made.site?.hook === hook) return made.site;
  const { rule, place } = indexed;
  const { name, owner = undefined } = chain.chain;
  const text = textIn(chain, indexed);
  made.site = { hook, table, variant, chain: name, rule: place + 1, text, owner: rule.owner ?? owner, passed: place };
  return made.site;
}

/** The action of a rule on a flow that it matches. */
export function actionIn(indexed: IndexedRule): (flow: Flow) => Action {
  const { made, rule } = indexed;
  if (!made) return actionOf(rule);
  made.action ??= actionOf(rule);
  return made.action;
}

/** The chain that a rule jumps to. */
export function targetIn(
  { made }: IndexedRule,
  name: string,
  find: (chain: string) => IndexedChain | undefined,
): IndexedChain | undefined {
  if (!made) return find(name);
  made.target ??= find(name);
  return made.target;
}

/** The parts of a weight that match and do not match a rule with a probability. */
export function partIn({ made }: IndexedRule, weight: Fraction, share: Fraction): Shares {
  if (made?.shares?.weight === weight) return made.shares;
  const shares = sharesOf(weight, share);
  if (made) made.shares = shares;
  return shares;
}

/** Chains of as many endpoints have the same shares. */
const SHARES = new WeakMap<Fraction, WeakMap<Fraction, Shares>>();

function sharesOf(weight: Fraction, share: Fraction): Shares {
  const known = SHARES.get(share) ?? new WeakMap<Fraction, Shares>();
  SHARES.set(share, known);
  const shares = known.get(weight) ?? { weight, taken: times(weight, share), left: times(weight, rest(share)) };
  known.set(weight, shares);
  return shares;
}

function madeOf({ known }: IndexedChain, indexed: IndexedRule): Made {
  if (indexed.made) return indexed.made;
  indexed.made = {
    tests: conditionsOf(indexed.rule, known).map((each) => each.test),
    site: undefined,
    action: undefined,
    target: undefined,
    shares: undefined,
  };
  return indexed.made;
}

function push<K>(map: Map<K, IndexedRule[]>, key: K, each: IndexedRule): void {
  const list = map.get(key);
  if (list) list.push(each);
  else map.set(key, [each]);
}

function addressOf({ header: { destination } }: Rule): string | undefined {
  if (!destination || destination.not) return undefined;
  return /^(.*)\/(?:32|128)$/.exec(destination.value)?.[1];
}

function portOf({ matches }: Rule): number | undefined {
  const match = matches.find((each) => each.kind === 'l4' && each.destinationPort !== undefined);
  return match?.kind === 'l4' ? match.destinationPort : undefined;
}

/** The first rule from place `from` on that may match the flow. */
export function nextFor(
  { byAddress, byPort, others }: IndexedChain,
  flow: Flow,
  from: number,
): IndexedRule | undefined {
  if (!byAddress) return others[from];
  const other = atOrBehind(others, from);
  const forAddress = atOrBehind(byAddress.get(flow.destination.text), from);
  return earlier(earlier(other, forAddress), atOrBehind(byPort?.get(flow.destinationPort ?? -1), from));
}

function earlier(a: IndexedRule | undefined, b: IndexedRule | undefined): IndexedRule | undefined {
  return a && b ? (a.place < b.place ? a : b) : (a ?? b);
}

function atOrBehind(list: readonly IndexedRule[] | undefined, from: number): IndexedRule | undefined {
  if (!list) return undefined;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.place ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return list[low];
}
