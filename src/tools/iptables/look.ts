/**
 * look: whether the kernel has the chains that were programmed. What iptables-save prints is sifted line by line: chains
 * that are as programmed fall through, and the rest is read and compared as always.
 */
import { FAMILIES, type Family } from '../../ip.js';
import { type Ask, eachLine } from '../ask.js';
import type { Iptables } from '../detected.js';
import { fingerprintOf } from '../fingerprints.js';
import type { Look } from '../tool.js';
import type { IptablesOurs } from './ownership.js';
import { LONGEST_COMMENT, parseRule, quotesClose, type SavedRuleSet } from './parse.js';
import { linesOf, printRule } from './print.js';
import { readAll } from './read-all.js';
import type { IptablesState } from './state.js';
import { BUILT_IN_CHAINS, type Chain, type Table } from './types.js';

export const look: Look<IptablesState, readonly SavedRuleSet[], IptablesOurs> = {
  *parts({ ruleSets }, ours) {
    for (const { family, tables } of ruleSets)
      for (const table of tables)
        for (const chain of table.chains) {
          if (!isPart(table, chain, ours)) continue;
          yield partOf(family, table.name, chain.name, briefOf(chain, family));
        }
  },
  rest: ({ ruleSets, ...state }, ours) => ({
    ...state,
    ruleSets: ruleSets.map(({ family, tables }) => ({
      family,
      tables: tables.map(({ name, chains }) => ({
        name,
        chains: chains.filter((chain) => !isPart({ name }, chain, ours)),
      })),
    })),
  }),
  async read(ask, scope, isKnown) {
    const { iptables } = scope;
    return { observed: await readAll(iptables ? sifting(ask, iptables, isKnown) : ask, scope) };
  },
};

/** Built-in chains are foreign, and what other programs write as well may be theirs. */
function isPart({ name: table }: Pick<Table, 'name'>, { name }: Chain, { isShared }: IptablesOurs): boolean {
  return !BUILT_IN_CHAINS[table].includes(name) && !isShared(table, name);
}

/** `lines` without `-A CHAIN`, with a leading space. */
function partOf(family: Family, table: string, chain: string, lines: readonly string[]): string {
  return [`${family} ${table} ${chain}`, ...brief(lines)].join('\n');
}

/**
 * A long chain, which all Services share, is told by a fingerprint of its lines: to put them together takes longer than
 * all else that a change of it needs.
 */
function brief(lines: readonly string[]): readonly string[] {
  return lines.length > LONG ? [`${lines.length} ${fingerprintOf(lines)}`] : lines;
}

/** Lines. */
const LONG = 100;

/** That of a chain; of a long one it is known from the change before. */
function briefOf(chain: Chain, family: Family): readonly string[] {
  const known = ofLong.get(chain);
  if (known) return known;
  const lines = linesOf(chain, family).map(({ text }) => text);
  const told = brief(lines);
  if (told !== lines) ofLong.set(chain, told);
  return told;
}

const ofLong = new WeakMap<Chain, readonly string[]>();

/** An `ask` whose iptables-save leaves out the chains that are known. */
function sifting(ask: Ask, { program }: Iptables, isKnown: (part: string) => boolean): Ask {
  return async (argv, stdin, take) => {
    const family = FAMILIES.find((each) => argv.length === 1 && argv[0] === `${program[each]}-save`);
    if (!family) return ask(argv, stdin, take);
    const sieve = newSieve(family, isKnown);
    const outcome = await eachLine(ask, argv, sieve.take);
    return { ...outcome, stdout: sieve.left() };
  };
}

/** The table that is being sifted. */
interface Sifted {
  readonly name: string;
  /** The lines that declare the chains of which no rule came yet, or which are not known. */
  readonly declared: Map<string, string>;
  readonly rules: string[];
}

function newSieve(family: Family, isKnown: (part: string) => boolean) {
  const left: string[] = [];
  let table: Sifted = { name: '', declared: new Map(), rules: [] };
  let chain: string | undefined;
  let lines: string[] = [];

  const isAsKnown = (name: string): boolean =>
    isKnown(partOf(family, table.name, name, lines)) ||
    (lines.length > 0 && isKnown(partOf(family, table.name, name, lines.map(respelled))));
  const respelled = (line: string): string => printRule(parseRule(line.trimEnd(), family), family);
  /** All rules of a chain follow each other. */
  const endChain = (): void => {
    if (chain !== undefined && isAsKnown(chain)) table.declared.delete(chain);
    else for (const line of lines) table.rules.push(`-A ${chain}${line}`);
    chain = undefined;
    lines = [];
  };
  const endTable = (): void => {
    endChain();
    const ruled = new Set(table.rules.map((line) => line.split(' ', 2)[1]));
    const declared = [...table.declared].filter(([name]) => ruled.has(name) || !isAsKnown(name));
    left.push(...declared.map(([, line]) => line), ...table.rules);
  };
  /** Whether the last rule goes on in the next line: a line break in a comment is written as it is. */
  const isOpen = (): boolean => {
    const line = lines.at(-1) ?? '';
    return line.includes('"') && line.length < LONGEST_COMMENT && !quotesClose(line);
  };
  const takeRule = (line: string): void => {
    const end = line.indexOf(' ', 3);
    const name = line.slice(3, end < 0 ? line.length : end);
    if (name !== chain) endChain();
    chain = name;
    lines.push(end < 0 ? '' : line.slice(end));
  };
  const takeOther = (line: string): void => {
    if (line === 'COMMIT') endTable();
    else if (line.startsWith('*')) table = { name: line.slice(1), declared: new Map(), rules: [] };
    left.push(line);
  };

  return {
    take: (line: string): void => {
      if (isOpen()) lines.push(`${lines.pop()}\n${line}`);
      else if (line.startsWith('-A ')) takeRule(line);
      else if (line.startsWith(':')) table.declared.set(line.slice(1).split(' ', 1).join(), line);
      else takeOther(line);
    },
    /** What did not fall through, as iptables-save prints it. */
    left: (): string => left.map((line) => `${line}\n`).join(''),
  };
}
