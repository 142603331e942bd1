/**
 * script: TableDiff → input for `nft -f -`, one command a line. One input is one transaction, which packets see whole or
 * not at all.
 *
 *     make     new chains and sets, which packets cannot meet yet, in several transactions; where there are many chains, where
 *              elements that packets find already are to lead to them, or where a new set has intervals
 *     grow     everything else
 *     shrink   chains that nothing leads to any more, and tables that are not desired
 *
 * Chains are deleted in a transaction of their own: kernels before 6.2 learn only after one that an element that led to
 * a chain is gone, and refuse with EBUSY.
 */
import type { Line } from '../../text.js';
import { type ChainDiff, diff, type SetDiff, type TableDiff } from './diff.js';
import { printChainHead, printElement, printSetHead, printTableName } from './print.js';
import { quote } from './spelling.js';
import type { Element, TableName } from './types.js';

export type ScriptPhase = 'make' | 'grow' | 'shrink';

/** The transactions of each phase, computed at each call. */
type Script = Readonly<Record<ScriptPhase, () => readonly (readonly Line[])[]>>;

/** How to write it. */
export interface ScriptOptions {
  /**
   * Most chains with rules in one transaction. The time that the kernel takes for anonymous sets, as kube-proxy's layout
   * has in each chain, grows with the square of their number.
   */
  readonly chainsPerTransaction: number;
}

/** The transactions of a phase; what is not made in parts is in one, for all tables together. */
export function script(
  differences: readonly TableDiff[],
  phase: ScriptPhase,
  options: ScriptOptions,
): readonly (readonly Line[])[] {
  const transactions = differences.flatMap((table) => scriptOf(table, options)[phase]());
  return phase === 'make' ? transactions : [transactions.flat()];
}

function scriptOf(table: TableDiff, options: ScriptOptions): Script {
  const { before, after, isRemade, chains } = table;
  const drop = { text: `delete ${printTableName(table)}` };
  if (!after) return { make: none, grow: none, shrink: () => [[drop]] };
  if (isRemade) return { make: none, grow: () => [[drop, ...diff([], [after]).flatMap(whole)]], shrink: none };
  const shrink = () => [chains.filter(isGone).map(({ name }) => ({ text: `delete chain ${at(table)} ${name}` }))];
  const unseen = unseenIn(table);
  const sets = table.sets.filter((set) => !set.before);
  const isInOne = unseen.length <= options.chainsPerTransaction && !isLedAnew(table, unseen) && !sets.some(isLate);
  if (isInOne) return { make: none, grow: () => [whole(table)], shrink };
  const make = () => {
    const [first = [], ...more] = split(unseen, options.chainsPerTransaction).map((chunk) => addRules(table, chunk));
    const heads = [...(before ? [] : createTable(table)), ...addSets(table, sets), ...addChains(table, unseen)];
    const rules = [[...heads, ...first], ...more];
    return [...rules.slice(0, -1), [...(rules.at(-1) ?? []), ...addElements(table, sets)]];
  };
  const [madeSets, madeChains] = [new Set(sets), new Set(unseen)];
  const rest = {
    ...table,
    sets: table.sets.filter((set) => !madeSets.has(set)),
    chains: chains.filter((chain) => !madeChains.has(chain)),
  };
  return { make, grow: () => [change(rest)], shrink };
}

function none(): readonly [] {
  return [];
}

/** New chains that nothing leads to; none where a set must be remade, because they could use it. */
function unseenIn({ sets, chains }: TableDiff): readonly ChainDiff[] {
  if (sets.some(({ isRemade }) => isRemade)) return [];
  return chains.filter(({ before, after }) => !before && after && !after.base);
}

/**
 * Whether an element that packets find already is to lead to one of the chains. A packet that began with the rules of before
 * finds elements as they are now, but no rule in a chain of the same transaction (nft_do_chain in the kernel, whose rules are
 * by generation): it would not be served.
 */
function isLedAnew({ sets }: TableDiff, unseen: readonly ChainDiff[]): boolean {
  const names = new Set(unseen.map(({ name }) => name));
  return sets.some(({ added, removed }) => {
    const known = new Set(removed.map(({ key }) => key));
    return added.some(({ key, data = '' }) => known.has(key) && names.has(data.slice(data.indexOf(' ') + 1)));
  });
}

/**
 * Whether the elements of a new set are found only when all else of their transaction has taken effect (nft_set_pipapo in the
 * kernel): until then a client with a source that is allowed would be dropped.
 */
function isLate({ after, added }: SetDiff): boolean {
  return after?.flags.includes('interval') === true && added.length > 0;
}

