/**
 * chains: the tables of a rule set; a chain is indexed when a packet first enters it.
 */
import type { Family } from '../ip.js';
import type { Variant } from '../tools/detected.js';
import type { Chain, RuleSet, TableName } from '../tools/iptables/types.js';
import { type Branch, stepped } from './branch.js';
import type { Known } from './conditions.js';
import type { Hook } from './hooks.js';
import { conditionsIn, type IndexedChain, indexOf, textIn } from './indexed.js';
import type { Flow } from './packet.js';
import { follow, type Place, type Walked } from './walk.js';

export interface Tables {
  /** The branches that a branch ends in when it enters a built-in chain, whose policy is applied. */
  readonly walk: (table: TableName, hook: Hook, branch: Branch) => readonly Walked[];
  /** Whether a built-in chain has a rule or the policy DROP. */
  readonly has: (table: TableName, hook: Hook) => boolean;
  /** The rules of a chain that do not match the flow, each with the first condition that fails. */
  readonly missed: (table: TableName, chain: string, flow: Flow) => readonly Missed[];
}

export interface Missed {
  readonly rule: number;
  readonly text: string;
  readonly because: string;
}

/** The tables of a rule set. */
export function tablesOf({ family, tables }: RuleSet, known: Known, variant?: Variant): Tables {
  const finders = new Map(tables.map(({ name, chains }) => [name, finder(chains, known, family)] as const));
  const find = (table: TableName, name: string) => finders.get(table)?.(name);
  return {
    walk: (table, hook, branch) => {
      const chain = find(table, hook);
      if (!chain) return [{ branch, verdict: 'accept' }];
      const done: Walked[] = [];
      const place = { at: { table, hook, variant }, find: finders.get(table) ?? (() => undefined), done };
      const out = follow(place, chain, branch);
      for (const each of out) done.push(policy(place, chain, each));
      return done;
    },
    has: (table, hook) => {
      const chain = find(table, hook);
      return chain !== undefined && (chain.rules.length > 0 || chain.chain.policy === 'DROP');
    },
    missed: (table, name, flow) => {
      const chain = find(table, name);
      if (!chain) return [];
      const conditions = conditionsIn(chain);
      return chain.rules.flatMap((rule) => {
        const failed = conditions[rule.place]?.find(({ test }) => test(flow).kind === 'no');
        return failed ? [{ rule: rule.place + 1, text: textIn(chain, rule), because: failed.text() }] : [];
      });
    },
  };
}

/** Finds a table's chains by name; each is indexed once. */
function finder(list: readonly Chain[], known: Known, family: Family) {
  const chains = new Map(list.map((chain) => [chain.name, { chain, indexed: undefined as IndexedChain | undefined }]));
  return (name: string): IndexedChain | undefined => {
    const found = chains.get(name);
    if (found) found.indexed ??= indexOf(found.chain, known, family);
    return found?.indexed;
  };
}

function policy({ at }: Place, { chain, rules }: IndexedChain, branch: Branch): Walked {
  if (chain.policy !== 'DROP') return { branch, verdict: 'accept' };
  const site = {
    ...at,
    chain: chain.name,
    rule: 0,
    text: `-P ${chain.name} DROP`,
    owner: undefined,
    passed: rules.length,
  };
  return { branch: { ...branch, trail: stepped(site, branch) }, verdict: 'drop' };
}
