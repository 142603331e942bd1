/**
 * diff: live RuleSet × wanted RuleSet → what differs, chain by chain. Only what is ours counts: whole chains, and single
 * rules in chains of others, such as the jumps from built-in chains. Which those are the caller says.
 */
import type { Family } from '../../ip.js';
import type { Line } from '../../text.js';
import { type ChainEdits, diffRules } from './diff/edits.js';
import { type ReferencedChain, referencedChains } from './diff/references.js';
import type { Ownership } from './ownership.js';
import type { SavedChain, SavedRuleSet, SavedTable } from './parse.js';
import { parseRule } from './parse.js';
import { printRule } from './print.js';
import { BUILT_IN_CHAINS, type Chain, type RuleSet, type Table, type TableName } from './types.js';

export type { ChainEdits } from './diff/edits.js';
export { type ReferencedChain, referencedSets } from './diff/references.js';

export interface RuleSetDiff {
  readonly family: Family;
  /** Those that differ. */
  readonly tables: readonly TableDiff[];
}

export interface TableDiff {
  readonly name: TableName;
  /** Chains of ours, in the order of iptables-save. */
  readonly chains: readonly ChainDiff[];
  /** Rules of ours in chains of others. */
  readonly edits: readonly ChainEdits[];
  /** Chains of ours that are not wanted, but a foreign rule leads to: they are emptied and stay. */
  readonly referenced: readonly ReferencedChain[];
}

/** A chain that is to be created (no `before`), changed, or deleted (no `after`). */
export interface ChainDiff {
  readonly name: string;
  /** Its rules without `-A CHAIN`, with a leading space. */
  readonly before?: readonly string[];
  readonly after?: readonly Line[];
  /** Whose it is, as far as the wanted rules say. */
  readonly owner?: Chain['owner'];
  readonly origin?: Chain['origin'];
}

/** What to do to `live` to have `wanted`. */
export function diff(live: SavedRuleSet, wanted: RuleSet, own: Ownership): RuleSetDiff {
  const { family } = wanted;
  const names = new Set([...wanted.tables, ...live.tables].map(({ name }) => name));
  const tables = [...names].map((name) =>
    diffTable(tableOf<SavedTable>(live.tables, name), tableOf<Table>(wanted.tables, name), own, family),
  );
  return { family, tables: tables.filter(({ chains, edits }) => chains.length + edits.length > 0) };
}

function tableOf<T extends Table>(tables: readonly T[], name: TableName): { name: TableName; chains: T['chains'] } {
  return tables.find((table) => table.name === name) ?? { name, chains: [] };
}

function diffTable(
  live: Pick<SavedTable, 'name' | 'chains'>,
  wanted: Pick<Table, 'name' | 'chains'>,
  own: Ownership,
  family: Family,
): TableDiff {
  const { name: table } = live;
  const there = new Map(live.chains.map((chain) => [chain.name, chain]));
  const wantedNames = new Set(wanted.chains.map(({ name }) => name));
  // A chain that both kubelet and we use is its as long as it is there, and ours to make when it is not.
  const isWhole = (name: string) => !isBuiltIn(table, name) && (own.chain(table, name) || !there.has(name));

  const stale = live.chains.filter(({ name }) => !wantedNames.has(name) && isWhole(name));
  const referenced =
    stale.length === 0 ? [] : referencedChains(live, new Set(stale.map(({ name }) => name)), own, family);
  const kept = new Set(referenced.map(({ name }) => name));
  const deleted = stale.flatMap(({ name, lines: before }): readonly ChainDiff[] => {
    if (!kept.has(name)) return [{ name, before }];
    return before.length === 0 ? [] : [{ name, before, after: [] }];
  });

  // What was written and not looked at since is as it was: of 50,000 chains all but a few.
  const unsure = wanted.chains.filter((chain) => there.get(chain.name)?.from !== chain);
  const written = unsure
    .filter(({ name }) => isWhole(name))
    .flatMap((chain) => diffChain(there.get(chain.name), chain, family));
  const others = new Map(unsure.filter(({ name }) => !isWhole(name)).map((chain) => [chain.name, chain]));
  for (const { name, from } of live.chains) {
    if (from === undefined && !others.has(name) && !isWhole(name)) others.set(name, NO_RULES(name));
  }
  const edits = [...others.values()].flatMap((chain) => {
    const { lines = [], lookups = [] } = there.get(chain.name) ?? {};
    return diffRules({ table, chain, lines, lookups, own: (rule) => own.rule(table, chain.name, rule), family });
  });
  return { name: table, chains: [...written.sort(byName), ...deleted], edits, referenced };
}

const NO_RULES = (name: string): Chain => ({ name, rules: () => [] });

function byName(a: ChainDiff, b: ChainDiff): number {
  return a.name < b.name ? -1 : 1;
}

function isBuiltIn(table: TableName, chain: string): boolean {
  return BUILT_IN_CHAINS[table].includes(chain);
}

/** The difference, if there is one. A rule that another version of the tools spells differently is the same. */
function diffChain(there: SavedChain | undefined, wanted: Chain, family: Family): readonly ChainDiff[] {
  const after = wanted.rules().map(
    (rule): Line => ({
      text: printRule(rule, family),
      origin: rule.origin ?? wanted.origin,
      owner: rule.owner ?? wanted.owner,
    }),
  );
  const before = there?.lines;
  if (before && isSame(before, after, family)) return [];
  const { name, origin, owner } = wanted;
  return [{ name, after, ...(before ? { before } : {}), ...(origin ? { origin } : {}), ...(owner ? { owner } : {}) }];
}

function isSame(before: readonly string[], after: readonly Line[], family: Family): boolean {
  return (
    before.length === after.length &&
    before.every((line, i) => line === after[i]?.text || canonical(line, family) === after[i]?.text)
  );
}

function canonical(line: string, family: Family): string {
  return printRule(parseRule(line, family), family);
}
