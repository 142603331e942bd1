/**
 * chains: a table's chains, each with an index, and the way of a packet through them.
 *
 * A chain that Services share has a rule for each of them; all but a few are for one destination address, or one port.
 * They are found by that, so a packet costs what is for it and not what there is.
 */
import { printRule } from '../tools/iptables/print.js';
import type { Chain, Rule, RuleSet, TableName } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import { conditionsOf, type Known, type NamedCondition, testAll } from './conditions.js';
import { rest, times } from './fraction.js';
import type { Hook } from './hooks.js';
import { assumed } from './interfaces.js';
import type { Flow } from './packet.js';
import { act, type Verdict } from './targets.js';

/** A branch that has left a chain: with a verdict, or because the chain ended. */
export interface Walked {
  readonly branch: Branch;
  readonly verdict: Exclude<Verdict, 'return'> | undefined;
}

interface IndexedRule {
  readonly rule: Rule;
  /** From 0. */
  readonly place: number;
  readonly conditions: readonly NamedCondition[];
}

interface IndexedChain {
  readonly chain: Chain;
  readonly rules: readonly IndexedRule[];
  /** Rules for one destination address, by that, and for one port without an address, and all others. */
  readonly byAddress: ReadonlyMap<string, readonly IndexedRule[]>;
  readonly byPort: ReadonlyMap<number, readonly IndexedRule[]>;
  readonly others: readonly IndexedRule[];
}

export interface Tables {
  /** What becomes of a branch that enters a built-in chain; policies included. */
  readonly walk: (table: TableName, hook: Hook, branch: Branch) => readonly Walked[];
  /** The rules of a chain that are not for the flow, each with the first condition that fails. */
  readonly missed: (table: TableName, chain: string, flow: Flow) => readonly Missed[];
}

export interface Missed {
  readonly rule: number;
  readonly text: string;
  readonly because: string;
}

/** More branches than that would tell nobody anything; the others are said to depend. */
const MOST_UNKNOWN = 6;

/** The kernel refuses rules that are deeper, and loops. */
const DEEPEST = 64;

