/**
 * look, part: the parts of a table as texts.
 */
import { printChainHead, printElement, printSetHead } from '../print.js';
import { printRule, ruleContext } from '../print-rule.js';
import { quote } from '../spelling.js';
import type { Table } from '../types.js';

/** The parts of a table: itself, then each set with its elements, then the chains that `but` does not have. */
export function* partsOf(table: Table, but?: Table): Generator<string> {
  const { family, name, comment, others = [], sets, chains } = table;
  const at = `${family} ${name}`;
  yield partOf(at, [...(comment === undefined ? [] : [`comment ${quote(comment)}`]), ...others]);
  for (const set of sets) {
    yield partOf(`${at} ${set.kind} ${set.name}`, printSetHead(set));
    if (set.flags.includes('dynamic')) continue;
    for (const element of set.elements()) yield elementPart(at, set.name, printElement(element));
  }
  const context = ruleContext(table);
  const same = new Set(but?.chains);
  for (const chain of chains) {
    if (same.has(chain)) continue;
    const rules = chain.rules().map((rule) => printRule(rule, context));
    yield partOf(`${at} chain ${chain.name}`, [...printChainHead(chain, family), ...rules]);
  }
}

/** A part that has several lines. */
export function partOf(name: string, lines: readonly string[]): string {
  return [name, ...lines].join('\n');
}

/** An element of a set; those of a dynamic set are the packets'. */
export function elementPart(at: string, set: string, text: string): string {
  return `${at} ${set} ${text}`;
}
