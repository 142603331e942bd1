/**
 * changes: differences in iptables rules → before and after as texts, by Service where the order of rules does not
 * matter.
 */
import type { Family } from '../../ip.js';
import { ownerName } from '../../owner.js';
import type { SectionChange } from '../../review/compare.js';
import type { Section } from '../../text.js';
import { type Changes, type Sides, section } from '../tool.js';
import type { ChainDiff, RuleSetDiff, TableDiff } from './diff.js';
import { type ChainLine, type IsServiceChain, sectionsOf } from './sections.js';

/** The chains that differ, before and after, and the foreign chains that hold rules of ours. */
export function changesOf(differences: readonly RuleSetDiff[], isServiceChain: IsServiceChain): Changes {
  const found = differences.map((difference) => sidesOf(difference, isServiceChain));
  return {
    before: found.flatMap(({ before }) => before),
    after: found.flatMap(({ after }) => after),
    edits: differences.flatMap(editsOf),
  };
}

function sidesOf({ family, tables }: RuleSetDiff, isServiceChain: IsServiceChain): Sides {
  const parts = tables.flatMap((table) => {
    const byOrder = new Set(table.chains.filter(isReordered));
    const others = { ...table, chains: table.chains.filter((chain) => !byOrder.has(chain)) };
    return [byService(others, isServiceChain), ...[...byOrder].map((chain) => wholeChain(table.name, chain))];
  });
  const of = (which: keyof Sides) =>
    parts.flatMap((side) =>
      side[which].map((section) => ({ ...section, title: `${programOf(family)} ${section.title}` })),
    );
  return { before: of('before'), after: of('after') };
}

/**
 * Foreign chains that hold rules of ours. The diff knows which rules move; from two texts alone it would be ambiguous
 * whether ours moved up or the foreign ones down.
 */
function editsOf({ family, tables }: RuleSetDiff): readonly SectionChange[] {
  return tables.flatMap(({ name: table, edits }) =>
    edits.map(({ chain, lines }) => ({
      title: `${programOf(family)} ${table} ${chain}`,
      lines: lines.map(({ kind, text }) => ({ kind, text: `-A ${chain}${text}` })),
    })),
  );
}

function programOf(family: Family): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables';
}

/** Chains split into the parts of each Service. */
function byService({ name: table, chains }: TableDiff, isServiceChain: IsServiceChain): Sides {
  const owners = new Map(chains.map(({ name, owner }) => [`${table} ${name}`, owner && ownerName(owner)]));
  const side = (which: keyof Sides) =>
    sectionsOf(
      chains.flatMap((chain) => linesOf(table, chain, which)),
      isServiceChain,
    ).map(({ title, lines, service = owners.get(title) }) => section(title, lines, service));
  return { before: side('before'), after: side('after') };
}

/** A chain that is not split: the order of Services within it differs, which belongs to no single Service. */
function wholeChain(table: string, chain: ChainDiff): Sides {
  const { name, owner } = chain;
  const side = (which: keyof Sides): readonly Section[] => [
    section(
      `${table} ${name}`,
      linesOf(table, chain, which).map(({ text }) => text),
      owner && ownerName(owner),
    ),
  ];
  return { before: side('before'), after: side('after') };
}

/** The chain as iptables-save prints it; empty when it does not exist. */
function linesOf(table: string, diff: ChainDiff, which: keyof Sides): readonly ChainLine[] {
  const { name: chain } = diff;
  const rules = which === 'before' ? diff.before?.map((text) => ({ text, owner: undefined })) : diff.after;
  if (rules === undefined) return [];
  return [
    { table, chain, text: `:${chain} - [0:0]` },
    ...rules.map(({ text, owner }) => ({
      table,
      chain,
      text: `-A ${chain}${text}`,
      service: owner && ownerName(owner),
    })),
  ];
}

/** Whether the rules that stay change their order. */
function isReordered({ before = [], after = [] }: ChainDiff): boolean {
  const now = after.map(({ text }) => text);
  const [stay, go] = [inBoth(before, now), inBoth(now, before)];
  return stay.some((line, i) => line !== go[i]);
}

/** The lines that `others` contains too, counting duplicates. */
function inBoth(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0;
  });
}
