/**
 * diff: observed RuleSet × desired RuleSet → the difference, chain by chain. It concerns only our rules: whole chains,
 * and single rules in foreign chains, such as the jumps from built-in chains. The caller says which are ours.
 */
import type { Family } from '../../ip.js';
import type { Line } from '../../text.js';
import { type ChainEdits, diffRules } from './diff/edits.js';
import { type ReferencedChain, referencedChains } from './diff/references.js';
import type { Ownership } from './ownership.js';
import type { SavedChain, SavedRuleSet, SavedTable } from './parse.js';
import { parseRule } from './parse.js';
import { linesOf, printRule } from './print.js';
import { BUILT_IN_CHAINS, type Chain, type RuleSet, type Table, type TableName } from './types.js';

export type { ChainEdits } from './diff/edits.js';
export { type ReferencedChain, referencedSets } from './diff/references.js';

export interface RuleSetDiff {
  readonly family: Family;
  /** Only tables that differ. */
  readonly tables: readonly TableDiff[];
}

export interface TableDiff {
  readonly name: TableName;
  /** Our chains, in the order of iptables-save. */
  readonly chains: readonly ChainDiff[];
  /** Our rules in foreign chains. */
  readonly edits: readonly ChainEdits[];
  /** Chains that built-in chains lead to: what is behind them is there before they are written. */
  readonly entrances: ReadonlySet<string>;
  /** Chains of ours that are not desired but that a foreign rule leads to: they are emptied and stay. */
  readonly referenced: readonly ReferencedChain[];
}

/** A chain to create (no `before`), change, or delete (no `after`). */
export interface ChainDiff {
  readonly name: string;
  /** Its rules without `-A CHAIN`, with a leading space; those of a new chain are made at each access. */
  readonly before?: readonly string[];
  readonly after?: readonly Line[];
  /** The ServicePort that it serves, if the desired rules name one. */
  readonly owner?: Chain['owner'];
  readonly origin?: Chain['origin'];
}

/** The chains of the nat table that had rules, with these. */
export function natBefore(tables: readonly TableDiff[]): readonly ChainThatWas[] {
  return tables
    .filter(({ name }) => name === 'nat')
    .flatMap(({ chains }) => chains.filter((chain): chain is ChainThatWas => chain.before !== undefined));
}

type ChainThatWas = ChainDiff & Required<Pick<ChainDiff, 'before'>>;

/** How to change `observed` into `desired`. */
export function diff(observed: SavedRuleSet, desired: RuleSet, own: Ownership): RuleSetDiff {
  const { family } = desired;
  const names = new Set([...desired.tables, ...observed.tables].map(({ name }) => name));
  const tables = [...names].map((name) =>
    diffTable(tableOf<SavedTable>(observed.tables, name), tableOf<Table>(desired.tables, name), own, family),
  );
  return { family, tables: tables.filter(({ chains, edits }) => chains.length + edits.length > 0) };
}

function tableOf<T extends Table>(tables: readonly T[], name: TableName): { name: TableName; chains: T['chains'] } {
  return tables.find((table) => table.name === name) ?? { name, chains: [] };
}

function diffTable(
  observed: Pick<SavedTable, 'name' | 'chains'>,
  desired: Pick<Table, 'name' | 'chains'>,
  own: Ownership,
  family: Family,
): TableDiff {
  const { name: table } = observed;
  const there = new Map(observed.chains.map((chain) => [chain.name, chain]));
  const desiredNames = new Set(desired.chains.map(({ name }) => name));
  // A chain that kubelet and kube-proxy share is kubelet's once it exists; until then it is ours to create.
  const isWhole = (name: string) => !isBuiltIn(table, name) && (own.chain(table, name) || !there.has(name));

  const stale = observed.chains.filter(({ name }) => !desiredNames.has(name) && isWhole(name));
  const referenced =
    stale.length === 0 ? [] : referencedChains(observed, new Set(stale.map(({ name }) => name)), own, family);
  const kept = new Set(referenced.map(({ name }) => name));
  const deleted = stale.flatMap(({ name, lines: before }): readonly ChainDiff[] => {
    if (!kept.has(name)) return [{ name, before }];
    return before.length === 0 ? [] : [{ name, before, after: [] }];
  });

  // A chain that was written and not read since needs no comparison: of 50,000 chains, all but a few.
  const unsure = desired.chains.filter((chain) => there.get(chain.name)?.from !== chain);
  const written = unsure
    .filter(({ name }) => isWhole(name))
    .flatMap((chain) => diffChain(there.get(chain.name), chain, family));
  const others = new Map(unsure.filter(({ name }) => !isWhole(name)).map((chain) => [chain.name, chain]));
  for (const { name, from } of observed.chains) {
    if (from === undefined && !others.has(name) && isBuiltIn(table, name)) others.set(name, NO_RULES(name));
  }
  const edits = [...others.values()].flatMap((chain) => {
    const { lines = [], lookups = [] } = there.get(chain.name) ?? {};
    return diffRules({ table, chain, lines, lookups, own: (rule) => own.rule(table, chain.name, rule), family });
  });
  return {
    name: table,
    chains: [...written.sort(byName), ...deleted],
    edits,
    entrances: entrancesOf(desired),
    referenced,
  };
}

function entrancesOf({ name: table, chains }: Pick<Table, 'name' | 'chains'>): ReadonlySet<string> {
  const rules = chains.filter(({ name }) => isBuiltIn(table, name)).flatMap((chain) => chain.rules());
  return new Set(rules.flatMap(({ target }) => (target?.kind === 'jump' ? [target.chain] : [])));
}

const NO_RULES = (name: string): Chain => ({ name, rules: () => [] });

function byName(a: ChainDiff, b: ChainDiff): number {
  return a.name < b.name ? -1 : 1;
}

function isBuiltIn(table: TableName, chain: string): boolean {
  return BUILT_IN_CHAINS[table].includes(chain);
}

/** The difference, if any. A rule that another version of the tools only spells differently is the same. */
function diffChain(there: SavedChain | undefined, desired: Chain, family: Family): readonly ChainDiff[] {
  if (!there) return [new NewChain(desired, family)];
  const { name, origin, owner } = desired;
  const after = linesOf(desired, family);
  const before = there.lines;
  if (isSame(before, after, family)) return [];
  return [{ name, ...(origin ? { origin } : {}), ...(owner ? { owner } : {}), before, after }];
}

/**
 * A chain to create. There may be 100,000, and of a class they are sorted and searched faster than with a getter each; a
 * copy by `...` lacks the rules.
 */
class NewChain implements ChainDiff {
  readonly name: string;
  readonly owner: Chain['owner'];
  readonly origin: Chain['origin'];
  readonly #desired: Chain;
  readonly #family: Family;

  constructor(desired: Chain, family: Family) {
    this.name = desired.name;
    this.owner = desired.owner;
    this.origin = desired.origin;
    this.#desired = desired;
    this.#family = family;
  }

  get after(): readonly Line[] {
    return linesOf(this.#desired, this.#family);
  }
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
