/**
 * rule-sections: what differs in iptables rules → before and after as texts, by Service where that says all.
 */
import type { Family } from '../ip.js';
import type { SectionChange } from '../review/compare.js';
import type { Section } from '../text.js';
import type { ChainDiff, RuleSetDiff, TableDiff } from '../tools/iptables/diff.js';
import { sections as rulesSections } from '../tools/iptables/sections.js';
import type { Sides } from './sections.js';

/** The chains that differ, before and after. */
export function rulesOf({ family, tables }: RuleSetDiff): Sides {
  const sides = tables.flatMap((table) => {
    const byOrder = new Set(table.chains.filter(isReordered));
    return [
      byService({ ...table, chains: table.chains.filter((chain) => !byOrder.has(chain)) }),
      ...[...byOrder].map((chain) => wholeChain(table.name, chain)),
    ];
  });
  const of = (which: keyof Sides) =>
    sides.flatMap((side) =>
      side[which].map((section) => ({ ...section, title: `${toolOf(family)} ${section.title}` })),
    );
  return { before: of('before'), after: of('after') };
}

/**
 * Chains of others with rules of ours. Which of their rules move is known, where two texts would leave it open whether
 * ours came before those of others or theirs behind.
 */
export function editsOf({ family, tables }: RuleSetDiff): readonly SectionChange[] {
  return tables.flatMap(({ name: table, edits }) =>
    edits.map(({ chain, lines }) => ({
      title: `${toolOf(family)} ${table} ${chain}`,
      lines: lines.map(({ kind, text }) => ({ kind, text: `-A ${chain}${text}` })),
    })),
  );
}

function toolOf(family: Family): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables';
}

/** Chains taken apart into what is of each Service. */
function byService({ name: table, chains }: TableDiff): Sides {
  const owners = new Map(chains.map(({ name, service }) => [`${table} ${name}`, service]));
  const side = (which: keyof Sides) => {
    const lines = chains.flatMap((chain) => linesOf(chain, which));
    return rulesSections([`*${table}`, ...lines].map((line) => `${line}\n`).join('')).map((section): Section => {
      const service = section.service ?? owners.get(section.title);
      return { title: section.title, lines: section.lines, ...(service === undefined ? {} : { service }) };
    });
  };
  return { before: side('before'), after: side('after') };
}

/** A chain that is not taken apart: which Service comes first in it is a difference too, and of none of them alone. */
function wholeChain(table: string, chain: ChainDiff): Sides {
  const { name, service } = chain;
  const side = (which: keyof Sides): readonly Section[] => [
    { title: `${table} ${name}`, lines: linesOf(chain, which), ...(service === undefined ? {} : { service }) },
  ];
  return { before: side('before'), after: side('after') };
}

/** As iptables-save prints it; none when it is not there. */
function linesOf({ name, ...sides }: ChainDiff, which: keyof Sides): readonly string[] {
  const lines = which === 'before' ? sides.before : sides.after?.map(({ text }) => text);
  return lines === undefined ? [] : [`:${name} - [0:0]`, ...lines.map((line) => `-A ${name}${line}`)];
}

/** Whether rules that stay come in another order. */
function isReordered({ before = [], after = [] }: ChainDiff): boolean {
  const now = after.map(({ text }) => text);
  const [stay, go] = [inBoth(before, now), inBoth(now, before)];
  return stay.some((line, i) => line !== go[i]);
}

/** The lines that `others` have too, each as often as both have it. */
function inBoth(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0;
  });
}
