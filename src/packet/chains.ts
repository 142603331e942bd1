/**
 * chains: the tables of a rule set, whose chains are indexed when a packet first gets there.
 */
import { printRule } from '../tools/iptables/print.js';
import type { Chain, RuleSet, TableName } from '../tools/iptables/types.js';
import type { Branch } from './branch.js';
import type { Known } from './conditions.js';
import type { Hook } from './hooks.js';
import { type IndexedChain, indexOf } from './indexed.js';
import type { Flow } from './packet.js';
import { follow, type Walked } from './walk.js';

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

/** The tables of a rule set. */
export function tablesOf({ family, tables }: RuleSet, known: Known): Tables {
  const find = finder(
    new Map(tables.flatMap(({ name, chains }) => chains.map((chain) => [`${name} ${chain.name}`, chain] as const))),
    known,
  );
  return {
    walk: (table, hook, branch) => {
      const chain = find(table, hook);
      if (!chain) return [{ branch, verdict: 'accept' }];
      const place = { family, table, hook, find: (name: string) => find(table, name) };
      return follow(place, chain, branch).map((each) =>
        each.verdict === undefined ? policy(table, hook, chain, each.branch) : each,
      );
    },
    missed: (table, name, flow) =>
      (find(table, name)?.rules ?? []).flatMap(({ rule, place, conditions }) => {
        const failed = conditions.find(({ test }) => test(flow).kind === 'no');
        const text = `-A ${name}${printRule(rule, family)}`;
        return failed ? [{ rule: place + 1, text, because: failed.text() }] : [];
      }),
  };
}

/** Chains by table and name, indexed once. */
function finder(chains: ReadonlyMap<string, Chain>, known: Known) {
  const indexed = new Map<string, IndexedChain>();
  return (table: TableName, name: string): IndexedChain | undefined => {
    const key = `${table} ${name}`;
    const before = indexed.get(key);
    const chain = chains.get(key);
    if (before || !chain) return before;
    const made = indexOf(chain, known);
    indexed.set(key, made);
    return made;
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
