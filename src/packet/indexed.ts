/**
 * indexed: a chain with an index of its rules by destination address and port.
 *
 * A chain that Services share has a rule for each of them; most rules match one destination address, or one port. The
 * index finds those for a packet, so its cost does not grow with the number of Services.
 */
import type { Family } from '../ip.js';
import type { Owner } from '../owner.js';
import type { SavedChain } from '../tools/iptables/parse.js';
import { printRule } from '../tools/iptables/print.js';
import { type Chain, rule as emptyRule, type Rule } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import { conditionsOf, type Known, type NamedCondition } from './conditions.js';
import { allOf, type Condition } from './foreign.js';
import { type Fraction, rest, times } from './fraction.js';
import type { Flow } from './packet.js';
import { type Act, type Action, actionOf, actOf, changesDestination, knownDestination } from './targets.js';
import type { Tri } from './tri.js';
import { apart, parted } from './twins.js';

/** A rule of a chain; what the walk needs of it is made when a packet first reaches it, and most are never reached. */
export interface IndexedRule {
  /** From 0. */
  readonly place: number;
  /** After a packet has reached a rule that was read from a dump, its line is enough. */
  rule: Rule | undefined;
  test: Condition | undefined;
  /** Whether the test reads the destination, and whether the action changes it. */
  tells: boolean;
  changes: boolean;
  act: Act | undefined;
  owner: Owner | undefined;
  target: IndexedChain | undefined;
  shares: Shares | undefined;
}

type Made = IndexedRule & { readonly test: Condition };

/** A branch's weight, and its parts that match and do not match a rule with a probability. */
interface Shares {
  readonly weight: Fraction;
  readonly taken: Fraction;
  readonly left: Fraction;
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
  const { lines }: Partial<SavedChain> = chain;
  const written = chain.rules();
  const rules = written.map(indexedRule);
  if (rules.length < SHORT)
    return { chain, lines, known, family, rules, byAddress: undefined, byPort: undefined, others: rules };
  const byAddress = new Map<string, IndexedRule[]>();
  const byPort = new Map<number, IndexedRule[]>();
  const others: IndexedRule[] = [];
  for (const each of rules) {
    const address = each.rule && addressOf(each.rule);
    const port = address === undefined && each.rule ? portOf(each.rule) : undefined;
    if (address !== undefined) push(byAddress, address, each);
    else if (port !== undefined) push(byPort, port, each);
    else others.push(each);
  }
  return { chain, lines, known, family, rules, byAddress, byPort, others };
}

function indexedRule(rule: Rule, place: number): IndexedRule {
  return {
    place,
    rule,
    test: undefined,
    tells: false,
    changes: false,
    act: undefined,
    owner: undefined,
    target: undefined,
    shares: undefined,
  };
}

/** The conditions of each rule of the chain, each with its text. */
export function conditionsIn({ chain, known }: IndexedChain): readonly (readonly NamedCondition[])[] {
  return chain.rules().map((rule) => conditionsOf(rule, known));
}

/** Whether a rule of the chain matches a flow. */
export function test(chain: IndexedChain, indexed: IndexedRule, flow: Flow): Tri {
  return (indexed.test ?? made(chain, indexed).test)(flow);
}

/** The parts of a branch to which a rule of the chain is the same: one that changes the destination needs each alone. */
export function partsAt(chain: IndexedChain, indexed: IndexedRule, branch: Branch): readonly Branch[] {
  const { test, tells, changes } = made(chain, indexed);
  if (changes && test(branch.flow).kind !== 'no') return apart(branch);
  if (!tells) return [branch];
  return parted(branch, (flow) => {
    const tri = test(flow);
    return tri.kind === 'depends' ? tri.on : tri.kind;
  });
}

/** A rule of the chain as iptables -S prints it. */
export function textIn({ chain, lines, family }: IndexedChain, { place, rule }: IndexedRule): string {
  return `-A ${chain.name}${lines?.[place] ?? (rule ? printRule(rule, family) : '')}`;
}

/** The action of a rule of the chain on a flow that it matches. */
export function actionIn(chain: IndexedChain, indexed: IndexedRule, flow: Flow): Action {
  return actionOf(made(chain, indexed).act, flow);
}

/** The chain that a rule jumps to. */
export function targetIn(
  indexed: IndexedRule,
  name: string,
  find: (chain: string) => IndexedChain | undefined,
): IndexedChain | undefined {
  indexed.target ??= find(name);
  return indexed.target;
}

/** The parts of a weight that match and do not match a rule with a probability. */
export function partIn(indexed: IndexedRule, weight: Fraction, share: Fraction): Shares {
  if (indexed.shares?.weight === weight) return indexed.shares;
  indexed.shares = sharesOf(weight, share);
  return indexed.shares;
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

/** The rule with what the walk needs of it. */
function made({ lines, known }: IndexedChain, indexed: IndexedRule): Made {
  if (isMade(indexed)) return indexed;
  // It is there until here.
  const rule = indexed.rule ?? emptyRule({}, []);
  const { test, tells } = testOf(rule, known);
  indexed.test = test;
  indexed.tells = tells;
  indexed.changes = changesDestination(rule);
  indexed.act = actOf(rule);
  indexed.owner = rule.owner;
  if (lines) indexed.rule = undefined;
  return indexed as Made;
}

type Tested = Pick<Rule, 'header'> & Pick<Made, 'test' | 'tells'>;

/** By the very matches of a rule: hundreds of thousands of a dump share a few (parseRule). */
const TESTS = new WeakMap<Known, Map<Rule['matches'], Tested>>();
const MOST_TESTS = 1000;

/** All conditions of a rule as one. */
function testOf(rule: Rule, known: Known): Tested {
  const tests = TESTS.get(known) ?? new Map<Rule['matches'], Tested>();
  TESTS.set(known, tests);
  const before = tests.get(rule.matches);
  if (before?.header === rule.header) return before;
  const conditions = conditionsOf(rule, known);
  const each = conditions.map(({ test }) => test);
  // Probabilities multiply; any other condition says the same the second time.
  const isRepeated = rule.matches.filter(({ kind }) => kind === 'statistic').length > 1;
  const made = {
    header: rule.header,
    test: allOf(isRepeated ? each : [...new Set(each)]),
    tells: conditions.some(({ tells }) => tells),
  };
  if (tests.size >= MOST_TESTS) tests.clear();
  if (rule.matches.length > 0) tests.set(rule.matches, made);
  return made;
}

function isMade(indexed: IndexedRule): indexed is Made {
  return indexed.test !== undefined;
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

/** The first rule from place `from` on that may match the flow of a branch, or that of one of its twins. */
export function nextIn(chain: IndexedChain, { flow, twins }: Branch, from: number): IndexedRule | undefined {
  if (!twins || !chain.byAddress) return nextFor(chain, flow, from);
  let next: IndexedRule | undefined;
  for (const twin of twins) next = earlier(next, nextFor(chain, twin.flow, from));
  return next;
}

function nextFor(
  { rules, byAddress, byPort, others }: IndexedChain,
  flow: Flow,
  from: number,
): IndexedRule | undefined {
  const ip = knownDestination(flow);
  if (!byAddress || !ip) return rules[from];
  const other = atOrBehind(others, from);
  const forAddress = atOrBehind(byAddress.get(ip.text), from);
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