/** A chain to delete that elements or rules may have led to. */
function isGone({ before, after }: ChainDiff): boolean {
  return !after && !before?.base;
}

function whole(table: TableDiff): readonly Line[] {
  return [...(table.before && !table.isRemade ? [] : createTable(table)), ...change(table)];
}

/** Old rules and elements go before what they refer to, and new ones come after it. */
function change(table: TableDiff): readonly Line[] {
  const { sets, chains } = table;
  const place = at(table);
  const old = chains.filter(({ before }) => before);
  const hooked = old.filter(({ before, after, isRemade }) => before?.base && (isRemade || !after));
  const lost = sets.filter(({ before, after, isRemade }) => before && (isRemade || !after));
  return [
    ...old.map(({ name, after }) => ({ text: `flush chain ${place} ${name}`, ...whose(after) })),
    ...hooked.map(({ name, after }) => ({ text: `delete chain ${place} ${name}`, ...whose(after) })),
    ...sets.filter((set) => !lost.includes(set)).flatMap((set) => deletions(place, set)),
    ...lost.map(({ name, after }) => ({ text: `delete set ${place} ${name}`, ...whose(after) })),
    ...addSets(
      table,
      sets.filter((set) => set.after && (!set.before || set.isRemade)),
    ),
    ...addChains(
      table,
      chains.filter(({ before, after, isRemade }) => after && (!before || isRemade)),
    ),
    ...addRules(table, chains),
    ...addElements(table, sets),
  ];
}

function addElements(table: TableName, sets: readonly SetDiff[]): readonly Line[] {
  return sets.flatMap(({ name, added }) => elementLines(`add element ${at(table)} ${name}`, added, printElement));
}

/** Deletions need only the keys. One of an element that gets other data belongs to the Service that it is added for. */
function deletions(place: string, { name, added, removed }: SetDiff): readonly Line[] {
  if (removed.length === 0) return [];
  const anew = new Map(added.map((element) => [element.key, element]));
  const elements = removed.map((element) => anew.get(element.key) ?? element);
  return elementLines(`delete element ${place} ${name}`, elements, ({ key }) => key);
}

/** Most elements in one command. */
const MOST_ELEMENTS = 1000;

/** Neighbours with the same origin share a command: that takes a quarter less time than a command for each. */
function elementLines(
  command: string,
  elements: readonly Element[],
  print: (element: Element) => string,
): readonly Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < elements.length; ) {
    const first = elements[from];
    let text = first ? print(first) : '';
    let at = from + 1;
    for (; at < elements.length && at < from + MOST_ELEMENTS; at++) {
      const element = elements[at];
      if (!element || element.origin !== first?.origin) break;
      text += `, ${print(element)}`;
    }
    lines.push({ text: `${command} { ${text} }`, ...whose(first) });
    from = at;
  }
  return lines;
}

function createTable(table: TableDiff): readonly Line[] {
  const comment = table.after?.comment;
  const properties = comment === undefined ? '' : ` { comment ${quote(comment)} ; }`;
  return [{ text: `add ${printTableName(table)}${properties}` }];
}

function addSets(table: TableName, sets: readonly SetDiff[]): readonly Line[] {
  return sets.flatMap(({ after }) => {
    if (!after) return [];
    const text = `add ${after.kind} ${at(table)} ${after.name} { ${printSetHead(after).join(' ; ')} ; }`;
    return [{ text, ...whose(after) }];
  });
}

function addChains(table: TableName, chains: readonly ChainDiff[]): readonly Line[] {
  return chains.flatMap(({ after }) => {
    if (!after) return [];
    const properties = printChainHead(after, table.family).map((text) => (text.endsWith(';') ? text : `${text} ;`));
    const block = properties.length === 0 ? '' : ` { ${properties.join(' ')} }`;
    return [{ text: `add chain ${at(table)} ${after.name}${block}`, ...whose(after) }];
  });
}

function addRules(table: TableName, chains: readonly ChainDiff[]): readonly Line[] {
  return chains.flatMap(({ name, rules }) =>
    rules.map((rule) => ({ ...rule, text: `add rule ${at(table)} ${name} ${rule.text}` })),
  );
}

function at({ family, name }: TableName): string {
  return `${family} ${name}`;
}

function whose(thing: Pick<Line, 'origin' | 'owner'> | undefined): Pick<Line, 'origin' | 'owner'> {
  return { origin: thing?.origin, owner: thing?.owner };
}

function split<T>(list: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < list.length; from += size) batches.push(list.slice(from, from + size));
  return batches;
}