/** The tables of a rule set. */
export function tablesOf(ruleSet: RuleSet, known: Known): Tables {
  const chains = new Map<string, Chain>(
    ruleSet.tables.flatMap(({ name, chains }) => chains.map((chain) => [`${name} ${chain.name}`, chain] as const)),
  );
  const indexed = new Map<string, IndexedChain>();
  const find = (table: TableName, name: string): IndexedChain | undefined => {
    const key = `${table} ${name}`;
    const before = indexed.get(key);
    if (before) return before;
    const chain = chains.get(key);
    if (!chain) return undefined;
    const made = indexOf(chain, known);
    indexed.set(key, made);
    return made;
  };

  /** The way of a branch from the rule at `from` on. */
  const follow = (
    table: TableName,
    hook: Hook,
    chain: IndexedChain,
    start: Branch,
    from: number,
    depth: number,
  ): Walked[] => {
    const done: Walked[] = [];
    let branch = start;
    let place = from;
    for (;;) {
      const next = nextFor(chain, branch.flow, place);
      if (!next) return [...done, { branch, verdict: undefined }];
      const tri = testAll(next.conditions, branch.flow);
      place = next.place + 1;
      if (tri.kind === 'no') continue;
      const { taken, left } = split(branch, tri);
      const results = taken ? take(table, hook, chain, next, taken, depth) : [];
      // What comes back goes on with the next rule.
      const back = results.filter(({ verdict, leaves }) => verdict === undefined && !leaves).map((each) => each.branch);
      done.push(...results.filter(({ verdict, leaves }) => verdict !== undefined || leaves));
      const going = [...back, ...(left ? [left] : [])];
      const [first, ...others] = going;
      if (!first) return done;
      for (const other of others) done.push(...follow(table, hook, chain, other, place, depth));
      branch = first;
    }
  };

  interface Taken extends Walked {
    /** It has left the chain without a verdict. */
    readonly leaves: boolean;
  }

  /** What becomes of a branch that a rule is for. */
  const take = (
    table: TableName,
    hook: Hook,
    { chain }: IndexedChain,
    { rule, place }: IndexedRule,
    before: Branch,
    depth: number,
  ): readonly Taken[] => {
    const step = {
      hook,
      table,
      chain: chain.name,
      rule: place + 1,
      text: `-A ${chain.name}${printRule(rule, ruleSet.family)}`,
      owner: rule.owner ?? chain.owner,
      passed: place,
      flow: before.flow,
      before: before.steps,
    };
    const branch = { ...before, steps: step };
    const action = act(rule, branch.flow);
    switch (action.kind) {
      case 'continue':
        return [{ branch: { ...branch, flow: action.flow }, verdict: undefined, leaves: false }];
      case 'verdict': {
        const ended = { ...branch, flow: action.flow };
        return action.verdict === 'return'
          ? [{ branch: ended, verdict: undefined, leaves: true }]
          : [{ branch: ended, verdict: action.verdict, leaves: false }];
      }
      case 'unknown':
        return [{ branch: { ...branch, depends: [...branch.depends, step.text] }, verdict: undefined, leaves: false }];
      default: {
        const target = find(table, action.chain);
        if (!target || depth >= DEEPEST)
          return [
            { branch: { ...branch, depends: [...branch.depends, step.text] }, verdict: undefined, leaves: false },
          ];
        const walked = follow(table, hook, target, branch, 0, depth + 1);
        // A goto does not come back: the end of its chain is the end of this one.
        return walked.map((each) => ({ ...each, leaves: action.kind === 'goto' && each.verdict === undefined }));
      }
    }
  };

  return {
    walk: (table, hook, branch) => {
      const chain = find(table, hook);
      if (!chain) return [{ branch, verdict: 'accept' }];
      return follow(table, hook, chain, branch, 0, 0).map((each) =>
        each.verdict === undefined ? policy(table, hook, chain, each.branch) : each,
      );
    },
    missed: (table, name, flow) =>
      (find(table, name)?.rules ?? []).flatMap(({ rule, place, conditions }) => {
        const failed = conditions.find(({ test }) => test(flow).kind === 'no');
        const text = `-A ${name}${printRule(rule, ruleSet.family)}`;
        return failed ? [{ rule: place + 1, text, because: failed.text() }] : [];
      }),
  };
}

function policy(table: TableName, hook: Hook, { chain, rules }: IndexedChain, branch: Branch): Walked {
  if (chain.policy !== 'DROP') return { branch, verdict: 'accept' };
  const step = {
    hook,
    table,
    chain: chain.name,
    rule: 0,
    text: `-P ${chain.name} DROP`,
    owner: undefined,
    passed: rules.length,
    flow: branch.flow,
    before: branch.steps,
  };
  return { branch: { ...branch, steps: step }, verdict: 'drop' };
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

function indexOf(chain: Chain, known: Known): IndexedChain {
  const byAddress = new Map<string, IndexedRule[]>();
  const byPort = new Map<number, IndexedRule[]>();
  const others: IndexedRule[] = [];
  const rules = chain.rules().map((rule, place): IndexedRule => {
    let conditions: readonly NamedCondition[] | undefined;
    return {
      rule,
      place,
      get conditions() {
        conditions ??= conditionsOf(rule, known);
        return conditions;
      },
    };
  });
  for (const each of rules) {
    const address = addressOf(each.rule);
    const port = address === undefined ? portOf(each.rule) : undefined;
    if (address !== undefined) push(byAddress, address, each);
    else if (port !== undefined) push(byPort, port, each);
    else others.push(each);
  }
  return { chain, rules, byAddress, byPort, others };
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

/** The first rule at `from` or behind it that may be for the flow. */
function nextFor({ byAddress, byPort, others }: IndexedChain, flow: Flow, from: number): IndexedRule | undefined {
  const lists = [
    others,
    byAddress.get(flow.destination.text) ?? [],
    flow.destinationPort === undefined ? [] : (byPort.get(flow.destinationPort) ?? []),
  ];
  let first: IndexedRule | undefined;
  for (const list of lists) {
    const found = atOrBehind(list, from);
    if (found && (!first || found.place < first.place)) first = found;
  }
  return first;
}

function atOrBehind(list: readonly IndexedRule[], from: number): IndexedRule | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.place ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return list[low];
}
