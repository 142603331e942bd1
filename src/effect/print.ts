/**
 * print: effects → lines for people, a table for a pull request, annotations for GitHub.
 */
import { aligned, LAYOUTS } from '../table.js';
import type { Effects } from './between.js';
import type { Severity } from './effect.js';

/** Effects of nodes that have the same. */
export interface NodesEffects extends Effects {
  readonly nodes: readonly string[];
}

const WORDS: Readonly<Record<Severity, string>> = {
  outage: 'outage',
  refused: 'refused',
  lost: 'lost',
  changed: 'changed',
  gained: 'gained',
};

/** One line an effect, and one for what has none. */
export function* effectLines({ effects, without }: Effects): Generator<string> {
  const rows = effects.map(({ severity, service, text }) => [WORDS[severity], service, text]);
  yield* aligned(rows, LAYOUTS.describe);
  if (rows.length === 0 || without.length > 0) yield unaffected(without);
}

function unaffected(without: readonly string[]): string {
  const [first] = without;
  if (first === undefined) return 'only rules of no Service differ, and no new connection does';
  const more = without.length > 1 ? ` and ${without.length - 1} more` : '';
  return `rules of ${first}${more} differ, and no new connection does`;
}

/** A Markdown table; text in it can neither end a cell nor be HTML. */
export function* effectMarkdown(groups: readonly NodesEffects[]): Generator<string> {
  if (groups.length === 0) yield 'No difference.';
  for (const [i, group] of groups.entries()) {
    if (i > 0) yield '';
    if (group.nodes.length > 0) {
      yield `**${group.nodes.map(cell).join(', ')}**`;
      yield '';
    }
    if (group.effects.length > 0) {
      yield '| effect | ServicePort | what changes |';
      yield '| ------ | ----------- | ------------ |';
    }
    for (const { severity, service, text } of group.effects)
      yield `| ${WORDS[severity]} | ${cell(service)} | ${cell(text)} |`;
    if (group.effects.length === 0 || group.without.length > 0) {
      if (group.effects.length > 0) yield '';
      yield cell(unaffected(group.without));
    }
  }
}

function cell(text: string): string {
  return text
    .replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[|\\`*_[\]]/g, '\\$&')
    .replace(/[\r\n]+/g, ' ');
}

const LEVEL: Readonly<Record<Severity, string>> = {
  outage: 'error',
  refused: 'error',
  lost: 'warning',
  changed: 'warning',
  gained: 'notice',
};

/** Workflow commands of GitHub Actions; what is no command's own is escaped, as @actions/core does. */
export function* effectAnnotations(groups: readonly NodesEffects[]): Generator<string> {
  for (const { nodes, effects, without } of groups) {
    const where = nodes.length > 0 ? ` (${nodes.join(', ')})` : '';
    for (const { severity, service, text } of effects)
      yield `::${LEVEL[severity]} title=${property(service)}::${data(`${text}${where}`)}`;
    if (effects.length === 0 || without.length > 0) yield `::notice title=no effect::${data(unaffected(without))}`;
  }
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
