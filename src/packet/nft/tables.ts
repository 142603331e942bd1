/**
 * tables: the base chains of nftables, which the kernel calls by hook and priority, whatever their table.
 */
import type { Family } from '../../ip.js';
import { type Chain, sees, type Table } from '../../tools/nft/types.js';
import { type Branch, stepped } from '../branch.js';
import type { Missed } from '../chains.js';
import type { Hook } from '../hooks.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import type { Walked } from '../walk.js';
import { knownTable } from './known.js';
import { chainsOf, follow, type MadeChain } from './walk.js';

/** A base chain. */
export interface Entrance {
  readonly hook: Hook;
  readonly priority: number;
  readonly isNat: boolean;
  /** `ip kube-proxy` */
  readonly name: string;
  /** The branches that a branch ends in when it enters the chain, whose policy is applied. */
  readonly walk: (branch: Branch) => readonly Walked[];
}

/** The base chains that packets of a family meet, and the rules of a chain that do not match a flow. */
export interface NftTables {
  readonly entrances: readonly Entrance[];
  readonly missed: (table: string, chain: string, flow: Flow) => readonly Missed[];
}

/** The tables of nftables that see packets of `family`; chains are read when a packet first enters them. */
export function nftTablesOf(node: NodeRules, family: Family): NftTables {
  const tables = (node.nftTables ?? [])
    .filter((table) => sees(table, family))
    .map((table) => ({ table, name: `${table.family} ${table.name}`, find: chainsOf(knownTable(table, node)) }));
  return {
    entrances: tables.flatMap(({ table, name, find }) => entrancesOf(table, name, find)),
    missed: (wanted, chain, flow) => {
      const found = tables.find(({ name }) => name === wanted)?.find(chain);
      return found ? missedIn(found, flow) : [];
    },
  };
}

function entrancesOf(table: Table, name: string, find: (chain: string) => MadeChain | undefined): readonly Entrance[] {
  return table.chains.flatMap((chain): readonly Entrance[] => {
    const { base } = chain;
    const hook = base && HOOK.get(base.hook);
    if (!hook) return [];
    const walk = (branch: Branch): readonly Walked[] => {
      const made = find(chain.name);
      if (!made) return [{ branch, verdict: 'accept' }];
      const done: Walked[] = [];
      const out = follow({ at: { table: name, hook }, find, done }, made, branch);
      return [...done, ...out.map((each) => policy(name, hook, chain, each))];
    };
    return [{ hook, priority: base.priority, isNat: base.type === 'nat', name, walk }];
  });
}

const HOOK: ReadonlyMap<string, Hook> = new Map([
  ['prerouting', 'PREROUTING'],
  ['input', 'INPUT'],
  ['forward', 'FORWARD'],
  ['output', 'OUTPUT'],
  ['postrouting', 'POSTROUTING'],
]);

function policy(table: string, hook: Hook, { name, base }: Chain, branch: Branch): Walked {
  if (base?.policy !== 'drop') return { branch, verdict: 'accept' };
  const site = {
    hook,
    table,
    chain: name,
    rule: 0,
    text: 'policy drop',
    owner: undefined,
    passed: 0,
  };
  return { branch: { ...branch, trail: stepped(site, branch) }, verdict: 'drop' };
}

function missedIn({ rules }: MadeChain, flow: Flow): readonly Missed[] {
  return rules.flatMap(({ place, text, parts }) => {
    for (const part of parts) {
      if (part.kind === 'test' && part.test(flow).kind === 'no') return [{ rule: place + 1, text, because: part.text }];
      const left = part.kind === 'act' ? part.act(flow) : [];
      if (left.length > 0 && left.every(({ to }) => to.kind === 'leave'))
        return [{ rule: place + 1, text, because: 'no element has the key' }];
    }
    return [];
  });
}
