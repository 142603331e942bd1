/**
 * diff, part: the chains of a table. A chain differs as a whole: its rules have no names, so they are written anew.
 */
import type { Line } from '../../../text.js';
import { printChainHead } from '../print.js';
import { printRule, type RuleContext, ruleContext } from '../print-rule.js';
import type { Chain, Table } from '../types.js';

/** A chain to create (no `before`), change, or delete (no `after`). */
export interface ChainDiff {
  readonly name: string;
  readonly before?: Chain;
  readonly after?: Chain;
  /** Set when its hook, its priority or its comment changes: it is deleted and created. */
  readonly isRemade: boolean;
  /** The rules of `after`. */
  readonly rules: readonly Line[];
}

/** The chains that differ, and those that refer to one of the sets `remade`. */
export function diffChains(
  before: Table | undefined,
  after: Table | undefined,
  remade: ReadonlySet<string>,
): readonly ChainDiff[] {
  const there = new Map(before?.chains.map((chain) => [chain.name, chain]));
  const kept = new Set(after?.chains.map(({ name }) => name));
  const [old, now] = [before && ruleContext(before), after && ruleContext(after)];
  return [
    ...(after?.chains ?? []).flatMap((chain) =>
      now ? diffChain(there.get(chain.name), chain, { old, now, remade }) : [],
    ),
    ...(before?.chains ?? [])
      .filter(({ name }) => !kept.has(name))
      .map((chain): ChainDiff => ({ name: chain.name, before: chain, isRemade: false, rules: [] })),
  ];
}

interface How {
  readonly old: RuleContext | undefined;
  readonly now: RuleContext;
  readonly remade: ReadonlySet<string>;
}

function diffChain(before: Chain | undefined, after: Chain, { old, now, remade }: How): readonly ChainDiff[] {
  if (before === after && remade.size === 0) return [];
  const { name } = after;
  if (!before || !old) return [{ name, after, isRemade: false, rules: linesOf(after, now) }];
  const head = (chain: Chain) => printChainHead(chain, now.family).join('\n');
  const isRemade = head(before) !== head(after);
  const rules = linesOf(after, now);
  const lines = before === after ? rules : linesOf(before, old);
  const isSame = lines.length === rules.length && lines.every(({ text }, i) => text === rules[i]?.text);
  if (isSame && !isRemade && !lines.some(({ text }) => names(text, remade))) return [];
  return [{ name, before, after, isRemade, rules }];
}

function linesOf(chain: Chain, context: RuleContext): readonly Line[] {
  return chain.rules().map((rule) => ({
    text: printRule(rule, context),
    origin: rule.origin ?? chain.origin,
    owner: rule.owner ?? chain.owner,
  }));
}

/** Whether a rule refers to one of the sets, whatever it does with it. */
function names(rule: string, sets: ReadonlySet<string>): boolean {
  return sets.size > 0 && [...rule.matchAll(/@([\w./-]+)/g)].some(([, set = '']) => sets.has(set));
}
